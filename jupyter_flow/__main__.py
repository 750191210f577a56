"""``python -m jupyter_flow`` is ``jupyter flow``."""

from __future__ import annotations

from jupyter_flow.cli import main

if __name__ == "__main__":
    main()

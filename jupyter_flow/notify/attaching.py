"""Makes a page of an executed notebook, to be attached to a message.

A process of its own does it (`jupyter_flow.notify.converting`): a notebook may be large, and
neither its memory nor its time may become ours. What goes wrong is returned, as a text.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

_LONGEST = 200


def attach(notebook: Path, page: Path, *, largest: int, patience: timedelta) -> Path | str:
    """*page*, made of *notebook*; or why there is none."""
    try:
        size = notebook.stat().st_size
    except OSError:
        return "it is not there"
    if size > largest:
        return f"it has {size / 2**20:.1f} MB, more than {largest / 2**20:.0f} MB"
    try:
        # Without the current folder on the path: what lies in a project is not to be imported.
        subprocess.run(
            [
                sys.executable,
                "-P",
                "-W",
                "ignore",
                "-m",
                f"{__package__}.converting",
                notebook,
                page,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience.total_seconds(),
            check=True,
        )
    except subprocess.TimeoutExpired:
        return f"converting it took longer than {patience.total_seconds():.0f} s"
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[-1] if lines else f"exit status {error.returncode}"
        return f"converting it failed ({why[:_LONGEST]})"
    except OSError as error:
        return f"converting it failed ({error})"
    return page if page.is_file() else "converting it gave nothing"

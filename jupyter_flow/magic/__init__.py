"""The face in a notebook: ``%load_ext jupyter_flow``, then ``%%flow`` and ``%flow``.

Reads, calls one use-case, shows. Imports nothing heavy before a flow is defined.
"""

from __future__ import annotations

from typing import Any


def load(ipython: Any) -> None:
    """Register the magics with the shell. What ``%load_ext jupyter_flow`` does."""
    from .magics import FlowMagics

    magics = FlowMagics(ipython)
    ipython.register_magic_function(magics.define, "cell", "flow")
    ipython.register_magic_function(magics.command, "line", "flow")

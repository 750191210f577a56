"""The face in a notebook: ``%load_ext jupyter_flow``, then ``%%flow`` and ``%flow``.

Reads, calls one use-case, shows. Imports nothing heavy before a flow is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def load(ipython: Any, panel: Callable[[Any, str], Any] | None = None) -> None:
    """Register the magics with the shell. What ``%load_ext jupyter_flow`` does.

    *panel* makes a widget of use-cases and the id of a run; raises ImportError where it cannot.
    """
    from .magics import FlowMagics

    magics = FlowMagics(ipython, panel)
    ipython.register_magic_function(magics.define, "cell", "flow")
    ipython.register_magic_function(magics.command, "line", "flow")
    _complete_cells(ipython, magics)


def _complete_cells(ipython: Any, magics: Any) -> None:
    """Let the shell's completer know ``%%flow`` cells; once, however often we are loaded."""
    matchers = getattr(getattr(ipython, "Completer", None), "custom_matchers", None)
    if matchers is None:
        return  # a shell without a completer
    from .completing import matcher_for

    matchers[:] = [each for each in matchers if each.__name__ != "flow_cell_matcher"]
    matchers.append(matcher_for(magics.complete))

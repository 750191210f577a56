"""Completion in ``%%flow`` cells, through the kernel's own completer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.language.completing import Completion

log = logging.getLogger(__name__)

#: The completions of a cell at an offset.
Complete = Callable[[str, int], list[Completion]]


def matcher_for(complete: Complete) -> Any:
    """A matcher for IPython's completer. In other cells it finds nothing and leaves the rest be."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    def flow_cell_matcher(context: Any) -> Any:
        cell = context.full_text
        if not cell.startswith("%%flow"):
            return {"completions": []}
        try:
            found = complete(cell, _offset(cell, context.cursor_line, context.cursor_position))
        except (FlowError, OSError):
            log.debug("no completions", exc_info=True)
            found = []
        shown = [SimpleCompletion(each.text, type=each.kind) for each in found]
        fragment = cell[found[0].start : found[0].end] if found else ""
        return {"completions": shown, "matched_fragment": fragment, "suppress": True}

    return context_matcher()(flow_cell_matcher)


def _offset(cell: str, line: int, column: int) -> int:
    lines = cell.split("\n")
    return sum(len(each) + 1 for each in lines[:line]) + column

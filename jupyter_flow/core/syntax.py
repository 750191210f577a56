"""Python's own parser, for any number of threads. Reads code, runs none.

Python 3.11 counts how deep it is for all threads together, and when two of them parse at once it
may raise SystemError for good code. So ours take turns, and whom another tripped asks again.
"""

from __future__ import annotations

import ast
import threading
from typing import Any, cast

_ONE_AT_A_TIME = threading.Lock()
_TRIES = 3


def parse_module(source: str) -> ast.Module:
    """The tree of statements. Raises what `ast.parse` does."""
    return cast("ast.Module", _parse(source, "exec"))


def parse_expression(source: str) -> ast.expr:
    """The tree of one expression. Raises what `ast.parse` does."""
    return cast("ast.Expression", _parse(source, "eval")).body


def _parse(source: str, mode: str) -> Any:
    with _ONE_AT_A_TIME:
        for _ in range(_TRIES - 1):
            try:
                return ast.parse(source, mode=mode)
            except SystemError:
                continue
        return ast.parse(source, mode=mode)

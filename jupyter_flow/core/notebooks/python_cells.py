"""The Python of a notebook's cell: its tree and its comments, without running it.

IPython lets a cell hold what Python does not know: magics, shell lines, questions. They are
replaced by harmless Python of the same number of lines, so that places in the tree are places in
the cell.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Mapping
from io import StringIO

from jupyter_flow.core.syntax import parse_module

#: ``%matplotlib inline``, ``!pip list``, ``?name`` and ``name?`` as whole lines.
_MAGIC_LINE = re.compile(r"^(?P<indent>\s*)(?:[%!?].*|[\w.*]+\?{1,2}\s*)$")
#: ``files = !ls`` and ``here = %pwd``.
_MAGIC_VALUE = re.compile(r"^(?P<before>\s*[\w.,\s\[\]]+=\s*)[!%].*$")


def parse_cell(source: str) -> ast.Module:
    """The tree of a cell. Raises SyntaxError when even without its magics it is no Python."""
    try:
        return _parse(source)
    except SyntaxError:
        return _parse(without_magics(source))


def without_magics(source: str) -> str:
    """*source* with every line that only IPython knows made plain Python."""
    return "\n".join(_plain(line) for line in source.split("\n"))


def comments_of(source: str) -> Mapping[int, str]:
    """The comments that stand behind code, by line from 1; the ``#`` is left off."""
    trailing: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(StringIO(without_magics(source)).readline):
            if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
                trailing[token.start[0]] = token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        # An unclosed bracket: what was read until there is all that can be known.
        return trailing
    return trailing


def _parse(source: str) -> ast.Module:
    try:
        return parse_module(source)
    except (ValueError, RecursionError, MemoryError) as error:
        # A null byte, or nesting deeper than the parser goes: no Python for our purposes.
        raise SyntaxError(str(error) or "nested too deeply") from error


def _plain(line: str) -> str:
    if whole := _MAGIC_LINE.match(line):
        return f"{whole['indent']}pass"
    if value := _MAGIC_VALUE.match(line):
        return f"{value['before']}get_ipython()"
    return line

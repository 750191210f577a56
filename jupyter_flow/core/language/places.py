"""A text with its place: which cell of which file it is, and where in it each part stands.

Turns the positions of `ast` (bytes from 0 in a line of the body) into `Where` (characters, lines
of the cell). Knows nothing of flows.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from jupyter_flow.core.errors import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The lines of a text; the first of them is line ``first_line`` of the cell."""

    lines: tuple[str, ...]
    path: str | None = None
    cell: int | None = None
    first_line: int = 1

    @classmethod
    def of(
        cls, text: str, *, path: str | None = None, cell: int | None = None, first_line: int = 1
    ) -> Page:
        """The page of *text*, with its line ends made plain."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return cls(lines=tuple(lines), path=path, cell=cell, first_line=first_line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def line(self, number: int) -> str:
        """The line with that number of this page, counted from 1; nothing beyond its end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def at(self, number: int, column: int | None = None, end: int | None = None) -> Where:
        """The place at *column* (in characters) of the line with that number of this page."""
        return Where(
            path=self.path,
            cell=self.cell,
            line=self.first_line + number - 1,
            column=column,
            end_column=end,
            text=self.line(number),
        )

    def where(self, part: ast.expr | ast.stmt | ast.keyword) -> Where:
        """The place of *part*; only its first line when it has several."""
        line = self.line(part.lineno)
        end = len(line.rstrip())
        if part.end_lineno == part.lineno and part.end_col_offset is not None:
            end = _characters(line, part.end_col_offset)
        return self.at(part.lineno, _characters(line, part.col_offset), end)

    def where_name(self, keyword: ast.keyword) -> Where:
        """The place of the name of ``name=value``."""
        line = self.line(keyword.lineno)
        column = _characters(line, keyword.col_offset)
        return self.at(keyword.lineno, column, column + len(keyword.arg or "**"))


def _characters(line: str, offset: int) -> int:
    """How many characters the first *offset* bytes of *line* are."""
    if line.isascii():
        return offset
    return len(line.encode()[:offset].decode(errors="ignore"))

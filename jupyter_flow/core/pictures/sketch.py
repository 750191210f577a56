"""A flow drawn with characters, for terminals and plain text: names joined by lines.

    extract ─┬─▶ clean ───▶ features
             └─▶ notify

Uses the order and the heights of `.layout` and puts them on a grid of letters. A
crossing looks like ``┼``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from jupyter_flow.core.flow import Flow

from .faces import face_of
from .layout import Layout, Size, Spacing, lay_out

_LEFT, _RIGHT, _UP, _DOWN = 1, 2, 4, 8
_LETTERS = " ───│┘└┴│┐┌┬│┤├┼"

#: In a gap between two layers: from each row on its left to the rows on its right.
Gap = dict[int, set[int]]


def sketch(flow: Flow) -> str:
    """The drawing, lines without trailing blanks. Raises ValueError for a flow with a loop."""
    labels = {}
    for task in flow.tasks:
        face = face_of(flow, task)
        labels[task.name] = f"{face.title} {face.badge}".strip() + " "
    sizes = {name: Size(len(label), 1) for name, label in labels.items()}
    layout = lay_out(flow.graph, sizes, spacing=Spacing(layer=1, box=0, line=1))
    columns = [[spot for spot in layer if isinstance(spot, str)] for layer in layout.layers]
    rows = {name: _row(box.middle) for name, box in layout.boxes.items()}
    gaps = _gaps(layout, columns)
    grid = _Grid(cells={}, letters={})
    x = 0
    for index, column in enumerate(columns):
        width = max((len(labels[name]) for name in column), default=0)
        for name in column:
            grid.write(x, rows[name], labels[name])
        passing = {row for row in _entering(gaps, index) if row not in map(rows.get, column)}
        for row in passing:
            grid.level(x - 1, x + width, row)
        x += width
        if index < len(gaps):
            starts = {rows[name]: len(labels[name]) - width for name in column}
            x = grid.join(gaps[index], x, starts, {rows[name] for name in columns[index + 1]})
    return grid.text()


def _row(middle: float) -> int:
    # Two spots of a layer are at least 1 apart, so they never come to the same row.
    return ceil(middle - 0.01)


def _gaps(layout: Layout, columns: Sequence[Sequence[str]]) -> list[Gap]:
    layer_of = {name: index for index, column in enumerate(columns) for name in column}
    gaps: list[Gap] = [{} for _ in columns[1:]]
    for line in layout.lines:
        first = layer_of[line.upstream]
        ways = zip(line.points[::2], line.points[1::2], strict=True)
        for offset, ((_, start), (_, end)) in enumerate(ways):
            gaps[first + offset].setdefault(_row(start), set()).add(_row(end))
    return gaps


def _entering(gaps: Sequence[Gap], layer: int) -> set[int]:
    return {row for ends in gaps[layer - 1].values() for row in ends} if layer else set()


def _tracks(gap: Gap) -> Mapping[int, int]:
    """A column for the upright part of each way, so that none lies on another.

    A way that arrives in a row must turn behind the one that leaves in it.
    """
    turning = {start: ends for start, ends in gap.items() if ends != {start}}
    tracks: dict[int, int] = {}
    taken: list[list[tuple[int, int]]] = []

    def place(start: int, above: frozenset[int]) -> int:
        if start in tracks or start in above:
            return tracks.get(start, 0)
        before = [end for end in turning[start] if end in turning and end != start]
        column = max((place(each, above | {start}) + 1 for each in before), default=0)
        low, high = min(start, *turning[start]), max(start, *turning[start])
        while column < len(taken) and any(a <= high and low <= b for a, b in taken[column]):
            column += 1
        taken.extend([] for _ in range(column + 1 - len(taken)))
        taken[column].append((low, high))
        tracks[start] = column
        return column

    for start in sorted(turning):
        place(start, frozenset())
    return tracks


@dataclass(frozen=True, slots=True)
class _Grid:
    """Letters on rows; lines are kept as the ways that lead out of a cell until they are drawn."""

    cells: dict[tuple[int, int], int]
    letters: dict[tuple[int, int], str]

    def write(self, x: int, row: int, text: str) -> None:
        self.letters.update({(x + i, row): letter for i, letter in enumerate(text)})

    def level(self, start: int, end: int, row: int) -> None:
        for x in range(start, end + 1):
            self._lead(x, row, (_RIGHT if x < end else 0) | (_LEFT if x > start else 0))

    def upright(self, x: int, start: int, end: int) -> None:
        for row in range(min(start, end), max(start, end) + 1):
            ways = (_DOWN if row < max(start, end) else 0) | (_UP if row > min(start, end) else 0)
            self._lead(x, row, ways)

    def join(self, gap: Gap, x: int, starts: Mapping[int, int], heads: set[int]) -> int:
        """Draw the ways of *gap* from column *x*; where the next layer begins."""
        tracks = _tracks(gap)
        end = x + 2 * max(tracks.values(), default=0) + 4
        for start, ends in gap.items():
            turn = x + 1 + 2 * tracks.get(start, 0)
            self.level(x + starts.get(start, -1), turn, start)
            for row in ends:
                self.upright(turn, start, row)
                self.level(turn, end - 1, row)
                if row in heads:
                    self.write(end - 2, row, "▶ ")
        return end

    def text(self) -> str:
        drawn = {place: _LETTERS[ways] for place, ways in self.cells.items()} | self.letters
        if not drawn:
            return ""
        width, height = (max(place[axis] for place in drawn) + 1 for axis in (0, 1))
        rows = ("".join(drawn.get((x, y), " ") for x in range(width)) for y in range(height))
        return "\n".join(row.rstrip() for row in rows).removeprefix("\n")

    def _lead(self, x: int, row: int, ways: int) -> None:
        self.cells[x, row] = self.cells.get((x, row), 0) | ways

"""Who waits for whom, collected while a flow is read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from jupyter_flow.core.grouping import Edge, Grouping

from .findings import Findings


class Edges:
    """The edges that the text says, of tasks and of groups."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._pairs: dict[Edge, ast.expr] = {}

    def connect(self, ups: Sequence[str], downs: Sequence[str], at: ast.expr) -> None:
        """Each of *downs* waits for all *ups*; it is said at *at*."""
        for up in ups:
            for down in downs:
                if up == down:
                    what = f"task {up!r} would wait for itself"
                    self._findings.refuse("JF106", what, "Take one of the two away.", at)
                else:
                    self._pairs.setdefault((up, down), at)

    def between_tasks(self, grouping: Grouping, used: Iterable[Edge]) -> frozenset[Edge]:
        """The edges of tasks that were meant, once all is said; *used* follow from values."""
        sound: dict[Edge, ast.expr] = {}
        for (up, down), at in self._pairs.items():
            if up in grouping.of(down) or down in grouping.of(up):
                inner, outer = (down, up) if up in grouping.of(down) else (up, down)
                what = f"{inner!r} is in the group {outer!r}: neither can wait for the other"
                self._findings.refuse("JF106", what, "Name the tasks that wait.", at)
            else:
                sound[up, down] = at
        found = grouping.between_tasks(sound, used)
        for edge, at in sound.items():
            for pair in found[edge]:
                self._findings.mark(("edge", *pair), at)
        return frozenset(pair for pairs in found.values() for pair in pairs)

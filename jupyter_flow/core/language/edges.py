"""Who waits for whom, collected while a flow is read."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from .findings import Findings


class Edges:
    """The edges that the text says, as (upstream, downstream)."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.pairs: set[tuple[str, str]] = set()

    def connect(self, ups: Sequence[str], downs: Sequence[str], at: ast.expr) -> None:
        """Each of *downs* waits for all *ups*; it is said at *at*."""
        for up in ups:
            for down in downs:
                if up == down:
                    what = f"task {up!r} would wait for itself"
                    self._findings.refuse("JF106", what, "Take one of the two away.", at)
                else:
                    self.pairs.add((up, down))
                    self._findings.mark(("edge", up, down), at)

"""Measures a row: all its ways open at once, and done in turn, round by round."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from .meters import Cost, middle
from .rows import Row
from .table import Result
from .ways import Doing


def run(row: Row, rounds: int, *, small: bool = False) -> Result:
    """The medians of *rounds* rounds, or as many as the row has at most."""
    work = (row.smaller if small and row.smaller else row.work)()
    with ExitStack() as stack:
        ways = {way.name: (way, stack.enter_context(way.open(work))) for way in row.ways}
        if not small:
            for way, doing in ways.values():
                repeat(doing, way.warm_up)
        costs: dict[str, list[Cost]] = {name: [] for name in ways}
        figures: dict[str, list[float]] = {each.name: [] for each in row.figures}
        for _ in range(min(rounds, row.rounds)):
            for name, (_, doing) in ways.items():
                cost = doing.measure()
                costs[name].append(cost)
                if doing.run is not None:
                    for each in row.figures:
                        figures[each.name].append(each.of(doing.run(), cost))
    return Result(
        row.title.format(count=len(work.sheets)),
        row,
        {name: middle(found) for name, found in costs.items()},
        {name: statistics.median(found) for name, found in figures.items()},
    )


def repeat(doing: Doing, times: int) -> None:
    """Do it, unmeasured."""
    for _ in range(times):
        doing.act()


def choose(rows: Iterable[Row], keys: Sequence[str]) -> list[Row]:
    """The rows with these *keys*."""
    rows = list(rows)
    known = [each.key for each in rows]
    if unknown := set(keys) - set(known):
        raise SystemExit(f"no row {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    return [each for each in rows if each.key in keys]

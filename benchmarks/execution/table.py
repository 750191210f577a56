"""The table as text: plain, or as Markdown. A row is printed as soon as it is measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jupyter_flow.app.clock import SystemClock

from .memory import ALIVE, Memory
from .meters import Cost
from .others import papermill_version
from .rows import MEMORY_GOAL, Figure, Goal, Row

_WIDTHS = (44, 61, 10, 10, 11, 11)
_HEADINGS = ("work", "way", "wall ms", "CPU ms", "wall / ours", "CPU / ours")
_PACKAGES = ("papermill", "nbclient", "jupyter_client", "ipykernel", "ipython", "pyzmq")


@dataclass(frozen=True)
class Result:
    """What was measured of one row; the first way is ours."""

    title: str
    row: Row
    costs: Mapping[str, Cost]
    figures: Mapping[str, float]


class Table:
    """Prints as it goes, and counts the goals."""

    def __init__(self, *, markdown: bool) -> None:
        self._markdown = markdown
        self._met = self._missed = 0

    def begin(self) -> None:
        """Where, with what and when; then the headings."""
        print(*_head(), sep="\n", end="\n\n")
        self._line(*_HEADINGS)
        self._line(*("---", "---", *("--:",) * 4) if self._markdown else ("-" * w for w in _WIDTHS))

    def add(self, result: Result) -> None:
        """The lines of one row: a way each, then a goal each."""
        titles = iter((result.title,))
        ours = next(iter(result.costs.values()))
        for name, cost in result.costs.items():
            ratios = (
                ("", "") if cost is ours else _ratios(cost.wall / ours.wall, cost.cpu / ours.cpu)
            )
            self._line(next(titles, ""), name, _ms(cost.wall), _ms(cost.cpu), *ratios)
        for goal in result.row.goals:
            self._goal(goal, result.costs)
        for figure in result.row.figures:
            self._figure(figure, result.figures[figure.name])

    def add_memory(self, ours: Memory, stock: Memory) -> None:
        """What a waiting kernel takes."""
        title = f"memory of a kernel, {ALIVE} waiting (PSS)"
        self._line(title, "jupyter_flow", f"{ours.kernel / 2**20:.1f} MB")
        self._line("", "its prepared processes, for all", f"{ours.shared / 2**20:.1f} MB")
        self._line("", "stock kernel", f"{stock.kernel / 2**20:.1f} MB")
        part = ours.kernel / stock.kernel
        said = f"goal: PSS ≤ {_part(MEMORY_GOAL)} of a stock kernel's"
        self._line("", said, "", "", _part(part), self._verdict(part <= MEMORY_GOAL))

    def end(self) -> None:
        """How many goals are met."""
        if self._met + self._missed:
            print(f"\n{self._met} of {self._met + self._missed} goals met")

    def _goal(self, goal: Goal, costs: Mapping[str, Cost]) -> None:
        what = {"wall": "wall", "cpu": "CPU"}[goal.what]
        part = goal.reached(costs)
        said = f"goal: {what} ≤ {_part(goal.most)} of {goal.other}"
        self._line("", said, "", "", _part(part), self._verdict(part <= goal.most))

    def _figure(self, figure: Figure, found: float) -> None:
        unit = f" {figure.unit}" if figure.unit else ""
        is_met = found >= figure.goal if figure.at_least else found <= figure.goal
        sign = "≥" if figure.at_least else "≤"
        said = f"goal: {figure.name} {sign} {figure.goal:g}{unit}"
        self._line("", said, "", "", f"{found:.2f}{unit}", self._verdict(is_met))

    def _verdict(self, is_met: bool) -> str:
        self._met += is_met
        self._missed += not is_met
        return "met" if is_met else "NOT met"

    def _line(self, *cells: str) -> None:
        cells = (*cells, *[""] * (len(_WIDTHS) - len(cells)))
        if self._markdown:
            print(f"| {' | '.join(cells)} |", flush=True)
            return
        texts = [f"{c:<{w}}" for c, w in zip(cells[:2], _WIDTHS[:2], strict=True)]
        numbers = [f"{c:>{w}}" for c, w in zip(cells[2:], _WIDTHS[2:], strict=True)]
        print(" ".join([*texts, *numbers]).rstrip(), flush=True)


def _head() -> Sequence[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    machine = (
        f"{SystemClock().now():%Y-%m-%d %H:%M %Z}; {_processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GB; {platform.system()} {platform.release()}; load {load}"
    )
    software = (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}; "
        f"papermill CLI: {papermill_version()}"
    )
    return machine, software


def _part(part: float) -> str:
    """As a fraction where that is how people say it."""
    if not 0 < part <= 0.5:
        return f"{part:.3g}"
    over = 1 / part
    return f"1/{over:.0f}" if abs(over - round(over)) < 1e-6 else f"1/{over:.1f}"


def _ratios(*ratios: float) -> Sequence[str]:
    return [f"{each:.1f}" if each >= 10 else f"{each:.2f}" for each in ratios]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def _processor() -> str:
    for each in Path("/proc/cpuinfo").read_text().splitlines():
        if each.startswith("model name"):
            return each.partition(":")[2].strip()
    return platform.machine()

"""The rows of the table: which work, by which ways, and what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from os import cpu_count
from statistics import median
from typing import Literal

from jupyter_flow.core.run import Run

from . import works
from .meters import Cost
from .noop import open_without_kernels
from .others import papermill, papermill_command, plain
from .ways import Way, alone, command, warm
from .works import Work

OURS, ALONE, API, CLI = "jupyter_flow", "its attempts alone", "papermill API", "papermill CLI"
COLD, EXEC = "jupyter flow run", "plain exec"
THREADS = 8

Costs = Mapping[str, Cost]


@dataclass(frozen=True)
class Goal:
    """Ours is to be at most *most* of the other's wall or CPU."""

    what: Literal["wall", "cpu"]
    other: str
    most: float
    ours: str = OURS

    def reached(self, costs: Costs) -> float:
        """What part of the other's cost ours is."""
        ours, other = costs[self.ours], costs[self.other]
        return ours.wall / other.wall if self.what == "wall" else ours.cpu / other.cpu


@dataclass(frozen=True)
class Figure:
    """Something else that a run tells. It is to be at most, or at least, *goal*."""

    name: str
    unit: str
    of: Callable[[Run, Cost], float]
    goal: float
    at_least: bool = False


@dataclass(frozen=True)
class Row:
    """*rounds* is how often it is measured at most: some rows are long."""

    key: str
    title: str
    work: Callable[[], Work]
    ways: Sequence[Way]
    goals: Sequence[Goal] = ()
    figures: Sequence[Figure] = ()
    rounds: int = 100
    is_small: bool = False
    smaller: Callable[[], Work] | None = None


def gap(run: Run, _: Cost) -> float:
    """Milliseconds between the end of a task in a chain and the start of the next one."""
    attempts = [each.attempts[-1] for each in run.in_order()]
    gaps = [
        (after.started_at - before.ended_at).total_seconds() * 1000
        for before, after in pairwise(attempts)
        if before.ended_at is not None
    ]
    return median(gaps)


def rate(run: Run, cost: Cost) -> float:
    """Tasks in a second."""
    return len(run.task_runs) / cost.wall


def stretch(run: Run, cost: Cost) -> float:
    """The makespan, as a multiple of what cannot be undercut: the longest task, or all CPU shared
    by all cores.
    """
    attempts = [each.attempts[-1] for each in run.in_order()]
    longest = max(
        (each.ended_at - each.started_at).total_seconds()
        for each in attempts
        if each.ended_at is not None
    )
    return cost.wall / max(longest, cost.cpu / (cpu_count() or 1))


GAP = Figure("from the end of a task to the start of the next", "ms", gap, 50)
RATE = Figure("tasks in a second", "", rate, 300, at_least=True)
#: The row that `memory` measures, and what part of a stock kernel's PSS ours may have.
MEMORY, MEMORY_GOAL = "memory", 1 / 3


ROWS: Sequence[Row] = (
    Row(
        "trivial",
        "one trivial cell",
        lambda: works.TRIVIAL,
        (warm(), alone(), papermill(), papermill_command(), plain()),
        (
            Goal("wall", API, 1 / 25),
            Goal("wall", CLI, 1 / 40),
            Goal("cpu", API, 1 / 15),
            Goal("cpu", CLI, 1 / 35),
        ),
        is_small=True,
    ),
    Row(
        "prints",
        "20 cells with a print each",
        lambda: works.PRINTS,
        (warm(), alone(), papermill(), papermill_command(), plain()),
        (Goal("wall", API, 1 / 13), Goal("cpu", API, 1 / 12)),
    ),
    Row(
        "imports",
        "pandas and scikit-learn, a tiny table",
        lambda: works.IMPORTS,
        (warm(), alone(), papermill(), papermill_command(), plain()),
        (Goal("wall", API, 1 / 40),),
    ),
    Row(
        "chain",
        "a chain of 10 trivial notebooks",
        lambda: works.chain(10),
        (warm(), alone(), papermill(), plain()),
        figures=(GAP,),
        rounds=5,
    ),
    Row(
        "fan-out",
        "20 side by side, 0.1 s of work each",
        lambda: works.fan(20, works.COUNTING),
        (warm(), alone(cpu_count() or 2), papermill(), papermill(THREADS), plain()),
        figures=(Figure("makespan / max(longest task, CPU / cores)", "", stretch, 1.15),),
        rounds=3,
    ),
    Row(
        "example",
        "the example of machine learning",
        works.example,
        (warm(), papermill(), plain()),
        (Goal("cpu", EXEC, 1.7),),
        rounds=5,
    ),
    Row(
        "outputs",
        "200 cells with 5 MB of outputs",
        lambda: works.OUTPUTS,
        (warm(), alone(), papermill(), plain()),
        (Goal("wall", API, 1 / 30),),
        rounds=3,
    ),
    Row(
        "short",
        "40 short notebooks, 4 at once",
        lambda: works.short(40),
        (warm(4), alone(4), papermill(), papermill(THREADS), plain()),
        (Goal("wall", API, 1 / 30), Goal("wall", f"{API}, {THREADS} threads", 1 / 14)),
        rounds=3,
    ),
    Row(
        "no-op",
        "{count} tasks that do nothing, in a chain",
        lambda: works.chain(500),
        (warm(make=open_without_kernels),),
        figures=(GAP, RATE),
        rounds=5,
        is_small=True,
        smaller=lambda: works.chain(20),
    ),
    Row(
        "no-op-wide",
        "{count} tasks that do nothing, side by side",
        lambda: works.fan(500, "1"),
        (warm(make=open_without_kernels),),
        figures=(RATE,),
        rounds=5,
    ),
    Row(
        "cold",
        "a cold start: one notebook",
        lambda: works.TRIVIAL,
        (command(), papermill_command()),
        (Goal("wall", CLI, 0.55, ours=COLD),),
        rounds=7,
        is_small=True,
    ),
    Row(
        "cold-chain",
        "a cold start: a chain of 10 (papermill: one)",
        lambda: works.chain(10),
        (command(), papermill_command()),
        (Goal("wall", CLI, 1.0, ours=COLD),),
        rounds=5,
    ),
)

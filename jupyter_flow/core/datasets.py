"""Datasets: what tasks produce for other flows, by name. Values, and the rules about updates.

A dataset is only a name that people agree on; what it stands for, a table, a folder, a model, is
not known here. It is updated when a task that produces it succeeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .commands import Move
from .events import AttemptEnded, Event, WaitEnded
from .ids import RunId, TaskKey
from .options import OnUpdate
from .run import Run
from .states import TaskState

__all__ = ["OnUpdate", "Update", "updates_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Something new is in *dataset* since the moment *at*.

    ``id`` grows with each update of a store; 0 before it is kept. ``run`` and ``key`` say which
    task made it, ``number`` by which attempt (0: by none); without a run somebody said so by hand,
    and ``note`` is what they said.
    """

    dataset: str
    at: datetime
    run: RunId | None = None
    key: TaskKey | None = None
    number: int = 0
    note: str = ""
    id: int = 0


def updates_of(
    run: Run, event: Event, moves: Sequence[Move], *, now: datetime
) -> tuple[Update, ...]:
    """What was updated by *event*, which led to *moves* and to *run*.

    A mapped task updates once, when all of its instances have succeeded. A result that was restored
    from an earlier run is nothing new, and what a person marks is not known to be there.
    """
    if not isinstance(event, AttemptEnded | WaitEnded):
        return ()
    return tuple(_updates(run, moves, now))


def _updates(run: Run, moves: Sequence[Move], now: datetime) -> Iterator[Update]:
    for move in moves:
        if move.key is None or move.state != TaskState.SUCCEEDED.value:
            continue
        names = run.plan.policy(move.key.task).produces
        if not names or not all(each.state.is_good for each in run.runs_of(move.key.task)):
            continue
        key = TaskKey(move.key.task)
        for name in names:
            yield Update(dataset=name, at=now, run=run.id, key=key, number=move.attempt)

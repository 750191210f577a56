"""Entries of a journal as browsers are told them: each an event that is folded into a page.

An event carries its attempt as a whole, as the run has it then or later. So events may be told
again, and a page that is ahead of them ends up the same.
"""

from __future__ import annotations

from typing import Any

from jupyter_flow.core.commands import Move
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    CancelRequested,
    ClearRequested,
    MarkRequested,
    RepairRequested,
    Restored,
    RunAdopted,
    RunTimedOut,
    WaitEnded,
)
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.runs import Entry
from jupyter_flow.wire import api

from .showing import Below, attempt_view, moment, origin_view

#: Facts that change more than one attempt and some states.
_MANIFOLD = (
    *(RunAdopted, RunTimedOut),
    *(CancelRequested, RepairRequested, ClearRequested, MarkRequested),
)


def event_view(entry: Entry, run: Run, below: Below) -> api.RunEvent:
    """*entry*, with what *run*, read after it, knows of its attempt."""
    attempt = _attempt(entry, run, below)
    return api.RunEvent(
        run=entry.run,
        seq=entry.seq,
        at=moment(entry.at),
        what=entry.event.kind,
        moves=[_move(each, run) for each in entry.moves],
        attempt=attempt,
        values=_values(entry, run) if attempt is not None else None,
        restored=_restored(entry),
        reload=_changes_much(entry),
    )


def _restored(entry: Entry) -> api.RestoredChange | None:
    """The result that a task run has now; None too when it came too late to be used."""
    event = entry.event
    if not isinstance(event, Restored) or not entry.moves:
        return None
    return api.RestoredChange(
        task=event.key.task,
        index=event.key.index,
        origin=origin_view(event.origin),
        values=dict(event.values),
    )


def _move(move: Move, run: Run) -> api.MoveView:
    key = move.key
    task_run = run.task_runs.get(key) if key is not None else None
    due_at = task_run.due_at if task_run is not None else None
    return api.MoveView(
        task=key.task if key is not None else None,
        index=key.index if key is not None else None,
        state=move.state,
        attempt=move.attempt,
        reason=move.reason,
        due_at=moment(due_at) if due_at is not None else None,
    )


def _attempt(entry: Entry, run: Run, below: Below) -> api.AttemptChange | None:
    key, number = _attempt_of(entry)
    task_run = run.task_runs.get(key) if key is not None else None
    if task_run is None:
        return None
    for attempt in reversed(task_run.attempts):
        if attempt.number == number:
            return api.AttemptChange(
                task=task_run.key.task,
                index=task_run.key.index,
                attempt=attempt_view(attempt, below),
            )
    return None


def _attempt_of(entry: Entry) -> tuple[TaskKey | None, int]:
    match entry.event:
        case AttemptStarted(key=key):
            return key, next((each.attempt for each in entry.moves if each.key == key), 0)
        case AttemptProgressed(key=key, number=number) | AttemptEnded(key=key, number=number):
            return key, number
        case _:
            return None, 0


def _values(entry: Entry, run: Run) -> dict[str, Any] | None:
    """What the task has handed on since: of an attempt that came too late, nothing."""
    if not isinstance(entry.event, AttemptEnded):
        return None
    return dict(run.task_runs[entry.event.key].values)


def _changes_much(entry: Entry) -> bool:
    """Whether a page cannot be kept up to date by the event alone."""
    if isinstance(entry.event, _MANIFOLD):
        return True
    if isinstance(entry.event, WaitEnded) and entry.event.values:
        return True
    moved = [move for move in entry.moves if move.key is not None and move.key.index is not None]
    own = getattr(entry.event, "key", None)
    if isinstance(entry.event, AttemptEnded) and moved and moved[0].state == TaskState.QUEUED:
        return True  # it was cleared meanwhile, and waited for this to begin anew
    # An instance that moves because of another task may be new, or have another item by now.
    return any(move.key != own for move in moved)

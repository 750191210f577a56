"""The heart: facts in, commands out. Opens nothing, waits for nothing, throws no dice.

`step` takes what is known of a run and one fact about the world; it returns what is known now
and what the shell must do about it. The same facts always give the same answer.

Every step goes the same way: the event changes what it is about (`trying`, `waiting`, `stopping`,
`redoing`), then everything that can be decided is decided (`planning`), then it is seen whether
the run is over. A step costs what it changes, not what there is; only what concerns a run as a
whole (its start, adoption, cancellation, repair, and its end) costs what there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptSlow,
    AttemptStarted,
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    Restored,
    RetryDue,
    RunAdopted,
    RunStarted,
    RunTimedOut,
    WaitEnded,
    WaitNoted,
)
from jupyter_flow.core.run import Cause, Failure, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState

from . import redoing, stopping, trying, waiting
from .planning import settle
from .reasons import why_failed
from .turn import Step, Turn

__all__ = ["Step", "replay", "step"]


def step(run: Run, event: Event, *, now: datetime) -> Step:
    """What is known, and what must be done, after *event* at *now*.

    Raises:
        ConflictError: the event is about something that cannot be so, such as clearing a task
            of a run that is being cancelled. Nothing has happened then.
    """
    turn = Turn(run, now)
    _take_in(turn, event)
    settle(turn)
    _end_if_over(turn)
    return turn.step()


def replay(run: Run, facts: Iterable[tuple[Event, datetime]]) -> Run:
    """*run* after *facts*, each with its moment: what a journal says, told once more."""
    for event, now in facts:
        run = step(run, event, now=now).run
    return run


def _take_in(turn: Turn, event: Event) -> None:  # noqa: C901  one line for each event
    match event:
        case RunStarted():
            _start(turn)
        case RunAdopted():
            _adopt(turn, event)
        case Restored():
            trying.restored(turn, event)
        case AttemptStarted():
            trying.started(turn, event)
        case AttemptProgressed():
            trying.progressed(turn, event)
        case AttemptEnded():
            trying.ended(turn, event)
        case RetryDue():
            trying.retry_due(turn, event)
        case AttemptSlow():
            pass  # It is on record; whoever wants to know is told.
        case WaitNoted():
            waiting.noted(turn, event)
        case WaitEnded():
            waiting.ended(turn, event)
        case RunTimedOut():
            stopping.timed_out(turn)
        case CancelRequested():
            stopping.cancel(turn, event)
        case RepairRequested():
            redoing.repair(turn, event)
        case ClearRequested():
            redoing.clear(turn, event)
        case MarkRequested():
            redoing.mark(turn, event)
        case _:
            assert_never(event)


def _start(turn: Turn) -> None:
    run = turn.run
    if run.state is not RunState.QUEUED:
        raise ConflictError(f"run {run.id} is {run.state}, so it cannot start", code="JF315")
    turn.run = replace(run, started_at=turn.now)
    turn.move_run(RunState.RUNNING)
    stopping.set_time_limit(turn)
    for task in run.plan.flow.graph.order:
        turn.touch(task)


def _adopt(turn: Turn, event: RunAdopted) -> None:
    """Take up what another driver left: what ran is lost, what waited is waited for again.

    What goes on is not lost: attempts that are made elsewhere, and runs of other flows that tasks
    began, which have drivers of their own.
    """
    if turn.run.state is RunState.QUEUED:
        _start(turn)
        return
    if turn.run.state is RunState.RUNNING:
        stopping.set_time_limit(turn)
    gone = Failure(cause=Cause.LOST, message="the process that ran it is gone")
    for task_run in turn.run.in_order():
        key = task_run.key
        if task_run.is_open and (key in event.going_on or task_run.attempts[-1].child):
            trying.wake_if_slow(turn, task_run)
        elif task_run.is_open:
            number = task_run.attempts[-1].number
            trying.ended(
                turn, AttemptEnded(key=key, number=number, outcome=Outcome.LOST, failure=gone)
            )
        elif task_run.state is TaskState.QUEUED:
            turn.ask_for_slot(key)
        elif task_run.state is TaskState.RETRYING:
            trying.wake(turn, task_run)
        elif task_run.state is TaskState.WAITING:
            waiting.resume(turn, task_run)
        turn.touch(key.task)


def _end_if_over(turn: Turn) -> None:
    """End the run when nothing in it is live and no attempt is being stopped any more."""
    run = turn.run
    if run.live or run.open or run.state not in (RunState.RUNNING, RunState.CANCELLING):
        return
    turn.run = replace(run, ended_at=turn.now)
    if run.state is RunState.CANCELLING:
        is_timed_out = stopping.is_timed_out(run)
        turn.move_run(RunState.FAILED if is_timed_out else RunState.CANCELLED, run.reason)
    elif any(each.state.is_bad for leaf in run.plan.flow.leaves for each in run.runs_of(leaf)):
        turn.move_run(RunState.FAILED, why_failed(run))
    else:
        turn.move_run(RunState.SUCCEEDED)

"""Stopping: the whole run, some of its tasks, or all of it because its time is over.

What has not begun is cancelled at once. What runs is asked to stop and stays ``running``, with
the reason, until its attempt has ended; an attempt that succeeded in that very moment did succeed.

When the whole run is stopped, its teardowns are left: each still runs if what it cleans up was set
up, and the run ends after them. Asking once more stops them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from jupyter_flow.core.commands import Wake
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import CancelRequested, RunTimedOut
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState, Signal, TaskState

from .reasons import by_whom, time_limit
from .selection import runs_named
from .turn import Turn


def cancel(turn: Turn, event: CancelRequested) -> None:
    """Stop the run, or only the tasks that are named.

    Raises ConflictError when there is nothing left to stop. Of a run that is being cancelled
    already, what was left to clean up is stopped as well.
    """
    run = turn.run
    if run.state.is_final:
        raise ConflictError(
            f"run {run.id} has ended ({run.state}), so there is nothing to cancel", code="JF313"
        )
    reason = by_whom("cancelled", event.by)
    if event.keys:
        _cancel_some(turn, runs_named(run, event.keys), reason)
    elif run.state is not RunState.CANCELLING:
        _stop_all(turn, reason)
    else:
        for each in run.in_order():
            _stop(turn, each, reason)


def timed_out(turn: Turn) -> None:
    """Stop the run if its time is over; it may have been opened again since the clock was set."""
    run, limit = turn.run, turn.run.plan.flow.options.run_timeout
    if run.state is not RunState.RUNNING or limit is None or run.started_at is None:
        return
    if turn.now < run.started_at + limit:
        set_time_limit(turn)
    else:
        _stop_all(turn, time_limit(limit))


def set_time_limit(turn: Turn) -> None:
    """Ask to be woken when the run's time is over, if it has a limit."""
    run, limit = turn.run, turn.run.plan.flow.options.run_timeout
    if limit is not None and run.started_at is not None:
        turn.command(Wake(at=run.started_at + limit, event=RunTimedOut()))


def is_timed_out(run: Run) -> bool:
    """Whether it is the time limit that *run* is being stopped for.

    Its reason tells: there is nothing else that outlives the process which drives it.
    """
    limit = run.plan.flow.options.run_timeout
    return limit is not None and run.reason == time_limit(limit)


def _stop_all(turn: Turn, reason: str) -> None:
    turn.move_run(RunState.CANCELLING, reason)
    for task_run in turn.run.in_order():
        if not turn.run.plan.flow[task_run.key.task].is_teardown:
            _stop(turn, task_run, reason)
        turn.touch(task_run.key.task)


def _cancel_some(turn: Turn, task_runs: Iterable[TaskRun], reason: str) -> None:
    live = [each for each in task_runs if not each.state.is_final]
    if not live:
        raise ConflictError(
            "what is to be cancelled has ended already",
            hint="Clear or repair a task to have it done again.",
            code="JF313",
        )
    for each in live:
        _stop(turn, each, reason)


def _stop(turn: Turn, task_run: TaskRun, reason: str) -> None:
    if task_run.state.is_final:
        return
    turn.withdraw(task_run)
    if task_run.state is not TaskState.RUNNING:
        turn.send(task_run, Signal.CANCEL, reason)
    elif not task_run.is_stopping:
        turn.put(replace(task_run, reason=reason))

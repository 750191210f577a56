"""What follows when an attempt starts, goes on or ends, and when the time of the next has come.

Reports may be late: an attempt may end after its task was cleared, marked or stopped. Then only
its record is completed; it decides nothing any more.
"""

from __future__ import annotations

from jupyter_flow.core.commands import Wake
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptSlow,
    AttemptStarted,
    Restored,
    RetryDue,
)
from jupyter_flow.core.run import Attempt, TaskRun
from jupyter_flow.core.states import Outcome, Signal, TaskState

from .reasons import shortened
from .retry import wait_before_next
from .selection import run_named
from .turn import Turn, is_new


def restored(turn: Turn, event: Restored) -> None:
    """A result of an earlier run will do, unless the task is not queued any more."""
    queued = run_named(turn.run, event.key)
    if queued.state is TaskState.QUEUED and is_new(queued):
        turn.put(
            queued.take(
                Signal.RESTORE,
                values=event.values,
                origin=event.origin,
                reason=shortened(event.reason),
            )
        )


def started(turn: Turn, event: AttemptStarted) -> None:
    """The next attempt begins. Raises ConflictError when the task is not queued."""
    queued = run_named(turn.run, event.key)
    attempt = Attempt(
        number=1 + (queued.attempt.number if queued.attempt else 0),
        started_at=turn.now,
        notebook=event.notebook,
        log=event.log,
        parameters=event.parameters,
        child=event.child,
        cluster=event.cluster,
    )
    attempts, tries = (*queued.attempts, attempt), queued.tries + 1
    turn.put(queued.take(Signal.START, attempts=attempts, tries=tries, origin=None))
    wake_if_slow(turn, turn.run.task_runs[event.key])


def wake_if_slow(turn: Turn, task_run: TaskRun) -> None:
    """Have it told when the attempt that goes on has lasted longer than expected."""
    expected = turn.run.plan.policy(task_run.key.task).expected
    begun = task_run.attempts[-1].started_at
    if expected is not None and begun + expected >= turn.now:
        slow = AttemptSlow(key=task_run.key, number=task_run.attempts[-1].number)
        turn.command(Wake(at=begun + expected, event=slow))


def progressed(turn: Turn, event: AttemptProgressed) -> None:
    """It is in another cell now."""
    running = _current(turn, event)
    if running is not None and running.state is TaskState.RUNNING:
        turn.put(running.with_attempt(cell=event.cell, cells=event.cells))


def ended(turn: Turn, event: AttemptEnded) -> None:
    """It is over: the task succeeded, failed, was cancelled or is tried again."""
    before = _current(turn, event)
    if before is None:
        return
    if event.cell is not None and event.cells is not None:
        before = before.with_attempt(cell=event.cell, cells=event.cells)
    over = before.with_attempt(
        ended_at=turn.now,
        outcome=event.outcome,
        failure=event.failure,
        cpu=event.cpu,
        memory=event.memory,
    )
    if over.state is not TaskState.RUNNING:
        # Cleared or marked meanwhile. If it is to run again, it waited for this.
        turn.put(over)
        turn.touch(event.key.task)
    elif event.outcome is Outcome.SUCCEEDED:
        turn.put(over.take(Signal.SUCCEED, values=event.values))
    elif over.is_stopping:
        turn.put(over.take(Signal.CANCEL, reason=over.reason))
    elif event.outcome is Outcome.CANCELLED:
        turn.put(over.take(Signal.CANCEL, reason="its attempt was stopped"))
    else:
        _failed(turn, over, event)


def retry_due(turn: Turn, event: RetryDue) -> None:
    """The moment of the next attempt has come, unless the task has moved on since."""
    task_run = turn.run.task_runs.get(event.key)
    if task_run is None or task_run.state is not TaskState.RETRYING:
        return
    wake(turn, task_run)


def wake(turn: Turn, retrying: TaskRun) -> None:
    """Ask for a slot for *retrying* if its time has come, else ask to be woken."""
    if retrying.due_at is None or retrying.due_at <= turn.now:
        turn.enqueue(retrying)
    else:
        turn.command(Wake(at=retrying.due_at, event=RetryDue(key=retrying.key)))


def _failed(turn: Turn, over: TaskRun, event: AttemptEnded) -> None:
    policy = turn.run.plan.policy(over.key.task).retry
    seed = f"{turn.run.id}#{over.key}"
    wait = wait_before_next(policy, over.tries, event.failure, event.outcome, seed)
    reason = shortened(str(event.failure)) if event.failure else event.outcome.value
    if wait is None:
        turn.send(over, Signal.FAIL, reason)
        return
    retrying = over.take(Signal.RETRY, due_at=turn.now + wait, reason=reason)
    turn.put(retrying)
    wake(turn, retrying)


def _current(turn: Turn, event: AttemptProgressed | AttemptEnded) -> TaskRun | None:
    """The task run that the report is about, if it is about an attempt that still lasts."""
    task_run = turn.run.task_runs.get(event.key)
    if task_run is None or not task_run.is_open:
        return None
    return task_run if task_run.attempts[-1].number == event.number else None

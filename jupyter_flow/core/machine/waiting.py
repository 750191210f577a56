"""Tasks that wait for something outside of the run: for the run before, or for another flow.

A task that may run passes here. One that depends on the past first waits for itself in the run
before; one that is a wait (``wait_for``) then waits for that and makes no attempt at all. What
the world looks like is not seen here: the shell looks, and tells. Its word may come late; about a
task that waits no longer, or for something else by now, it changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from jupyter_flow.core.commands import Await, Moment, PastTask
from jupyter_flow.core.events import WaitEnded, WaitNoted
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.inputs import InputError
from jupyter_flow.core.inputs.waits import Wait, wait_of
from jupyter_flow.core.run import TaskRun
from jupyter_flow.core.states import Signal, TaskState

from . import expecting, reasons
from .reasons import past_awaited, shortened
from .turn import Turn

#: How often it is looked whether the run before has come so far.
PAST_EVERY = timedelta(seconds=5)


def admit(turn: Turn, pending: TaskRun) -> None:
    """As far as this run goes, *pending* may run now: let it run, or wait."""
    task = pending.key.task
    if turn.run.plan.policy(task).depends_on_past:
        turn.send(pending, Signal.WAIT, past_awaited(task))
        _look_for_past(turn, pending)
    else:
        _past_is_done(turn, pending)


def noted(turn: Turn, event: WaitNoted) -> None:
    """Something new was seen of what a task waits for, which is not there yet."""
    waiting = turn.run.task_runs.get(event.key)
    if waiting is None or waiting.state is not TaskState.WAITING or _is_for_past(waiting):
        return
    wait = _wait_of(turn, waiting)
    if wait is not None:
        pauses = reasons.pauses(wait.every, wait.backoff, wait.longest)
        turn.say(waiting, reasons.noted(wait.what, event.seen, pauses))


def ended(turn: Turn, event: WaitEnded) -> None:
    """What a task waits for has come, or will not."""
    waiting = turn.run.task_runs.get(event.key)
    if waiting is None or waiting.state is not TaskState.WAITING:
        return
    if event.signal is Signal.RELEASE:
        if _is_for_past(waiting):
            _past_is_done(turn, waiting)
    elif event.signal is Signal.SUCCEED:
        if not _is_for_past(waiting):
            turn.put(waiting.take(event.signal, values=event.values, reason=event.reason))
    elif event.signal is Signal.FAIL and not _is_for_past(waiting):
        _in_vain(turn, waiting, event)
    else:
        turn.send(waiting, event.signal, shortened(event.reason))


def resume(turn: Turn, waiting: TaskRun) -> None:
    """Have it looked again for what *waiting* waits for, as long as was said at first."""
    if _is_for_past(waiting):
        _look_for_past(turn, waiting)
        return
    wait = _wait_of(turn, waiting)
    if wait is not None:
        _look(turn, waiting, wait)


def _past_is_done(turn: Turn, task_run: TaskRun) -> None:
    """Nothing is left to wait for but what the task itself waits for, if it is a wait."""
    kind = turn.run.plan.flow[task_run.key.task].kind
    if kind is Kind.EXPECT:
        expecting.decide(turn, task_run)
        return
    if kind not in (Kind.WAIT_FOR, Kind.APPROVE):
        turn.enqueue(task_run)
        return
    wait = _wait_of(turn, task_run)
    if wait is None:
        return
    reason = shortened(reasons.awaited(wait.what))
    due_at = None if wait.timeout is None else turn.now + wait.timeout
    if isinstance(wait.what, Moment):
        due_at = wait.what.at
    if task_run.state is TaskState.WAITING:
        waiting = replace(task_run, reason=reason, due_at=due_at)
    else:
        waiting = task_run.take(Signal.WAIT, reason=reason, due_at=due_at)
    turn.put(waiting)
    _look(turn, waiting, wait)


def _in_vain(turn: Turn, waiting: TaskRun, event: WaitEnded) -> None:
    """Its time has passed, or whoever looks says why there is no use in going on."""
    if event.reason:
        turn.send(waiting, Signal.FAIL, shortened(event.reason))
        return
    wait = _wait_of(turn, waiting)
    if wait is not None:
        signal = Signal.SKIP if wait.soft_fail else Signal.FAIL
        why = reasons.awaited_in_vain(wait.what, wait.timeout, event.seen)
        turn.send(waiting, signal, shortened(why))


def _wait_of(turn: Turn, task_run: TaskRun) -> Wait | None:
    """What *task_run* waits for; None, and the task has failed, when that cannot be said."""
    try:
        wait = wait_of(turn.run, task_run.key, now=turn.now)
    except InputError as error:
        turn.send(task_run, Signal.FAIL, shortened(error.what))
        return None
    if isinstance(wait.what, Moment) and task_run.due_at is not None:
        # "18:00" is that of the day on which the wait began, however often it is taken up.
        return replace(wait, what=Moment(at=task_run.due_at))
    return wait


def _is_for_past(waiting: TaskRun) -> bool:
    """Whether it is the run before that *waiting* waits for.

    Its reason tells: there is nothing else that outlives the process which drives the run.
    """
    return waiting.reason == past_awaited(waiting.key.task)


def _look_for_past(turn: Turn, waiting: TaskRun) -> None:
    turn.command(Await(key=waiting.key, what=PastTask(), every=PAST_EVERY))


def _look(turn: Turn, waiting: TaskRun, wait: Wait) -> None:
    until = None if isinstance(wait.what, Moment) else waiting.due_at
    turn.command(
        Await(
            key=waiting.key,
            what=wait.what,
            every=wait.every,
            until=until,
            backoff=wait.backoff,
            longest=wait.longest,
        )
    )

"""Tasks that wait for something outside of the run: for the run before, or for another flow.

A task that may run passes here. One that depends on the past first waits for itself in the run
before; one that is a wait (``wait_for``) then waits for its flow and makes no attempt at all. What
the world looks like is not seen here: the shell looks, and tells. Its word may come late; about a
task that waits no longer, or for something else by now, it changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from jupyter_flow.core.commands import Await, OtherFlow, PastTask
from jupyter_flow.core.events import WaitEnded
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.inputs import InputError
from jupyter_flow.core.inputs.waits import Wait, wait_of
from jupyter_flow.core.run import TaskRun
from jupyter_flow.core.states import Signal, TaskState

from . import expecting
from .reasons import awaited_in_vain, flow_awaited, past_awaited, shortened
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
        _in_vain(turn, waiting, event.reason)
    else:
        turn.send(waiting, event.signal, shortened(event.reason))


def resume(turn: Turn, waiting: TaskRun) -> None:
    """Have it looked again for what *waiting* waits for, as long as was said at first."""
    if _is_for_past(waiting):
        _look_for_past(turn, waiting)
        return
    wait = _wait_of(turn, waiting)
    if wait is not None:
        _look_for_flow(turn, waiting, wait)


def _past_is_done(turn: Turn, task_run: TaskRun) -> None:
    """Nothing is left to wait for but what the task itself waits for, if it is a wait."""
    kind = turn.run.plan.flow[task_run.key.task].kind
    if kind is Kind.EXPECT:
        expecting.decide(turn, task_run)
        return
    if kind is not Kind.WAIT_FOR:
        turn.enqueue(task_run)
        return
    wait = _wait_of(turn, task_run)
    if wait is None:
        return
    reason = flow_awaited(wait.flow)
    due_at = None if wait.timeout is None else turn.now + wait.timeout
    if task_run.state is TaskState.WAITING:
        waiting = replace(task_run, reason=reason, due_at=due_at)
    else:
        waiting = task_run.take(Signal.WAIT, reason=reason, due_at=due_at)
    turn.put(waiting)
    _look_for_flow(turn, waiting, wait)


def _in_vain(turn: Turn, waiting: TaskRun, reason: str) -> None:
    wait = _wait_of(turn, waiting)
    if wait is not None:
        signal = Signal.SKIP if wait.soft_fail else Signal.FAIL
        turn.send(waiting, signal, shortened(reason) or awaited_in_vain(wait.flow, wait.timeout))


def _wait_of(turn: Turn, task_run: TaskRun) -> Wait | None:
    """What *task_run* waits for; None, and the task has failed, when that cannot be said."""
    try:
        return wait_of(turn.run, task_run.key)
    except InputError as error:
        turn.send(task_run, Signal.FAIL, shortened(error.what))
        return None


def _is_for_past(waiting: TaskRun) -> bool:
    """Whether it is the run before that *waiting* waits for.

    Its reason tells: there is nothing else that outlives the process which drives the run.
    """
    return waiting.reason == past_awaited(waiting.key.task)


def _look_for_past(turn: Turn, waiting: TaskRun) -> None:
    turn.command(Await(key=waiting.key, what=PastTask(), every=PAST_EVERY))


def _look_for_flow(turn: Turn, waiting: TaskRun, wait: Wait) -> None:
    other = OtherFlow(flow=wait.flow, within=wait.within)
    turn.command(Await(key=waiting.key, what=other, every=wait.every, until=waiting.due_at))

"""Deciding what may start: the trigger rules, the conditions, the lists to map over.

Works through the tasks about which something has changed, and through what follows from that,
until nothing follows any more. A queue, no recursion: ten thousand tasks may be skipped in a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jupyter_flow.core.expressions import EvaluationError, Expression
from jupyter_flow.core.flow import Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs import context_of, value_of
from jupyter_flow.core.run import TaskRun
from jupyter_flow.core.states import RunState, Signal, TaskState

from . import waiting
from .expansion import Item, Refusal, items_of
from .reasons import NEVER
from .turn import Turn
from .verdicts import Verdict, blame, is_waiting_by_rule, verdict_on

_SIGNALS = {Verdict.SKIP: Signal.SKIP, Verdict.BLOCK: Signal.BLOCK}


def settle(turn: Turn) -> None:
    """Decide everything that can be decided now. Only a run that runs is planned; of one that is
    being cancelled, nothing but teardowns is left to decide.

    Whatever is left undecided then waits for something that will happen. If nothing will, the
    tasks that wait are blocked, so that every run ends.
    """
    if turn.run.state not in (RunState.RUNNING, RunState.CANCELLING):
        return
    _decide_touched(turn)
    while turn.run.is_stuck:
        _give_up(turn)
        _decide_touched(turn)


def _decide_touched(turn: Turn) -> None:
    while (task := turn.next_touched()) is not None:
        _decide(turn, task)


def _decide(turn: Turn, task: str) -> None:
    run = turn.run
    if task not in run.undecided:
        return
    verdict = verdict_on(run, task)
    if verdict is Verdict.WAIT:
        return
    pending = _pending(turn, task)
    if verdict is Verdict.RUN:
        _release(turn, run.plan.flow[task], pending)
    else:
        _end(turn, pending, _SIGNALS[verdict], blame(run, task, verdict))


def _release(turn: Turn, task: Task, pending: Sequence[TaskRun]) -> None:
    """The rule is met: see to the condition and the items, and let run or wait what is left."""
    if any(each.is_open for each in pending):
        # It was cleared while it ran, and that attempt is still being stopped. Its end
        # touches the task again.
        return
    refusal = _condition(turn, task)
    if refusal is None and task.is_mapped:
        items = items_of(turn.run, task)
        if isinstance(items, Refusal):
            refusal = items
        else:
            pending = _instances(turn, task.name, items)
    if refusal is not None:
        _end(turn, pending, refusal.signal, refusal.reason)
        return
    for each in pending:
        waiting.admit(turn, each)


def _condition(turn: Turn, task: Task) -> Refusal | None:
    """Why the condition of *task* keeps it from running; None when it does not."""
    if task.when is None:
        return None
    try:
        holds = value_of(task.when, turn.run, context_of(turn.run, task.name))
    except EvaluationError as error:
        said = _said(task.when)
        return Refusal(Signal.FAIL, f"its condition {said} cannot be computed: {error}")
    return (
        None if holds else Refusal(Signal.SKIP, f"its condition does not hold: {_said(task.when)}")
    )


def _said(condition: Expression) -> str:
    # The language loads only where words are needed; planning has no other use for it.
    from jupyter_flow.core.language.writing import written

    return written(condition)


def _instances(turn: Turn, task: str, items: Sequence[Item]) -> list[TaskRun]:
    """Fit the instances of *task* to *items*; those that are to run now.

    After a repair there may be instances from before. One that succeeded with the same item keeps
    its result; one whose item went away is removed; all keep the history of their attempts.
    """
    width = turn.run.widths.get(task, 0)
    known = [turn.run.task_runs[TaskKey(task, index)] for index in range(width)]
    for surplus in known[len(items) :]:
        if surplus.state is TaskState.PENDING:
            turn.send(surplus, Signal.REMOVE, "its item is not in the list any more")
    for old, item in zip(known, items, strict=False):
        _fit(turn, old, item)
    turn.add(
        [
            TaskRun(key=TaskKey(task, index), item=item)
            for index, item in enumerate(items[width:], start=width)
        ]
    )
    return _pending(turn, task)


def _fit(turn: Turn, old: TaskRun, item: Item) -> None:
    """The instance *old* is to run with *item*, unless it runs or has done so already."""
    if old.state is TaskState.REMOVED or (old.state.is_final and old.item != item):
        turn.put(old.take(Signal.CLEAR, tries=0, values={}, item=item))
    elif old.state is TaskState.PENDING and old.item != item:
        turn.put(replace(old, item=item))


def _pending(turn: Turn, task: str) -> list[TaskRun]:
    return [each for each in turn.run.runs_of(task) if each.state is TaskState.PENDING]


def _end(turn: Turn, pending: Sequence[TaskRun], signal: Signal, reason: str) -> None:
    for each in pending:
        turn.send(each, signal, reason)


def _give_up(turn: Turn) -> None:
    """Block the tasks that wait although everything upstream of them has ended."""
    run = turn.run
    for task in [name for name in run.undecided if is_waiting_by_rule(run, name)]:
        _end(turn, _pending(turn, task), Signal.BLOCK, NEVER.format(run.plan.policy(task).trigger))

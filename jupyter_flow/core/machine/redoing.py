"""Doing again what has been done: repair, clear, mark. What a person decides, against the rules.

A cleared task run is pending again, with its values gone and its tries counted anew; its attempts
stay on record. One that is still running is stopped first, and runs again when it has ended. A
run that had ended is opened again, and its time limit counts from then.

With a task, the set-ups in whose scope it is and their teardowns are done again, so that what it
needs is there once more; and with a set-up, its teardowns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import ClearRequested, MarkRequested, RepairRequested
from jupyter_flow.core.flow import Flow, Kind, Role, Target
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState, Signal, TaskState

from .reasons import by_whom
from .selection import runs_named
from .stopping import set_time_limit
from .turn import Turn

_KEPT_BACK = frozenset({TaskState.SKIPPED, TaskState.UPSTREAM_FAILED})


def repair(turn: Turn, event: RepairRequested) -> None:
    """Clear what did not succeed and all downstream of it.

    Of a mapped task in which only some instances failed, only those are cleared. Raises
    ConflictError when everything succeeded or was skipped, or the run cannot be changed now.
    """
    run = turn.run
    _check_open_to_changes(run)
    bad = [each for each in run.in_order() if each.state.is_bad]
    if not bad:
        raise ConflictError(
            f"there is nothing to repair in run {run.id}: nothing in it failed",
            hint="Clear a task to have it and all downstream of it done again.",
            code="JF314",
        )
    downstream = run.plan.flow.graph.downstream
    below = {down for each in bad for down in downstream[each.key.task]}
    _redo(turn, bad, below, event.targets)


def clear(turn: Turn, event: ClearRequested) -> None:
    """Clear the tasks that are named (``train``, or one instance: ``train[2]``).

    Raises ConflictError when there is no such task, when all of them are still to be run
    anyway, or when the run cannot be changed now.
    """
    run = turn.run
    _check_open_to_changes(run)
    named = runs_named(run, [_key(name) for name in event.tasks])
    if all(each.state is TaskState.PENDING for each in named):
        raise ConflictError(
            f"there is nothing to clear: {', '.join(event.tasks)} has not run yet", code="JF314"
        )
    downstream = run.plan.flow.graph.downstream
    below = {down for each in named for down in downstream[each.key.task]}
    _redo(turn, named, below if event.downstream else (), event.targets)


def mark(turn: Turn, event: MarkRequested) -> None:
    """Say how a task ended, whatever happened; what it kept from running is decided again.

    Raises ConflictError when there is no such task, or the run is being cancelled.
    """
    run = turn.run
    if run.state is RunState.CANCELLING:
        raise _being_cancelled(run)
    is_good = event.state is TaskState.SUCCEEDED
    signal = Signal.MARK_SUCCEEDED if is_good else Signal.MARK_FAILED
    named = runs_named(run, [event.key])
    if event.key.index is None:
        named = [each for each in named if each.state is not TaskState.REMOVED]
    for each in named:
        turn.withdraw(each)
        values = {**each.values, **event.values} if is_good else {}
        turn.put(each.take(signal, values=values, reason=_told(run, event)))
    _clear(turn, _kept_back(turn.run, event.key.task))
    if run.state.is_final:
        _open(turn)


def _told(run: Run, event: MarkRequested) -> str:
    if run.plan.flow[event.key.task].kind is Kind.APPROVE:
        return by_whom("approved" if event.state is TaskState.SUCCEEDED else "rejected", event.by)
    return by_whom("marked", event.by or "hand")


def _redo(
    turn: Turn, chosen: Iterable[TaskRun], below: Iterable[str], targets: Mapping[str, Target]
) -> None:
    """Clear the *chosen* task runs, and the tasks *below* with all that is downstream of them."""
    run = turn.run
    whole = run.plan.flow.graph.below(below)
    if targets:
        plan = replace(run.plan, targets={**run.plan.targets, **targets})
        turn.run = replace(run, plan=plan)
    chosen = list(chosen)
    keys = {each.key for each in chosen}
    along = set(_along(run.plan.flow, {*whole, *(key.task for key in keys)}))
    again = whole | along
    _clear(turn, [each for each in run.in_order() if each.key in keys or each.key.task in again])
    if run.state.is_final:
        _open(turn)


def _along(flow: Flow, tasks: Iterable[str]) -> Iterator[str]:
    """What is done again with *tasks*: what sets them up, and what cleans up after that."""
    for task in tasks:
        yield from flow.scopes.along.get(task, ())
        if flow[task].role is Role.SETUP:
            yield from (down for down in flow.graph.downstream[task] if flow[down].is_teardown)


def _clear(turn: Turn, task_runs: Iterable[TaskRun]) -> None:
    for each in task_runs:
        if each.state is not TaskState.PENDING:
            turn.withdraw(each)
            turn.put(each.take(Signal.CLEAR, tries=0, values={}))
        turn.touch(each.key.task)


def _open(turn: Turn) -> None:
    """The run goes on. Its clock starts anew if there is something left to do."""
    turn.run = replace(turn.run, ended_at=None)
    turn.move_run(RunState.RUNNING)
    if turn.run.live:
        turn.run = replace(turn.run, started_at=turn.now)
        set_time_limit(turn)


def _kept_back(run: Run, task: str) -> list[TaskRun]:
    """What is downstream of *task* and did not run because of what is between, itself included."""
    graph = run.plan.flow.graph
    seen: set[str] = set()
    found: list[TaskRun] = []
    ahead = list(graph.downstream[task])
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        kept = [each for each in run.runs_of(name) if each.state in _KEPT_BACK]
        found += kept
        if kept:
            ahead += graph.downstream[name]
    return found


def _check_open_to_changes(run: Run) -> None:
    if run.state is RunState.CANCELLING:
        raise _being_cancelled(run)
    if run.state is RunState.QUEUED:
        raise ConflictError(f"run {run.id} has not started yet", code="JF314")


def _being_cancelled(run: Run) -> ConflictError:
    return ConflictError(
        f"run {run.id} is being cancelled", hint="Wait until it has ended.", code="JF314"
    )


def _key(name: str) -> TaskKey:
    try:
        return TaskKey.parse(name)
    except ValueError as error:
        raise ConflictError(str(error), code="JF312") from error

"""Rows to values and values to rows. Two functions a table, no queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from jupyter_flow.core.alerts import late_at
from jupyter_flow.core.commands import Move
from jupyter_flow.core.events import Event, Request
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import AttemptId, RunId, TaskKey
from jupyter_flow.core.run import Attempt, Failure, Fired, Interval, Parent, Run, TaskRun
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.ports.runs import Ended, Entry, Pending, RunSummary, TaskStates, Waiting
from jupyter_flow.wire.codec import decode, encode

from .asking import is_to_stop
from .tables import NOT_MAPPED

#: What SQLAlchemy hands out; its types say nothing of the columns.
_Row = Any
_Cells = dict[str, Any]
_NOTHING = "{}"
_VALUES = Mapping[str, Any]
_MOVES = tuple[Move, ...]


def run_row(run: Run) -> _Cells:
    """The row of a new run, which nobody drives yet."""
    return {
        "id": run.id,
        "flow": run.flow_name,
        "origin": run.plan.origin,
        "params": values_text(run.params),
        "logical_date": run.logical_date,
        "interval_start": run.interval.start,
        "interval_end": run.interval.end,
        "created_at": run.created_at,
        "seq": 0,
        "token": 0,
        "max_active": run.plan.flow.options.max_active_runs,
        "late_at": None if run.state.is_final else late_at(run),
        **fired_cells(run.fired),
        **_parent_cells(run.parent),
        **run_changes(run),
    }


def fired_cells(fired: Fired | None) -> _Cells:
    """The part of a run's row that tells what it was made for."""
    return {
        "series": fired.series if fired else None,
        "fire_time": fired.at if fired else None,
        "backfill": (fired.backfill or None) if fired else None,
        "backfill_most": fired.most if fired else None,
        "updates_after": fired.after if fired and fired.upto else None,
        "updates_upto": (fired.upto or None) if fired else None,
    }


def _fired_of(row: _Row) -> Fired | None:
    if row.series is None:
        return None
    return Fired(
        series=row.series,
        at=row.fire_time,
        backfill=row.backfill or "",
        most=row.backfill_most,
        after=row.updates_after or 0,
        upto=row.updates_upto or 0,
    )


def _parent_cells(parent: Parent | None) -> _Cells:
    """The part of a run's row that tells which task it is an attempt of."""
    if parent is None:
        return dict.fromkeys(("parent_run", "parent_task", "parent_index"))
    index = NOT_MAPPED if parent.key.index is None else parent.key.index
    return {"parent_run": parent.run, "parent_task": parent.key.task, "parent_index": index}


def _parent_of(row: _Row) -> Parent | None:
    if row.parent_run is None:
        return None
    index = None if row.parent_index == NOT_MAPPED else row.parent_index
    return Parent(run=RunId(row.parent_run), key=TaskKey(row.parent_task, index))


def run_changes(run: Run) -> _Cells:
    """The part of a run's row that its events change."""
    return {
        "state": run.state.value,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "reason": run.reason,
    }


def run_of(row: _Row, plan: Plan, task_runs: Iterable[TaskRun]) -> Run:
    """The run in *row*, which was made from *plan*."""
    return Run.of(
        id=RunId(row.id),
        plan=plan,
        state=RunState(row.state),
        params=values_of(row.params),
        logical_date=row.logical_date,
        interval=Interval(start=row.interval_start, end=row.interval_end),
        created_at=row.created_at,
        fired=_fired_of(row),
        parent=_parent_of(row),
        started_at=row.started_at,
        ended_at=row.ended_at,
        reason=row.reason,
        task_runs=task_runs,
    )


def summary_of(row: _Row, counted: Mapping[str, int]) -> RunSummary:
    """The run in *row* for a list, its task runs *counted* by state unless the row tells it."""
    tasks = counted if row.tasks is None else values_of(row.tasks)
    return RunSummary(
        id=RunId(row.id),
        flow=row.flow,
        origin=row.origin,
        state=RunState(row.state),
        logical_date=row.logical_date,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        reason=row.reason,
        tasks={state.value: tasks[state] for state in TaskState if state in tasks},
        fired=_fired_of(row),
        parent=_parent_of(row),
    )


def waiting_of(row: _Row) -> Waiting:
    """The run in *row*, which wants a driver."""
    state, is_crowded = RunState(row.state), bool(row.is_crowded)
    return Waiting(run=RunId(row.id), flow=row.flow, state=state, is_crowded=is_crowded)


def ended_of(row: _Row) -> Ended:
    """The run in *row*, which has ended."""
    return Ended(run=RunId(row.id), flow=row.flow, origin=row.origin, ended_at=row.ended_at)


def plan_text(plan: Plan) -> str:
    """The text of *plan*, for its own table."""
    return encode(plan, Plan)


def plan_of(text: str) -> Plan:
    """The plan that *text* tells."""
    return decode(text, Plan)


def key_row(run: RunId, key: TaskKey) -> _Cells:
    """The columns that tell a task run from all others."""
    index = NOT_MAPPED if key.index is None else key.index
    return {"run": run, "task": key.task, "map_index": index}


def task_run_row(run: RunId, task_run: TaskRun) -> _Cells:
    """The row of *task_run*; its attempts have rows of their own."""
    return {
        **key_row(run, task_run.key),
        "state": task_run.state.value,
        "tries": task_run.tries,
        "item": values_text(task_run.item),
        "values": values_text(task_run.values),
        "due_at": task_run.due_at,
        "reason": task_run.reason,
        **_origin_cells(task_run.origin),
    }


def _origin_cells(origin: AttemptId | None) -> _Cells:
    if origin is None:
        return dict.fromkeys(("origin_run", "origin_task", "origin_index", "origin_number"))
    index = NOT_MAPPED if origin.key.index is None else origin.key.index
    return {
        "origin_run": origin.run,
        "origin_task": origin.key.task,
        "origin_index": index,
        "origin_number": origin.number,
    }


def key_of(task: str, index: int) -> TaskKey:
    """The key that the columns of a task run tell."""
    return TaskKey(task, None if index == NOT_MAPPED else index)


def task_runs_of(rows: Iterable[_Row], attempts: Iterable[_Row]) -> list[TaskRun]:
    """The task runs in *rows*, each with its *attempts*, which come in their order."""
    made: dict[tuple[str, int], list[Attempt]] = {}
    for task, index, *cells in attempts:
        made.setdefault((task, index), []).append(_attempt_of(*cells))
    return [
        TaskRun(
            key=key_of(task, index),
            state=_TASK_STATES[state],
            attempts=tuple(made.get((task, index), ())),
            tries=tries,
            item=values_of(item),
            values=values_of(values),
            due_at=due_at,
            reason=reason,
            origin=_origin_of(*origin),
        )
        for task, index, state, tries, item, values, due_at, reason, *origin in rows
    ]


def _origin_of(run: str | None, task: str, index: int, number: int) -> AttemptId | None:
    if run is None:
        return None
    return AttemptId(run=RunId(run), key=key_of(task, index), number=number)


def task_states_of(rows: Iterable[_Row], attempts: Iterable[_Row]) -> tuple[TaskStates, ...]:
    """The tasks of one run: *rows* count its task runs by state, *attempts* their attempts."""
    by_task: dict[str, list[_Row]] = {}
    for row in rows:
        by_task.setdefault(row.task, []).append(row)
    tries = {row.task: row.number for row in attempts}
    return tuple(
        TaskStates(
            task=task,
            states={_TASK_STATES[row.state]: row.number for row in found},
            is_mapped=any(row.most != NOT_MAPPED for row in found),
            attempts=tries.get(task, 0),
        )
        for task, found in sorted(by_task.items())
    )


def attempt_row(run: RunId, key: TaskKey, attempt: Attempt) -> _Cells:
    """The row of an attempt of the task run *key*."""
    failure = attempt.failure
    return {
        **key_row(run, key),
        "number": attempt.number,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "outcome": attempt.outcome.value if attempt.outcome is not None else None,
        "failure": encode(failure, Failure) if failure is not None else None,
        "cell": attempt.cell,
        "cells": attempt.cells,
        "notebook": attempt.notebook,
        "log": attempt.log,
        "parameters": values_text(attempt.parameters),
        "cpu": attempt.cpu,
        "memory": attempt.memory,
        "child": attempt.child or None,
        "cluster": attempt.cluster or None,
    }


def _attempt_of(
    number: int,
    started_at: datetime,
    ended_at: datetime | None,
    outcome: str | None,
    failure: str | None,
    cell: int,
    cells: int,
    notebook: str,
    log: str,
    parameters: str,
    cpu: float | None,
    memory: int | None,
    child: str | None,
    cluster: str | None,
) -> Attempt:
    return Attempt(
        number=number,
        started_at=started_at,
        ended_at=ended_at,
        outcome=_OUTCOMES[outcome] if outcome is not None else None,
        failure=decode(failure, Failure) if failure is not None else None,
        cell=cell,
        cells=cells,
        notebook=notebook,
        log=log,
        parameters=values_of(parameters),
        cpu=cpu,
        memory=memory,
        child=child or "",
        cluster=cluster or "",
    )


def entry_row(entry: Entry) -> _Cells:
    """The row of *entry* in the journal."""
    return {
        "run": entry.run,
        "seq": entry.seq,
        "at": entry.at,
        "event": encode(entry.event, Event),
        "moves": encode(entry.moves, _MOVES) if entry.moves else "[]",
    }


def entry_of(row: _Row) -> Entry:
    """The entry in *row*."""
    return Entry(
        run=RunId(row.run),
        seq=row.seq,
        at=row.at,
        event=decode(row.event, Event),
        moves=decode(row.moves, _MOVES),
    )


def request_row(run: RunId, request: Request, now: datetime) -> _Cells:
    """The row of a new request to *run*."""
    text = encode(request, Request)
    return {"run": run, "at": now, "request": text, "cancels": is_to_stop(request)}


def request_of(text: str) -> Request:
    """The request that *text* tells."""
    request: Request = decode(text, Request)
    return request


def pending_of(row: _Row) -> Pending:
    """The request in *row*."""
    return Pending(id=row.id, request=request_of(row.request))


def values_text(values: Mapping[str, Any]) -> str:
    """The text of a user's *values*."""
    return encode(values, _VALUES) if values else _NOTHING


def values_of(text: str) -> Mapping[str, Any]:
    """The user's values that *text* tells."""
    return {} if text == _NOTHING else decode(text, _VALUES)


_TASK_STATES = {state.value: state for state in TaskState}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}

"""Statements about many runs: pages of a list, the newest first, and what came of their tasks.

A page begins after a place in the list, never after so many rows: what it costs does not grow with
what is before it. An index has each list in its order, whatever it is narrowed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Cursor
from jupyter_flow.store.tables import UtcDateTime, attempts, runs, task_runs

from .runs import ATTEMPT, LIVE_STATES, TASK_RUN, THE_RUN

#: What `jupyter_flow.store.rows.summary_of` reads.
SUMMARY = (
    runs.c.id,
    runs.c.flow,
    runs.c.origin,
    runs.c.state,
    runs.c.logical_date,
    runs.c.created_at,
    runs.c.started_at,
    runs.c.ended_at,
    runs.c.reason,
    runs.c.series,
    runs.c.fire_time,
    runs.c.backfill,
    runs.c.backfill_most,
    runs.c.parent_run,
    runs.c.parent_task,
    runs.c.parent_index,
    runs.c.updates_after,
    runs.c.updates_upto,
    runs.c.tasks,
)
THE_SUMMARY = select(*SUMMARY).where(THE_RUN)


def page(
    *,
    flow: str | None = None,
    states: Sequence[RunState] = (),
    backfill: str | None = None,
    older_than: Cursor | None = None,
    limit: int,
) -> Select[Any]:
    """The newest runs that are so, or those that come after a place in that list."""
    narrowed: list[ColumnElement[bool]] = []
    if flow is not None:
        narrowed.append(runs.c.flow == flow)
    if backfill is not None:
        narrowed.append(runs.c.backfill == backfill)
    if older_than is not None:
        narrowed.append(_is_before(runs.c.created_at, older_than))
    wanted = sorted({state.value for state in states})
    if len(wanted) < 2:
        narrowed += [runs.c.state == state for state in wanted]
        return _newest(select(*SUMMARY).where(*narrowed), runs.c, limit)
    # The newest of each state: an index has them in order. Of all states together none has.
    parts = [
        _newest(select(*SUMMARY).where(runs.c.state == state, *narrowed), runs.c, limit)
        for state in wanted
    ]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return _newest(select(found), found.c, limit)


def _newest(found: Select[Any], columns: Any, limit: int) -> Select[Any]:
    return found.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit)


def _is_before(moment: Any, cursor: Cursor) -> ColumnElement[bool]:
    at = literal(cursor.at, UtcDateTime)
    return tuple_(moment, runs.c.id) < tuple_(at, literal(cursor.run, Text))


def ended(older_than: Cursor | None, limit: int) -> Select[Any]:
    """The runs that ended last, or those that come after a place in that list."""
    columns = (runs.c.id, runs.c.flow, runs.c.origin, runs.c.ended_at)
    # Said so, as SQLite would take an index of the states for it, and sort.
    has_ended = runs.c.state.not_in(LIVE_STATES)
    found = select(*columns).where(runs.c.ended_at.is_not(None), has_ended)
    if older_than is not None:
        found = found.where(_is_before(runs.c.ended_at, older_than))
    return found.order_by(runs.c.ended_at.desc(), runs.c.id.desc()).limit(limit)


def named(prefix: str) -> Select[Any]:
    """The ids that begin with *prefix*, the greatest first."""
    found = select(runs.c.id).order_by(runs.c.id.desc()).limit(bindparam("at_most"))
    if prefix:
        found = found.where(runs.c.id >= prefix)
        if after := _after_all(prefix):
            found = found.where(runs.c.id < after)
    return found


def _after_all(prefix: str) -> str:
    """The least text that is greater than all that begin with *prefix*; "" if none is."""
    for length in range(len(prefix), 0, -1):
        following = ord(prefix[length - 1]) + 1
        if following <= 0x10FFFF:
            # What is between them is no character that a text may have.
            following = 0xE000 if following == 0xD800 else following
            return prefix[: length - 1] + chr(following)
    return ""


def counts(some: Sequence[RunId]) -> Select[Any]:
    """How many task runs are in each state, for each of *some* runs."""
    counted = task_runs.c
    return (
        select(counted.run, counted.state, func.count().label("number"))
        .where(counted.run.in_(some))
        .group_by(counted.run, counted.state)
    )


def past_task_runs(some: Sequence[RunId], task: str) -> Select[Any]:
    """The task runs of *task* in *some* runs; the run is the last column."""
    wanted = task_runs.c.run.in_(some)
    found = select(*TASK_RUN, task_runs.c.run).where(wanted, task_runs.c.task == task)
    return found.order_by(task_runs.c.run, task_runs.c.map_index)


def past_attempts(some: Sequence[RunId], task: str) -> Select[Any]:
    """The attempts of *task* in *some* runs, in their order; the run is the last column."""
    wanted = attempts.c.run.in_(some)
    found = select(*ATTEMPT, attempts.c.run).where(wanted, attempts.c.task == task)
    return found.order_by(attempts.c.run, attempts.c.map_index, attempts.c.number)


def task_states(some: Sequence[RunId]) -> Select[Any]:
    """How many task runs of each task are in each state, for each of *some* runs."""
    counted = task_runs.c
    grouped = (counted.run, counted.task, counted.state)
    return (
        select(*grouped, func.count().label("number"), func.max(counted.map_index).label("most"))
        .where(counted.run.in_(some))
        .group_by(*grouped)
        .order_by(*grouped)
    )


def task_attempts(some: Sequence[RunId]) -> Select[Any]:
    """How many attempts each task took, for each of *some* runs."""
    grouped = (attempts.c.run, attempts.c.task)
    wanted = attempts.c.run.in_(some)
    return select(*grouped, func.count().label("number")).where(wanted).group_by(*grouped)


def newest_at(flow: str, origin: str | None, moments: Sequence[datetime]) -> Select[Any]:
    """The newest run of *flow* for each of *moments*, which ascend."""
    place = func.row_number().over(
        partition_by=runs.c.logical_date, order_by=(runs.c.created_at.desc(), runs.c.id.desc())
    )
    ranked = select(runs.c.id, place.label("place")).where(
        runs.c.flow == flow,
        runs.c.logical_date.in_(moments),
        # Says nothing new, but without it SQLite would read all runs of the flow.
        runs.c.logical_date.between(moments[0], moments[-1]),
    )
    if origin is not None:
        ranked = ranked.where(runs.c.origin == origin)
    found = ranked.subquery()
    newest = select(found.c.id).where(found.c.place == 1)
    return select(*SUMMARY).where(runs.c.id.in_(newest)).order_by(runs.c.logical_date)

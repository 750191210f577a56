"""Statements about runs: making, reading, finding and forgetting them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, union, update

from jupyter_flow.core.artifacts import KEY
from jupyter_flow.core.states import RunState
from jupyter_flow.store.tables import (
    alerts,
    attempts,
    plans,
    requests,
    runs,
    schedules,
    task_runs,
)

from .dialects import insert_unless_taken

FINAL_STATES = tuple(state.value for state in RunState if state.is_final)
LIVE_STATES = tuple(state.value for state in RunState if not state.is_final)

THE_RUN = runs.c.id == bindparam("the_run")

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
)

INSERT_PLAN = insert(plans)

RUN_EXISTS = select(runs.c.id).where(THE_RUN)
RUN_WITH_PLAN = select(runs, plans.c.plan).join(plans).where(THE_RUN)
RUN_FOR = select(runs.c.id).where(
    runs.c.series == bindparam("the_series"), runs.c.fire_time == bindparam("the_fire_time")
)
#: What `jupyter_flow.store.rows.task_runs_of` reads.
TASK_RUN = (
    task_runs.c.task,
    task_runs.c.map_index,
    task_runs.c.state,
    task_runs.c.tries,
    task_runs.c.item,
    task_runs.c["values"],
    task_runs.c.due_at,
    task_runs.c.reason,
    task_runs.c.origin_run,
    task_runs.c.origin_task,
    task_runs.c.origin_index,
    task_runs.c.origin_number,
)
TASK_RUNS = select(*TASK_RUN).where(task_runs.c.run == bindparam("the_run"))
ATTEMPTS = (
    select(attempts)
    .where(attempts.c.run == bindparam("the_run"))
    .order_by(attempts.c.task, attempts.c.map_index, attempts.c.number)
)

FLOW_OF_RUN = select(runs.c.flow, runs.c.origin, runs.c.logical_date).where(THE_RUN)
BEFORE = (
    select(runs.c.id)
    .where(
        runs.c.flow == bindparam("the_flow"),
        runs.c.origin == bindparam("the_origin"),
        runs.c.logical_date < bindparam("the_date"),
    )
    .order_by(runs.c.logical_date.desc(), runs.c.created_at.desc(), runs.c.id.desc())
    .limit(1)
)
ADOPT = (
    update(runs)
    .where(THE_RUN)
    .values(
        series=bindparam("new_series"),
        fire_time=bindparam("new_fire_time"),
        backfill=bindparam("new_backfill"),
        backfill_most=bindparam("new_backfill_most"),
    )
)

ENDED = (
    select(runs.c.id, runs.c.flow, runs.c.origin, runs.c.ended_at)
    .where(runs.c.state.in_(FINAL_STATES), runs.c.ended_at.is_not(None))
    .order_by(runs.c.ended_at.desc(), runs.c.id.desc())
)
#: Nobody can ask anything of it, or be told about it, from here on until the transaction ends.
LOCK_RUN = select(runs.c.state, runs.c.leased_until).where(THE_RUN).with_for_update()
IS_ASKED = select(requests.c.id).where(requests.c.run == bindparam("the_run")).limit(1)
IS_TO_BE_TOLD = (
    select(alerts.c.id)
    .where(alerts.c.run == bindparam("the_run"), alerts.c.next_try_at.is_not(None))
    .limit(1)
)
IS_RESTORED_FROM = (
    select(task_runs.c.run)
    .where(task_runs.c.origin_run == bindparam("the_run"), task_runs.c.run != bindparam("the_run"))
    .limit(1)
)
#: That it is an attempt of a task of a run that is kept.
IS_PART_OF = (
    select(runs.c.id)
    .where(runs.c.id == select(runs.c.parent_run).where(THE_RUN).correlate(None).scalar_subquery())
    .limit(1)
)
DELETE_RUN = delete(runs).where(THE_RUN)

#: Runs of one flow as it was at one time share the text of their plan.
PLANS = union(select(plans.c.plan), select(schedules.c.plan).where(schedules.c.plan.is_not(None)))
ALL_REQUESTS = select(requests.c.request)
#: Users' values in which an artifact may be.
WITH_ARTIFACTS = union(
    *(
        select(column.label("text")).where(column.contains(f'"{KEY}"', autoescape=True))
        for column in (task_runs.c["values"], task_runs.c.item, attempts.c.parameters)
    )
)


def insert_run(dialect: str) -> Any:
    """A new run, unless its id or its fire time is taken; the id of one that was kept."""
    return insert_unless_taken(runs, dialect).returning(runs.c.id)


def counts(page: Select[Any]) -> Select[Any]:
    """How many task runs are in each state, for each run of *page*."""
    counted = task_runs.c
    return (
        select(counted.run, counted.state, func.count())
        .where(counted.run.in_(select(page.subquery().c.id)))
        .group_by(counted.run, counted.state)
    )


def past_task_runs(page: Select[Any], task: str) -> Select[Any]:
    """The task runs of *task* in the runs of *page*; the run is the last column."""
    wanted = task_runs.c.run.in_(select(page.subquery().c.id))
    found = select(*TASK_RUN, task_runs.c.run).where(wanted, task_runs.c.task == task)
    return found.order_by(task_runs.c.run, task_runs.c.map_index)


def past_attempts(page: Select[Any], task: str) -> Select[Any]:
    """The attempts of *task* in the runs of *page*, in their order."""
    wanted = attempts.c.run.in_(select(page.subquery().c.id))
    found = select(attempts).where(wanted, attempts.c.task == task)
    return found.order_by(attempts.c.run, attempts.c.map_index, attempts.c.number)


def task_states(page: Select[Any]) -> Select[Any]:
    """How many task runs of each task are in each state, for each run of *page*."""
    counted = task_runs.c
    grouped = (counted.run, counted.task, counted.state)
    return (
        select(*grouped, func.count().label("number"), func.max(counted.map_index).label("most"))
        .where(counted.run.in_(select(page.subquery().c.id)))
        .group_by(*grouped)
        .order_by(*grouped)
    )


def task_attempts(page: Select[Any]) -> Select[Any]:
    """How many attempts each task took, for each run of *page*."""
    grouped = (attempts.c.run, attempts.c.task)
    wanted = attempts.c.run.in_(select(page.subquery().c.id))
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

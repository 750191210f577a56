"""Statements about runs: making, reading, finding and forgetting them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from jupyter_flow.core.states import RunState
from jupyter_flow.store.tables import (
    alerts,
    attempts,
    requests,
    run_plans,
    runs,
    task_runs,
)

from .dialects import insert_unless_taken

LIVE_STATES = tuple(state.value for state in RunState if not state.is_final)

THE_RUN = runs.c.id == bindparam("the_run")

RUN_EXISTS = select(runs.c.id).where(THE_RUN)
RUN = select(runs, run_plans.c.digest).join(run_plans).where(THE_RUN)
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
#: And of their attempts.
ATTEMPT = (
    attempts.c.task,
    attempts.c.map_index,
    attempts.c.number,
    attempts.c.started_at,
    attempts.c.ended_at,
    attempts.c.outcome,
    attempts.c.failure,
    attempts.c.cell,
    attempts.c.cells,
    attempts.c.notebook,
    attempts.c.log,
    attempts.c.parameters,
    attempts.c.cpu,
    attempts.c.memory,
    attempts.c.child,
    attempts.c.cluster,
)
ATTEMPTS = (
    select(*ATTEMPT)
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
DIGEST = select(run_plans.c.digest).where(run_plans.c.run == bindparam("the_run"))
DELETE_RUN = delete(runs).where(THE_RUN)

ALL_REQUESTS = select(requests.c.request)


def insert_run(dialect: str) -> Any:
    """A new run, unless its id or its fire time is taken; the id of one that was kept."""
    return insert_unless_taken(runs, dialect).returning(runs.c.id)

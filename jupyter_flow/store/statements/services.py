"""Statements about services, and the counts of what there is to do for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    true,
    update,
)

from jupyter_flow.core.states import RunState
from jupyter_flow.store.tables import alerts, runs, schedules, services, task_runs

from .dialects import insert_or
from .runs import LIVE_STATES

_THE_SERVICE = services.c.owner == bindparam("the_owner")

LEAVE = delete(services).where(_THE_SERVICE)
FORGET_OLD = delete(services).where(services.c.until <= bindparam("long_ago"))
ALIVE = (
    select(services)
    .where(services.c.until > bindparam("now"))
    .order_by(services.c.started_at, services.c.owner)
)
ASK_TO_STOP = (
    update(services)
    .where(_THE_SERVICE)
    .values(
        is_asked_to_stop=true(),
        # Who is in a hurry stays in a hurry.
        is_asked_to_hurry=or_(services.c.is_asked_to_hurry, bindparam("hurry")),
    )
)

RUNS_BY_STATE = select(runs.c.state, func.count()).group_by(runs.c.state)
LIVE_BY_STATE = RUNS_BY_STATE.where(runs.c.state.in_(LIVE_STATES))
TASKS_BY_STATE = (
    select(task_runs.c.state, func.count())
    .where(task_runs.c.run.in_(select(runs.c.id).where(runs.c.state.in_(LIVE_STATES))))
    .group_by(task_runs.c.state)
)
QUEUED_SINCE = select(func.min(runs.c.created_at)).where(
    runs.c.state == RunState.QUEUED.value,
    or_(runs.c.leased_until.is_(None), runs.c.leased_until <= bindparam("now")),
)
_IS_OVERDUE = and_(not_(schedules.c.is_paused), schedules.c.next_fire <= bindparam("now"))
SCHEDULES = select(
    func.count(),
    func.coalesce(func.sum(case((schedules.c.is_paused, 1), else_=0)), 0),
    func.min(case((_IS_OVERDUE, schedules.c.next_fire))),
)
UNSENT = select(func.count()).where(alerts.c.next_try_at.is_not(None))
GIVEN_UP = select(func.count()).where(alerts.c.given_up_at.is_not(None))


def announce(dialect: str) -> Any:
    """A service in the register, prolonged if it is there; what it was asked stays."""
    own = ("host", "pid", "version", "started_at", "url", "until")
    return insert_or(services, dialect, dict.fromkeys(own)).returning(services)

"""Statements about schedules, their loans, and what they missed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, insert, not_, or_, select, update

from jupyter_flow.store.tables import misses, schedules

from .dialects import insert_or, insert_unless_taken

_THE_SCHEDULE = schedules.c.name == bindparam("the_name")
#: The earlier of the fire time and the moment since which it has its updates.
_DUE = case(
    (schedules.c.next_fire.is_(None), schedules.c.updated_at),
    (schedules.c.updated_at.is_(None), schedules.c.next_fire),
    (schedules.c.updated_at < schedules.c.next_fire, schedules.c.updated_at),
    else_=schedules.c.next_fire,
)
_IS_DUE = and_(
    or_(schedules.c.next_fire <= bindparam("now"), schedules.c.updated_at <= bindparam("now")),
    not_(schedules.c.is_paused),
    or_(schedules.c.leased_until.is_(None), schedules.c.leased_until <= bindparam("now")),
)
#: What a person changes makes every loan worthless.
_NO_LOAN: dict[str, Any] = {"owner": None, "leased_until": None, "token": schedules.c.token + 1}

#: What is kept of the loan is not the schedule's own.
OWN_COLUMNS = tuple(
    column.name for column in schedules.c if column.name not in {"owner", "token", "leased_until"}
)

SCHEDULE_EXISTS = select(schedules.c.name).where(_THE_SCHEDULE)
SCHEDULE = select(schedules).where(_THE_SCHEDULE)
ALL_SCHEDULES = select(schedules).order_by(schedules.c.name)
SET_PAUSED = (
    update(schedules)
    .where(_THE_SCHEDULE)
    .values(is_paused=bindparam("new_is_paused"), next_fire=bindparam("new_next_fire"), **_NO_LOAN)
)
REMOVE_SCHEDULE = delete(schedules).where(_THE_SCHEDULE)
NEXT_DUE = select(func.min(_DUE)).where(not_(schedules.c.is_paused))

DUE_SCHEDULES = (
    select(schedules.c.name)
    .where(_IS_DUE)
    .order_by(_DUE, schedules.c.name)
    .limit(bindparam("at_most"))
)
#: Another may borrow it between that question and here, so the condition is asked again.
BORROW = (
    update(schedules)
    .where(_THE_SCHEDULE, _IS_DUE)
    .values(
        owner=bindparam("the_owner"),
        leased_until=bindparam("until"),
        token=schedules.c.token + 1,
    )
    .returning(schedules)
)
#: The loan is of the schedule as it was, not of a newer one that has its name.
FIRE = (
    update(schedules)
    .where(
        _THE_SCHEDULE,
        schedules.c.owner == bindparam("the_owner"),
        schedules.c.token == bindparam("the_token"),
        schedules.c.created_at == bindparam("the_birth"),
    )
    .values(
        owner=None,
        leased_until=None,
        **{name: bindparam(f"new_{name}") for name in OWN_COLUMNS if name != "name"},
    )
)

INSERT_MISS = insert(misses)
MISSES = (
    select(misses)
    .where(misses.c.schedule == bindparam("the_name"))
    .order_by(misses.c.last.desc(), misses.c.id.desc())
    .limit(bindparam("at_most"))
)


def insert_schedule(dialect: str) -> Any:
    """A new schedule, unless there is one of its name; its name if it was kept."""
    return insert_unless_taken(schedules, dialect).returning(schedules.c.name)


def replace_schedule(dialect: str) -> Any:
    """A schedule in the place of the one that has its name, if there is one."""
    given = dict.fromkeys(name for name in OWN_COLUMNS if name != "name")
    return insert_or(schedules, dialect, {**given, **_NO_LOAN})

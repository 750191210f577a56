"""Statements about leases: who drives a run, which runs want a driver, and for which is no room.

A run is *active* when it has started and not ended, or when it is leased; one that was only held
for its maker since it was made (``token`` 0) is not. It is *crowded* when it is not active and as
many others of its flow, or of its backfill, are as may be; but not one that is to be stopped. Nor
does one that does nothing but wait count for those whose logical time is earlier: it may be one of
them that it waits for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    union,
    union_all,
    update,
)

from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.store.tables import requests, runs, task_runs

from .runs import LIVE_STATES, THE_RUN

STARTED_STATES = (RunState.RUNNING.value, RunState.CANCELLING.value)
_BUSY_STATES = (TaskState.QUEUED.value, TaskState.RUNNING.value, TaskState.RETRYING.value)

HELD = (runs.c.owner == bindparam("the_owner")) & (runs.c.token == bindparam("the_token"))


def _active() -> Subquery:
    """All active runs. Two questions that an index answers each, not one about all runs."""
    others = runs.alias("others")
    what = (
        *(others.c.id, others.c.flow, others.c.origin, others.c.backfill),
        others.c.logical_date,
    )
    return union(
        select(*what).where(others.c.state.in_(STARTED_STATES)),
        select(*what).where(others.c.leased_until > bindparam("now"), others.c.token > 0),
    ).subquery("active")


def _only_waits(run: Any) -> ColumnElement[bool]:
    """Whether the active *run* has a task that waits, and none that anything is done about."""
    tasks = select(task_runs.c.run).where(task_runs.c.run == run)
    waits = tasks.where(task_runs.c.state == TaskState.WAITING.value).exists()
    return and_(waits, not_(tasks.where(task_runs.c.state.in_(_BUSY_STATES)).exists()))


def _number_active(this: Any, *columns: str) -> ScalarSelect[Any]:
    """How many runs are active beside *this*, have the same *columns* and stand in its way."""
    active = _active()
    alike = [active.c[name] == this.c[name] for name in columns]
    is_behind = and_(active.c.logical_date > this.c.logical_date, _only_waits(active.c.id))
    count = (
        select(func.count())
        .select_from(active)
        .where(active.c.id != this.c.id, *alike, not_(is_behind))
    )
    return count.correlate(this).scalar_subquery()


def _is_to_stop(run: Any) -> ColumnElement[bool]:
    """Whether somebody wants *run* to be stopped. That must not wait for room: it makes some."""
    return select(requests.c.id).where(requests.c.run == run, requests.c.cancels).exists()


def _exceeds(limit: Any, number: Any) -> ColumnElement[bool]:
    return and_(limit.is_not(None), number >= limit)


def _is_without_room(this: Any) -> ColumnElement[bool]:
    return or_(
        _exceeds(this.c.max_active, _number_active(this, "flow", "origin")),
        _exceeds(this.c.backfill_most, _number_active(this, "backfill")),
    )


_IS_ACTIVE = or_(
    runs.c.state.in_(STARTED_STATES),
    and_(
        runs.c.leased_until.is_not(None),
        runs.c.leased_until > bindparam("now"),
        runs.c.token > 0,
    ),
)
_IS_CROWDED = and_(not_(_IS_ACTIVE), not_(_is_to_stop(runs.c.id)), _is_without_room(runs))

#: What a run shares with those that it competes with.
LIMITS = select(
    runs.c.flow, runs.c.origin, runs.c.max_active, runs.c.backfill, runs.c.backfill_most
).where(THE_RUN)

#: One owner's lease at a time. Keeping it keeps the token, so the owner's own records go on.
TAKE_LEASE = (
    update(runs)
    .where(
        THE_RUN,
        or_(
            runs.c.owner.is_(None),
            runs.c.owner == bindparam("the_owner"),
            runs.c.leased_until <= bindparam("now"),
        ),
        not_(_IS_CROWDED),
    )
    .values(
        owner=bindparam("the_owner"),
        leased_until=bindparam("until"),
        token=case(
            (and_(runs.c.owner == bindparam("the_owner"), runs.c.token > 0), runs.c.token),
            else_=runs.c.token + 1,
        ),
    )
    .returning(runs.c.token)
)
HOLDER = select(runs.c.owner, runs.c.token, runs.c.leased_until).where(THE_RUN)
HOLDERS = select(runs.c.id, runs.c.owner, runs.c.token).where(
    runs.c.id.in_(bindparam("the_runs", expanding=True)),
    runs.c.owner.is_not(None),
    runs.c.leased_until > bindparam("now"),
)
RENEW_LEASE = update(runs).where(THE_RUN, HELD).values(leased_until=bindparam("until"))
RELEASE_LEASE = update(runs).where(THE_RUN, HELD).values(owner=None, leased_until=None)
LOCK_LEASE = select(runs.c.token).where(THE_RUN, HELD).with_for_update()
IS_CROWDED = select(_IS_CROWDED.label("is_crowded")).where(THE_RUN)


def _wanting() -> Subquery:
    """The runs that want a driver and have none, whether or not there is room for them."""
    what = (
        *(runs.c.id, runs.c.flow, runs.c.origin, runs.c.state, runs.c.created_at),
        *(runs.c.max_active, runs.c.backfill, runs.c.backfill_most, runs.c.logical_date),
    )
    is_free = or_(runs.c.leased_until.is_(None), runs.c.leased_until <= bindparam("now"))
    is_asked = runs.c.id.in_(select(requests.c.run))
    return union_all(
        select(*what).where(runs.c.state.in_(LIVE_STATES), is_free),
        select(*what).where(is_asked, runs.c.state.not_in(LIVE_STATES), is_free),
    ).subquery("wanting")


def _counts() -> tuple[Subquery, Subquery]:
    """How many runs of each flow and backfill are active, and until when some only wait.

    Counted once, however many want a driver: thousands do while a backfill goes on.
    """
    active = _active()
    number = func.count().label("number")
    waits_for = case((_only_waits(active.c.id), active.c.logical_date))
    last_waits = func.max(waits_for).label("last_waits")
    of_flow = (
        select(active.c.flow, active.c.origin, number, last_waits)
        .group_by(active.c.flow, active.c.origin)
        .subquery("of_flow")
    )
    of_backfill = (
        select(active.c.backfill, number, last_waits)
        .where(active.c.backfill.is_not(None))
        .group_by(active.c.backfill)
        .subquery("of_backfill")
    )
    return of_flow, of_backfill


def _waiting() -> Any:
    (of_flow, of_backfill), wants = _counts(), _wanting()
    wanting = wants.c
    is_full = or_(
        _exceeds(wanting.max_active, func.coalesce(of_flow.c.number, 0)),
        _exceeds(wanting.backfill_most, func.coalesce(of_backfill.c.number, 0)),
    )
    has_to_wait = and_(wanting.state.not_in(STARTED_STATES), not_(_is_to_stop(wanting.id)))
    # Only where it makes a difference are those counted one by one that stand in the way.
    is_before_some = or_(
        of_flow.c.last_waits > wanting.logical_date, of_backfill.c.last_waits > wanting.logical_date
    )
    is_crowded = case(
        (not_(and_(is_full, has_to_wait)), 0),
        (and_(is_before_some, not_(_is_without_room(wants))), 0),
        else_=1,
    )
    same_flow = and_(of_flow.c.flow == wanting.flow, of_flow.c.origin == wanting.origin)
    return (
        select(wanting.id, wanting.flow, wanting.state, is_crowded.label("is_crowded"))
        .outerjoin(of_flow, same_flow)
        .outerjoin(of_backfill, of_backfill.c.backfill == wanting.backfill)
        .order_by(
            is_crowded,
            case((wanting.state == RunState.QUEUED.value, 1), else_=0),
            wanting.created_at,
            wanting.id,
        )
        .limit(bindparam("at_most"))
    )


WAITING = _waiting()

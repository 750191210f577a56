"""Statements about alerts. ``next_try_at`` is NULL for those that nobody has to send any more."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, func, insert, null, or_, select, update

from jupyter_flow.store.tables import alerts, runs

from .runs import LIVE_STATES, THE_RUN

INSERT_ALERT = insert(alerts)

_IS_DUE = and_(
    alerts.c.next_try_at <= bindparam("now"),
    or_(alerts.c.leased_until.is_(None), alerts.c.leased_until <= bindparam("now")),
)
_THE_ALERT = alerts.c.id == bindparam("the_alert")
_MINE = and_(_THE_ALERT, alerts.c.owner == bindparam("the_owner"))

DUE_ALERTS = (
    select(alerts.c.id)
    .where(_IS_DUE)
    .order_by(alerts.c.created_at, alerts.c.id)
    .limit(bindparam("at_most"))
)
#: Another may take it between that question and here, so the condition is asked again.
TAKE_ALERT = (
    update(alerts)
    .where(_THE_ALERT, _IS_DUE)
    .values(owner=bindparam("the_owner"), leased_until=bindparam("until"))
    .returning(alerts)
)
NEXT_TRY = select(
    func.min(
        case(
            (
                and_(
                    alerts.c.leased_until > bindparam("now"),
                    alerts.c.leased_until > alerts.c.next_try_at,
                ),
                alerts.c.leased_until,
            ),
            else_=alerts.c.next_try_at,
        )
    )
).where(alerts.c.next_try_at.is_not(None))
_SETTLED = {"owner": None, "leased_until": None}
ALERT_SENT = (
    update(alerts).where(_MINE).values(sent_at=bindparam("now"), next_try_at=null(), **_SETTLED)
)
PUT_OFF = (
    update(alerts)
    .where(_MINE)
    .values(
        next_try_at=bindparam("until"),
        tries=alerts.c.tries + 1,
        error=bindparam("why"),
        **_SETTLED,
    )
)
GIVE_UP = (
    update(alerts)
    .where(_MINE)
    .values(
        given_up_at=bindparam("now"),
        next_try_at=null(),
        tries=alerts.c.tries + 1,
        error=bindparam("why"),
        **_SETTLED,
    )
)
ALERTS_OF_RUN = select(alerts).where(alerts.c.run == bindparam("the_run")).order_by(alerts.c.id)

_IS_LATE = and_(runs.c.late_at <= bindparam("now"), runs.c.state.in_(LIVE_STATES))
LATE_RUNS = select(runs.c.id).where(_IS_LATE).order_by(runs.c.id)
NOTE_LATE = update(runs).where(THE_RUN, _IS_LATE).values(late_at=null())

"""Statements about datasets: their updates, and the schedules that wait for them."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, text, update

from jupyter_flow.store.tables import schedules, updates

#: So that ids are seen in their order: a later one is kept when all before it are.
IN_ORDER = text("LOCK TABLE updates IN SHARE ROW EXCLUSIVE MODE")
INSERT = insert(updates).returning(updates.c.id)
LAST = select(func.max(updates.c.id))
LATEST = (
    select(updates)
    .where(updates.c.id.in_(select(func.max(updates.c.id)).group_by(updates.c.dataset)))
    .order_by(updates.c.dataset)
)
HISTORY = (
    select(updates)
    .where(updates.c.dataset == bindparam("the_dataset"))
    .order_by(updates.c.id.desc())
    .limit(bindparam("at_most"))
)
BETWEEN = (
    select(updates)
    .where(
        updates.c.id > bindparam("after"),
        updates.c.id <= bindparam("upto"),
        updates.c.dataset.in_(bindparam("the_datasets", expanding=True)),
    )
    .order_by(updates.c.id)
)
OF_RUN = select(updates).where(updates.c.run == bindparam("the_run")).order_by(updates.c.id)

#: Those that wait for updates, and do not have them all yet.
WAITING = select(schedules.c.name, schedules.c.on_update, schedules.c.seen).where(
    schedules.c.on_update.is_not(None), schedules.c.updated_at.is_(None)
)
SINCE = (
    select(
        updates.c.dataset, func.max(updates.c.id).label("last"), func.max(updates.c.at).label("at")
    )
    .where(
        updates.c.id > bindparam("after"),
        updates.c.dataset.in_(bindparam("the_datasets", expanding=True)),
    )
    .group_by(updates.c.dataset)
)
HAS_THEM = (
    update(schedules)
    .where(schedules.c.name == bindparam("the_name"), schedules.c.updated_at.is_(None))
    .values(updated_at=bindparam("new_at"), updated_to=bindparam("new_to"))
)

"""The statements that `jupyter_flow.store.runs` sends again and again, made once for a database.

SQLite and PostgreSQL word an upsert alike, but SQLAlchemy has it in each dialect; all else here
is common to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable, Table, bindparam, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from .tables import attempts, journal, plans, requests, runs, task_runs

_UPSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

#: The databases that a store can be kept in.
DIALECTS = frozenset(_UPSERTS)

_THE_RUN = runs.c.id == bindparam("the_run")
_HOLDER = (runs.c.owner == bindparam("the_owner")) & (runs.c.token == bindparam("the_token"))
_THE_TASK_RUN = (
    (task_runs.c.run == bindparam("the_run"))
    & (task_runs.c.task == bindparam("the_task"))
    & (task_runs.c.map_index == bindparam("the_index"))
)
_THE_ATTEMPT = (
    (attempts.c.run == bindparam("the_run"))
    & (attempts.c.task == bindparam("the_task"))
    & (attempts.c.map_index == bindparam("the_index"))
    & (attempts.c.number == bindparam("the_number"))
)

INSERT_RUN = insert(runs)
INSERT_PLAN = insert(plans)
INSERT_ENTRY = insert(journal)
INSERT_REQUEST = insert(requests)

RUN_EXISTS = select(runs.c.id).where(_THE_RUN)
RUN_WITH_PLAN = select(runs, plans.c.plan).join(plans).where(_THE_RUN)
TASK_RUNS = select(
    task_runs.c.task,
    task_runs.c.map_index,
    task_runs.c.state,
    task_runs.c.tries,
    task_runs.c.item,
    task_runs.c["values"],
    task_runs.c.due_at,
    task_runs.c.reason,
).where(task_runs.c.run == bindparam("the_run"))
ATTEMPTS = (
    select(attempts)
    .where(attempts.c.run == bindparam("the_run"))
    .order_by(attempts.c.task, attempts.c.map_index, attempts.c.number)
)
ENTRIES = (
    select(journal)
    .where(journal.c.run == bindparam("the_run"), journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
    .limit(bindparam("at_most"))
)
REQUESTS = select(requests).where(requests.c.run == bindparam("the_run")).order_by(requests.c.id)

#: One owner's lease at a time. Keeping it keeps the token, so the owner's own records go on.
TAKE_LEASE = (
    update(runs)
    .where(
        _THE_RUN,
        or_(
            runs.c.owner.is_(None),
            runs.c.owner == bindparam("the_owner"),
            runs.c.leased_until <= bindparam("now"),
        ),
    )
    .values(
        owner=bindparam("the_owner"),
        leased_until=bindparam("until"),
        token=case((runs.c.owner == bindparam("the_owner"), runs.c.token), else_=runs.c.token + 1),
    )
    .returning(runs.c.token)
)
HOLDER = select(runs.c.owner, runs.c.token, runs.c.leased_until).where(_THE_RUN)
RENEW_LEASE = update(runs).where(_THE_RUN, _HOLDER).values(leased_until=bindparam("until"))
RELEASE_LEASE = update(runs).where(_THE_RUN, _HOLDER).values(owner=None, leased_until=None)
LOCK_LEASE = select(runs.c.token).where(_THE_RUN, _HOLDER).with_for_update()

#: Takes the next place in the journal, if the lease still holds. Writes in one run follow each
#: other from here on: the row stays locked until the transaction ends.
ADVANCE_RUN = (
    update(runs)
    .where(_THE_RUN, _HOLDER)
    .values(
        seq=runs.c.seq + 1,
        state=bindparam("new_state"),
        started_at=bindparam("new_started_at"),
        ended_at=bindparam("new_ended_at"),
        reason=bindparam("new_reason"),
    )
    .returning(runs.c.seq)
)
UPDATE_PLAN = (
    update(plans).where(plans.c.run == bindparam("the_run")).values(plan=bindparam("new_plan"))
)
UPDATE_PROGRESS = (
    update(attempts)
    .where(_THE_ATTEMPT)
    .values(cell=bindparam("new_cell"), cells=bindparam("new_cells"))
)
DELETE_TASK_RUN = delete(task_runs).where(_THE_TASK_RUN)
DELETE_REQUEST = delete(requests).where(
    requests.c.id == bindparam("the_request"), requests.c.run == bindparam("the_run")
)


def upsert(table: Table, dialect: str) -> Executable:
    """Insert a row into *table*, or change the one that has its key."""
    statement = _UPSERTS[dialect](table)
    changes = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    upserting: Executable = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_=changes
    )
    return upserting

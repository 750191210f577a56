"""Statements about journals and requests."""

from __future__ import annotations

from sqlalchemy import Boolean, bindparam, case, delete, insert, null, select, update

from jupyter_flow.store.tables import attempts, journal, requests, runs, task_runs

from .leases import HELD
from .runs import THE_RUN

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

INSERT_ENTRY = insert(journal)
INSERT_REQUEST = insert(requests)

ENTRIES = (
    select(journal)
    .where(journal.c.run == bindparam("the_run"), journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
    .limit(bindparam("at_most"))
)
LAST_ENTRY = select(runs.c.seq).where(THE_RUN)
#: One row without a request when there is none; nothing at all for a run that is not there.
REQUESTS = (
    select(requests.c.id, requests.c.request)
    .select_from(runs.outerjoin(requests, requests.c.run == runs.c.id))
    .where(THE_RUN)
    .order_by(requests.c.id)
)

#: Takes the next place in the journal, if the lease still holds and nobody has taken it. Writes in
#: one run follow each other from here on: the row stays locked until the transaction ends.
ADVANCE_RUN = (
    update(runs)
    .where(THE_RUN, HELD, runs.c.seq == bindparam("after"))
    .values(
        seq=runs.c.seq + 1,
        state=bindparam("new_state"),
        started_at=bindparam("new_started_at"),
        ended_at=bindparam("new_ended_at"),
        reason=bindparam("new_reason"),
        # To be counted again, as they change.
        tasks=null(),
        # What has ended is not late any more, even when it is opened again.
        late_at=case((bindparam("has_ended", type_=Boolean), null()), else_=runs.c.late_at),
    )
    .returning(runs.c.seq)
)
UPDATE_COUNTS = update(runs).where(THE_RUN).values(tasks=bindparam("new_tasks"))
IS_HELD = select(runs.c.id).where(THE_RUN, HELD)
UPDATE_PROGRESS = (
    update(attempts)
    .where(_THE_ATTEMPT)
    .values(cell=bindparam("new_cell"), cells=bindparam("new_cells"))
)
DELETE_TASK_RUN = delete(task_runs).where(_THE_TASK_RUN)
DELETE_REQUEST = delete(requests).where(
    requests.c.id == bindparam("the_request"), requests.c.run == bindparam("the_run")
)

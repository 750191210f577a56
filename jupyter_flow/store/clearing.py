"""The part of `SqlRunStore` about clearing away: what has ended, and what is still needed.

It forgets runs; what is kept of them in files is another's to remove.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from jupyter_flow.core.artifacts import artifacts_in
from jupyter_flow.core.events import ClearRequested, RepairRequested
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Cursor, Ended

from . import refusals, rows
from .plans import WithPlans
from .statements import lists
from .statements import plans as plan_sql
from .statements import runs as sql
from .statements.artifacts import with_artifacts


class SqlClearing(WithPlans):
    """Finding what may go, and letting it go."""

    def ended(self, *, older_than: Cursor | None = None, limit: int = 1000) -> list[Ended]:
        """The runs that have ended, the latest end first."""
        with self._database.reading() as db:
            return [rows.ended_of(row) for row in db.execute(lists.ended(older_than, limit))]

    def delete(self, run: RunId, *, now: datetime) -> None:
        """Forget an ended run and all that is kept of it, unless somebody needs it."""
        with self._database.writing() as db:
            why = _why_needed(db, run, now)
            if why is not None:
                raise refusals.still_needed(run, why)
            digest = db.execute(sql.DIGEST, {"the_run": run}).scalar_one()
            db.execute(sql.DELETE_RUN, {"the_run": run})
            self._plans.drop_unused(db, [digest])

    def digests(self) -> set[str]:
        """The snapshots that some run, a request to one, or a pinned schedule is made from."""
        with self._database.reading() as db:
            found: set[str] = set()
            for text in db.execute(plan_sql.ALL).scalars():  # not all at once: they may be large
                for plan in rows.plan_of(text).with_all_children():
                    found |= {target.digest for target in plan.targets.values()}
            for text in db.execute(sql.ALL_REQUESTS).scalars():
                request = rows.request_of(text)
                if isinstance(request, RepairRequested | ClearRequested):
                    found |= {target.digest for target in request.targets.values()}
        return found

    def artifacts(self) -> set[str]:
        """The files of all artifacts that task runs handed on or were given."""
        with self._database.reading() as db:
            texts = db.execute(with_artifacts(self._database.dialect)).scalars()
            return {ref.file for text in texts for ref in artifacts_in(rows.values_of(text))}


def _why_needed(db: Connection, run: RunId, now: datetime) -> str | None:
    """Why *run* cannot go. Until the transaction ends, it then stays so."""
    row = db.execute(sql.LOCK_RUN, {"the_run": run}).one_or_none()
    if row is None:
        raise refusals.no_such_run(run)
    if not RunState(row.state).is_final:
        return refusals.HAS_NOT_ENDED
    if row.leased_until is not None and row.leased_until > now:
        return refusals.IS_HELD
    if db.execute(sql.IS_ASKED, {"the_run": run}).first() is not None:
        return refusals.IS_ASKED
    if db.execute(sql.IS_TO_BE_TOLD, {"the_run": run}).first() is not None:
        return refusals.IS_TO_BE_TOLD
    if db.execute(sql.IS_RESTORED_FROM, {"the_run": run}).first() is not None:
        return refusals.IS_RESTORED_FROM
    if db.execute(sql.IS_PART_OF, {"the_run": run}).first() is not None:
        return refusals.IS_PART_OF
    return None

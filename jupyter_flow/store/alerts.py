"""The outbox in a database: alerts that wait to be sent.

`SqlAlertStore` keeps the promises of `jupyter_flow.ports.alerts.AlertStore`. It sends nothing, and
does not decide when to try again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jupyter_flow.core.alerts import late_alerts
from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.alerts import Outgoing

from .alert_rows import outgoing_of
from .database import SqlPart
from .keeping import keep_alerts
from .leases import must_exist
from .rows import plan_of
from .statements import alerts as sql
from .statements import plans as plan_sql


class SqlAlertStore(SqlPart):
    """Keeps alerts in a database."""

    def take_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Outgoing]:
        """Alerts that are to be sent now, oldest first, lent to *owner*."""
        with self._database.reading() as db:
            due = db.execute(sql.DUE_ALERTS, {"now": now, "at_most": limit}).scalars().all()
        if not due:
            return []
        wanted = {"the_owner": owner, "now": now, "until": now + duration}
        with self._database.writing() as db:
            # In one order, whoever takes them, so that no two wait for each other.
            rows = (wanted | {"the_alert": each} for each in sorted(due))
            answers = [db.execute(sql.TAKE_ALERT, row) for row in rows]
            got = [outgoing_of(row) for answer in answers for row in answer]
        return sorted(got, key=lambda outgoing: due.index(outgoing.id))

    def next_due(self, *, now: datetime) -> datetime | None:
        """When the next one is to be sent (or may be lent again); None if there is none."""
        with self._database.reading() as db:
            due: datetime | None = db.execute(sql.NEXT_TRY, {"now": now}).scalar_one()
        return due

    def sent(self, outgoing: int, owner: str, *, now: datetime) -> None:
        """It is gone. Nothing happens when another owner has it by now."""
        self._settle(sql.ALERT_SENT, outgoing, owner, now=now)

    def put_off(self, outgoing: int, owner: str, *, until: datetime, error: str) -> None:
        """It could not be sent: try again at *until*."""
        self._settle(sql.PUT_OFF, outgoing, owner, until=until, why=error)

    def give_up(self, outgoing: int, owner: str, *, error: str, now: datetime) -> None:
        """It could not be sent and is not tried again."""
        self._settle(sql.GIVE_UP, outgoing, owner, now=now, why=error)

    def note_late(self, *, now: datetime) -> int:
        """Put alerts into the outbox about each run that has not ended by its deadline, once."""
        with self._database.reading() as db:
            late = db.execute(sql.LATE_RUNS, {"now": now}).scalars().all()
        return sum(self._is_told(run, now) for run in late)

    def of_run(self, run: str) -> list[Outgoing]:
        """All alerts about a run, oldest first."""
        with self._database.reading() as db:
            found = db.execute(sql.ALERTS_OF_RUN, {"the_run": run}).all()
            if not found:
                must_exist(db, RunId(run))
        return [outgoing_of(row) for row in found]

    def _is_told(self, run: RunId, now: datetime) -> bool:
        """Whether *run* is late and nobody has been told of it before."""
        with self._database.writing() as db:
            if db.execute(sql.NOTE_LATE, {"the_run": run, "now": now}).rowcount != 1:
                return False
            plan = plan_of(db.execute(plan_sql.OF_RUN, {"the_run": run}).scalar_one())
            keep_alerts(db, late_alerts(run, plan.flow), now=now)
        return True

    def _settle(self, statement: Any, outgoing: int, owner: str, **how: Any) -> None:
        with self._database.writing() as db:
            db.execute(statement, {"the_alert": outgoing, "the_owner": owner, **how})

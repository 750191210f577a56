"""Schedules in a database, which any number of services share.

`SqlScheduleStore` keeps the promises of `jupyter_flow.ports.schedules.ScheduleStore`. It does not
know when a schedule is due next: whoever fires it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.ports.schedules import Loan

from . import refusals
from .database import Database, SqlPart
from .datasets import notice_updates
from .keeping import Keeper, keep_alerts
from .plans import Plans
from .schedule_rows import miss_row, missed_of, schedule_of, schedule_row
from .statements import schedules as sql
from .statements.datasets import WAITING


class SqlScheduleStore(SqlPart):
    """Keeps schedules in *database*."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._keeper = Keeper(database.dialect, Plans(database.dialect))
        self._insert = sql.insert_schedule(database.dialect)
        self._replace = sql.replace_schedule(database.dialect)

    # -- by people -----------------------------------------------------------------------------

    def put(self, schedule: Schedule, *, replace: bool = False) -> None:
        """Keep *schedule*. Raises ConflictError if its name is taken, unless *replace*."""
        row = {**schedule_row(schedule), "owner": None, "leased_until": None, "token": 0}
        with self._database.writing() as db:
            if replace:
                db.execute(self._replace, row)
            elif db.execute(self._insert, row).scalar_one_or_none() is None:
                raise refusals.schedule_exists(schedule.name)

    def get(self, name: str) -> Schedule:
        """The schedule of that name."""
        with self._database.reading() as db:
            row = db.execute(sql.SCHEDULE, {"the_name": name}).one_or_none()
        if row is None:
            raise refusals.no_such_schedule(name)
        return schedule_of(row)

    def all(self) -> list[Schedule]:
        """All of them, by name."""
        with self._database.reading() as db:
            return [schedule_of(row) for row in db.execute(sql.ALL_SCHEDULES)]

    def set_paused(self, name: str, *, is_paused: bool, next_fire: datetime | None) -> None:
        """Pause or resume; a loan that lasts is worth nothing any more."""
        new = {"the_name": name, "new_is_paused": is_paused, "new_next_fire": next_fire}
        with self._database.writing() as db:
            if db.execute(sql.SET_PAUSED, new).rowcount != 1:
                raise refusals.no_such_schedule(name)

    def remove(self, name: str) -> None:
        """Forget the schedule and what it missed; its runs stay."""
        with self._database.writing() as db:
            if db.execute(sql.REMOVE_SCHEDULE, {"the_name": name}).rowcount != 1:
                raise refusals.no_such_schedule(name)

    def missed(self, name: str, *, limit: int = 20) -> list[Missed]:
        """What the schedule missed, the latest first."""
        with self._database.reading() as db:
            found = db.execute(sql.MISSES, {"the_name": name, "at_most": limit}).all()
            if not found:
                _must_exist(db, name)
        return [missed_of(row) for row in found]

    # -- by services ---------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """The earliest fire time that a schedule waits for which is not paused."""
        with self._database.reading() as db:
            due: datetime | None = db.execute(sql.NEXT_DUE).scalar_one()
        return due

    def notice_updates(self) -> None:
        """Note which schedules have the updates of datasets that they wait for."""
        with self._database.reading() as db:
            if not db.execute(WAITING).first():
                return
        with self._database.writing() as db:
            notice_updates(db)

    def borrow_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Loan]:
        """Lend *owner* schedules that are due, not paused and not lent, the longest due first."""
        with self._database.reading() as db:
            due = db.execute(sql.DUE_SCHEDULES, {"now": now, "at_most": limit}).scalars().all()
        if not due:
            return []
        wanted = {"the_owner": owner, "now": now, "until": now + duration}
        with self._database.writing() as db:
            # In one order, whoever borrows, so that no two wait for each other.
            answers = [db.execute(sql.BORROW, wanted | {"the_name": name}) for name in sorted(due)]
            got = [row for answer in answers for row in answer]
        loans = [Loan(schedule=schedule_of(row), owner=owner, token=row.token) for row in got]
        return sorted(loans, key=lambda loan: due.index(loan.schedule.name))

    def fire(
        self,
        loan: Loan,
        runs: Sequence[Run],
        *,
        schedule: Schedule,
        missed: Missed | None = None,
        alerts: Sequence[Alert] = (),
        now: datetime,
    ) -> list[RunId]:
        """Keep *runs*, what was *missed* and *schedule*, and end the loan; all or nothing."""
        with self._database.writing() as db:
            if db.execute(sql.FIRE, _guard(loan) | _changes(schedule)).rowcount != 1:
                raise refusals.loan_lost(loan)
            kept = self._keeper.keep(db, runs)
            if missed is not None:
                db.execute(sql.INSERT_MISS, miss_row(loan.schedule.name, missed))
            keep_alerts(db, alerts, now=now, about=set(kept))
        return kept


def _guard(loan: Loan) -> dict[str, Any]:
    return {
        "the_name": loan.schedule.name,
        "the_owner": loan.owner,
        "the_token": loan.token,
        "the_birth": loan.schedule.created_at,
    }


def _changes(schedule: Schedule) -> dict[str, Any]:
    """All that is kept of *schedule* but its name, which is the loan's."""
    row = schedule_row(schedule)
    return {f"new_{name}": row[name] for name in sql.OWN_COLUMNS if name != "name"}


def _must_exist(db: Connection, name: str) -> None:
    if db.execute(sql.SCHEDULE_EXISTS, {"the_name": name}).one_or_none() is None:
        raise refusals.no_such_schedule(name)

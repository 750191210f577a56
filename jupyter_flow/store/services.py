"""The register of services in a database, and the counts of what there is to do.

`SqlServiceStore` keeps the promises of `jupyter_flow.ports.services.ServiceStore`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from jupyter_flow.ports.services import Load, Service

from .alert_rows import service_of, service_row
from .database import Database, SqlPart
from .statements import services as sql

#: One that was not heard of for so long does not come back: what it was asked is forgotten.
_FORGOTTEN_AFTER = timedelta(days=1)


class SqlServiceStore(SqlPart):
    """Keeps services in *database*."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._announce = sql.announce(database.dialect)

    def announce(self, service: Service, *, now: datetime, duration: timedelta) -> Service:
        """Register *service* until ``now + duration``, or prolong it; as it is registered now."""
        with self._database.writing() as db:
            db.execute(sql.FORGET_OLD, {"long_ago": now - _FORGOTTEN_AFTER})
            announced = db.execute(self._announce, service_row(service, now + duration))
            return service_of(announced.one())

    def leave(self, owner: str) -> None:
        """Take a service out of the register. Nothing happens when it is not in it."""
        with self._database.writing() as db:
            db.execute(sql.LEAVE, {"the_owner": owner})

    def alive(self, *, now: datetime) -> list[Service]:
        """The services whose registration lasts, the oldest first."""
        with self._database.reading() as db:
            return [service_of(row) for row in db.execute(sql.ALIVE, {"now": now})]

    def ask_to_stop(self, owner: str, *, hurry: bool = False) -> None:
        """Leave word that the service is to end: when what runs has ended, or at once."""
        with self._database.writing() as db:
            db.execute(sql.ASK_TO_STOP, {"the_owner": owner, "hurry": hurry})

    def load(self, *, now: datetime, with_ended: bool = False) -> Load:
        """What there is to do."""
        with self._database.reading() as db:
            schedules, paused, overdue = db.execute(sql.SCHEDULES, {"now": now}).one()
            return Load(
                runs=_counts(db, sql.RUNS_BY_STATE if with_ended else sql.LIVE_BY_STATE),
                tasks=_counts(db, sql.TASKS_BY_STATE),
                queued_since=db.execute(sql.QUEUED_SINCE, {"now": now}).scalar_one(),
                schedules=schedules,
                paused=paused,
                overdue=overdue,
                unsent=db.execute(sql.UNSENT).scalar_one(),
                given_up=db.execute(sql.GIVEN_UP).scalar_one(),
            )


def _counts(db: Connection, statement: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(statement)}

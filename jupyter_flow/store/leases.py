"""The part of `SqlRunStore` about leases: who drives a run, and when there is room for another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, text

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.runs import Lease, Waiting

from . import rows
from .database import SqlPart
from .refusals import lease_lost, no_such_run
from .statements import leases as sql
from .statements.runs import RUN_EXISTS

_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(:key)")


class SqlLeases(SqlPart):
    """Taking, renewing and giving back leases."""

    def lease(self, run: RunId, owner: str, *, now: datetime, duration: timedelta) -> Lease | None:
        """Take the run for *owner*, or None while another's lease lasts or it is crowded out."""
        wanted = {"the_run": run, "the_owner": owner, "now": now, "until": now + duration}
        with self._database.writing() as db:
            if self._database.dialect == "postgresql":
                _take_turns(db, run)
            token = db.execute(sql.TAKE_LEASE, wanted).scalar_one_or_none()
            if token is None:
                must_exist(db, run)
                return None
        return Lease(run=run, owner=owner, token=token)

    def is_crowded(self, run: RunId, *, now: datetime) -> bool:
        """Whether the run must wait for others of its flow or its backfill to end."""
        with self._database.reading() as db:
            row = db.execute(sql.IS_CROWDED, {"the_run": run, "now": now}).one_or_none()
        if row is None:
            raise no_such_run(run)
        return bool(row.is_crowded)

    def waiting(self, *, now: datetime, limit: int = 50) -> list[Waiting]:
        """The runs that want a driver, in the order in which they are to be taken up."""
        with self._database.reading() as db:
            found = db.execute(sql.WAITING, {"now": now, "at_most": limit}).all()
        return [rows.waiting_of(row) for row in found]

    def holder(self, run: RunId, *, now: datetime) -> Lease | None:
        """The lease that lasts at *now*, or None when nobody holds the run."""
        with self._database.reading() as db:
            row = db.execute(sql.HOLDER, {"the_run": run}).one_or_none()
        if row is None:
            raise no_such_run(run)
        if row.owner is None or row.leased_until <= now:
            return None
        return Lease(run=run, owner=row.owner, token=row.token)

    def holders(self, runs: Sequence[RunId], *, now: datetime) -> dict[RunId, Lease]:
        """The leases that last at *now*, of those of *runs* that somebody holds."""
        if not runs:
            return {}
        with self._database.reading() as db:
            found = db.execute(sql.HOLDERS, {"the_runs": list(runs), "now": now}).all()
        return {
            RunId(row.id): Lease(run=RunId(row.id), owner=row.owner, token=row.token)
            for row in found
        }

    def renew(self, lease: Lease, *, now: datetime, duration: timedelta) -> None:
        """Make *lease* last until ``now + duration``. Raises LeaseLostError if it is another's."""
        with self._database.writing() as db:
            renewed = db.execute(sql.RENEW_LEASE, guard(lease) | {"until": now + duration})
            if renewed.rowcount != 1:
                raise refused(db, lease)

    def release(self, lease: Lease) -> None:
        """Give the run back. Nothing happens if another owner has it by now."""
        with self._database.writing() as db:
            if db.execute(sql.RELEASE_LEASE, guard(lease)).rowcount != 1:
                must_exist(db, lease.run)


def guard(lease: Lease) -> dict[str, Any]:
    """The cells by which a statement finds the run only if *lease* still holds."""
    return {"the_run": lease.run, "the_owner": lease.owner, "the_token": lease.token}


def must_exist(db: Connection, run: RunId) -> None:
    """Raise NotFoundError if there is no such run."""
    if db.execute(RUN_EXISTS, {"the_run": run}).one_or_none() is None:
        raise no_such_run(run)


def refused(db: Connection, lease: Lease) -> FlowError:
    """Why nothing could be written with *lease*, which does not hold."""
    must_exist(db, lease.run)
    return lease_lost(lease)


def _take_turns(db: Connection, run: RunId) -> None:
    """Wait for whoever is about to take a run that competes with this one.

    PostgreSQL does not show a transaction what others are about to write, so two could each count
    the last free place. SQLite's writers take turns anyway.
    """
    limits = db.execute(sql.LIMITS, {"the_run": run}).one_or_none()
    if limits is None:
        return
    if limits.max_active is not None:
        db.execute(_TAKE_TURNS, {"key": _key("flow", limits.flow)})
    if limits.backfill_most is not None:
        db.execute(_TAKE_TURNS, {"key": _key("backfill", str(limits.backfill))})


def _key(*parts: str) -> int:
    """A number for *parts* such as the server's locks have. If two share one, they wait."""
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)

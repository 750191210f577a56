"""The part of `SqlRunStore` about journals and requests: what happened, and what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.commands import Move
from jupyter_flow.core.datasets import Update
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import (
    AttemptProgressed,
    ClearRequested,
    Event,
    RepairRequested,
    Request,
)
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.ports.runs import Entry, Lease, Pending

from . import rows, tables
from .database import Database, execute_all
from .datasets import keep_updates
from .keeping import keep_alerts
from .leases import guard, must_exist, refused
from .plans import WithPlans
from .refusals import answered_already, journal_went_on, no_such_run
from .statements import journals as sql
from .statements.dialects import upsert
from .statements.leases import LOCK_LEASE
from .statements.lists import counts


class SqlJournals(WithPlans):
    """Recording and reading; asking and answering."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._put_task_run = upsert(tables.task_runs, database.dialect)
        self._put_attempt = upsert(tables.attempts, database.dialect)

    def record(
        self,
        lease: Lease,
        run: Run,
        event: Event,
        *,
        changed: Sequence[TaskRun],
        removed: Sequence[TaskKey] = (),
        moves: Sequence[Move],
        after: int,
        answers: int | None = None,
        alerts: Sequence[Alert] = (),
        updates: Sequence[Update] = (),
        now: datetime,
    ) -> Entry:
        """Write the fact, the states after it, the journal's entry and the alerts, or nothing."""
        with self._database.writing() as db:
            seq = _advance(db, lease, run, after)
            if answers is not None and not _take_away(db, lease, answers):
                raise answered_already(lease, answers)
            if isinstance(event, RepairRequested | ClearRequested) and event.targets:
                self._plans.replace(db, lease.run, run.plan)
            execute_all(db, sql.DELETE_TASK_RUN, [_task_run(lease.run, key) for key in removed])
            if isinstance(event, AttemptProgressed):
                progress = [_progress(lease.run, each) for each in changed if each.attempts]
                execute_all(db, sql.UPDATE_PROGRESS, progress)
            else:
                self._put(db, lease.run, changed)
            if run.state.is_final:
                _count(db, lease.run)
            keep_alerts(db, alerts, now=now)
            keep_updates(db, updates)
            entry = Entry(run=lease.run, seq=seq, at=now, event=event, moves=tuple(moves))
            db.execute(sql.INSERT_ENTRY, rows.entry_row(entry))
        return entry

    def last_entry(self, run: RunId) -> int:
        """The ``seq`` of the journal's last entry; 0 when there is none."""
        with self._database.reading() as db:
            seq = db.execute(sql.LAST_ENTRY, {"the_run": run}).scalar_one_or_none()
        if seq is None:
            raise no_such_run(run)
        return int(seq)

    def journal(self, run: RunId, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The entries with ``seq`` greater than *after*, oldest first."""
        wanted = {"the_run": run, "after": after, "at_most": limit}
        with self._database.reading() as db:
            found = db.execute(sql.ENTRIES, wanted).all()
            if not found:
                must_exist(db, run)
        return [rows.entry_of(row) for row in found]

    def ask(self, run: RunId, request: Request, *, now: datetime) -> None:
        """Leave a request for whoever drives the run."""
        row = rows.request_row(run, request, now)
        with self._database.writing() as db:
            try:
                db.execute(sql.INSERT_REQUEST, row)
            except IntegrityError as error:
                raise no_such_run(run) from error

    def requests(self, run: RunId) -> list[Pending]:
        """The requests that nobody has answered yet, oldest first."""
        with self._database.reading() as db:
            found = db.execute(sql.REQUESTS, {"the_run": run}).all()
        if not found:
            raise no_such_run(run)
        return [rows.pending_of(row) for row in found if row.id is not None]

    def dismiss(self, lease: Lease, pending: int) -> None:
        """Take away a request that cannot be granted. Raises LeaseLostError like `record`."""
        with self._database.writing() as db:
            if db.execute(LOCK_LEASE, guard(lease)).one_or_none() is None:
                raise refused(db, lease)
            _take_away(db, lease, pending)

    def _put(self, db: Connection, run: RunId, changed: Sequence[TaskRun]) -> None:
        """Write *changed* with the latest attempt of each: earlier ones never change again."""
        execute_all(db, self._put_task_run, [rows.task_run_row(run, each) for each in changed])
        latest = [
            rows.attempt_row(run, each.key, each.attempts[-1]) for each in changed if each.attempts
        ]
        execute_all(db, self._put_attempt, latest)


def _advance(db: Connection, lease: Lease, run: Run, after: int) -> int:
    """Take the place after entry *after*, with *run*'s state, or say why not."""
    state = {f"new_{name}": cell for name, cell in rows.run_changes(run).items()}
    place = {"after": after, "has_ended": run.state.is_final}
    seq = db.execute(sql.ADVANCE_RUN, guard(lease) | state | place).scalar_one_or_none()
    if seq is None:
        raise _not_advanced(db, lease, after)
    return int(seq)


def _count(db: Connection, run: RunId) -> None:
    """Write down how many task runs of *run* are in each state: from now on that stays so."""
    counted = {row.state: row.number for row in db.execute(counts([run]))}
    db.execute(sql.UPDATE_COUNTS, {"the_run": run, "new_tasks": rows.values_text(counted)})


def _not_advanced(db: Connection, lease: Lease, after: int) -> FlowError:
    if db.execute(sql.IS_HELD, guard(lease)).one_or_none() is None:
        return refused(db, lease)
    return journal_went_on(lease, after)


def _task_run(run: RunId, key: TaskKey) -> dict[str, Any]:
    cells = rows.key_row(run, key)
    return {"the_run": run, "the_task": cells["task"], "the_index": cells["map_index"]}


def _progress(run: RunId, task_run: TaskRun) -> dict[str, Any]:
    latest = task_run.attempts[-1]
    where = _task_run(run, task_run.key) | {"the_number": latest.number}
    return where | {"new_cell": latest.cell, "new_cells": latest.cells}


def _take_away(db: Connection, lease: Lease, pending: int) -> bool:
    """Whether the request was still there."""
    row = {"the_request": pending, "the_run": lease.run}
    return db.execute(sql.DELETE_REQUEST, row).rowcount == 1

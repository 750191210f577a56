"""Runs in a database: states and journal written together, guarded by the lease.

`SqlRunStore` keeps `jupyter_flow.ports.runs.RunStore`'s promises on SQLite and PostgreSQL. It knows
nothing of files, migrations and pragmas: `jupyter_flow.store.opening` hands it an engine that is
ready. It decides nothing about states: it writes what it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.exc import IntegrityError

from jupyter_flow.core.commands import Move
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
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Entry, Lease, Pending, RunSummary

from . import rows, tables
from . import statements as sql
from .engines import reachable, reading, writing
from .refusals import answered_already, lease_lost, no_such_run, run_exists


class SqlRunStore:
    """Keeps runs in the database behind *engine*; any number of processes may do so at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader, self._writer = reading(engine), writing(engine)
        self._put_task_run = sql.upsert(tables.task_runs, engine.dialect.name)
        self._put_attempt = sql.upsert(tables.attempts, engine.dialect.name)

    def close(self) -> None:
        """Give the connections back. The store may be used again; it then opens new ones."""
        self._engine.dispose()

    # -- runs ----------------------------------------------------------------------------------

    def create(self, run: Run) -> None:
        """Keep a new run. Raises ConflictError if its id is taken."""
        plan = {"run": run.id, "plan": rows.plan_text(run.plan)}
        task_runs = [rows.task_run_row(run.id, each) for each in run.task_runs.values()]
        attempts = [
            rows.attempt_row(run.id, each.key, attempt)
            for each in run.task_runs.values()
            for attempt in each.attempts
        ]
        with self._writing() as db:
            try:
                db.execute(sql.INSERT_RUN, rows.run_row(run))
            except IntegrityError as error:
                raise run_exists(run.id) from error
            db.execute(sql.INSERT_PLAN, plan)
            _execute_all(db, self._put_task_run, task_runs)
            _execute_all(db, self._put_attempt, attempts)

    def load(self, run: RunId) -> Run:
        """The run as the last recorded entry left it."""
        with self._reading() as db:
            row = db.execute(sql.RUN_WITH_PLAN, {"the_run": run}).one_or_none()
            if row is None:
                raise no_such_run(run)
            task_runs = db.execute(sql.TASK_RUNS, {"the_run": run}).all()
            attempts = db.execute(sql.ATTEMPTS, {"the_run": run}).all()
        return rows.run_of(row, row.plan, rows.task_runs_of(task_runs, attempts))

    def summaries(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        prefix: str = "",
        limit: int = 50,
    ) -> list[RunSummary]:
        """The newest runs first, and how many of their task runs are in each state."""
        page = _page(flow, states, prefix, limit)
        counted = tables.task_runs.c
        counts = (
            select(counted.run, counted.state, func.count())
            .where(counted.run.in_(select(page.subquery().c.id)))
            .group_by(counted.run, counted.state)
        )
        with self._reading() as db:
            found = db.execute(page).all()
            counted_rows = db.execute(counts).all() if found else []
        tasks: dict[str, dict[str, int]] = {row.id: {} for row in found}
        for run, state, number in counted_rows:
            tasks[run][state] = number
        return [rows.summary_of(row, tasks[row.id]) for row in found]

    # -- leases --------------------------------------------------------------------------------

    def lease(self, run: RunId, owner: str, *, now: datetime, duration: timedelta) -> Lease | None:
        """Take the run for *owner*, or None while another owner's lease lasts."""
        wanted = {"the_run": run, "the_owner": owner, "now": now, "until": now + duration}
        with self._writing() as db:
            token = db.execute(sql.TAKE_LEASE, wanted).scalar_one_or_none()
            if token is None:
                _must_exist(db, run)
                return None
        return Lease(run=run, owner=owner, token=token)

    def holder(self, run: RunId, *, now: datetime) -> Lease | None:
        """The lease that lasts at *now*, or None when nobody holds the run."""
        with self._reading() as db:
            row = db.execute(sql.HOLDER, {"the_run": run}).one_or_none()
        if row is None:
            raise no_such_run(run)
        if row.owner is None or row.leased_until <= now:
            return None
        return Lease(run=run, owner=row.owner, token=row.token)

    def renew(self, lease: Lease, *, now: datetime, duration: timedelta) -> None:
        """Make *lease* last until ``now + duration``. Raises LeaseLostError if it is another's."""
        with self._writing() as db:
            renewed = db.execute(sql.RENEW_LEASE, _guard(lease) | {"until": now + duration})
            if renewed.rowcount != 1:
                raise _refused(db, lease)

    def release(self, lease: Lease) -> None:
        """Give the run back. Nothing happens if another owner has it by now."""
        with self._writing() as db:
            if db.execute(sql.RELEASE_LEASE, _guard(lease)).rowcount != 1:
                _must_exist(db, lease.run)

    # -- the journal ---------------------------------------------------------------------------

    def record(
        self,
        lease: Lease,
        run: Run,
        event: Event,
        *,
        changed: Sequence[TaskRun],
        removed: Sequence[TaskKey] = (),
        moves: Sequence[Move],
        answers: int | None = None,
        now: datetime,
    ) -> Entry:
        """Write the fact, the states after it and the journal's entry, all or nothing."""
        state = {f"new_{name}": cell for name, cell in rows.run_changes(run).items()}
        with self._writing() as db:
            seq = db.execute(sql.ADVANCE_RUN, _guard(lease) | state).scalar_one_or_none()
            if seq is None:
                raise _refused(db, lease)
            if answers is not None and not _take_away(db, lease, answers):
                raise answered_already(lease, answers)
            if isinstance(event, RepairRequested | ClearRequested) and event.targets:
                plan = {"the_run": lease.run, "new_plan": rows.plan_text(run.plan)}
                db.execute(sql.UPDATE_PLAN, plan)
            _execute_all(db, sql.DELETE_TASK_RUN, [_task_run(lease.run, key) for key in removed])
            if isinstance(event, AttemptProgressed):
                progress = [_progress(lease.run, each) for each in changed if each.attempts]
                _execute_all(db, sql.UPDATE_PROGRESS, progress)
            else:
                self._put(db, lease.run, changed)
            entry = Entry(run=lease.run, seq=seq, at=now, event=event, moves=tuple(moves))
            db.execute(sql.INSERT_ENTRY, rows.entry_row(entry))
        return entry

    def journal(self, run: RunId, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The entries with ``seq`` greater than *after*, oldest first."""
        wanted = {"the_run": run, "after": after, "at_most": limit}
        with self._reading() as db:
            found = db.execute(sql.ENTRIES, wanted).all()
            if not found:
                _must_exist(db, run)
        return [rows.entry_of(row) for row in found]

    # -- requests ------------------------------------------------------------------------------

    def ask(self, run: RunId, request: Request, *, now: datetime) -> None:
        """Leave a request for whoever drives the run."""
        row = {"run": run, "at": now, "request": rows.request_text(request)}
        with self._writing() as db:
            _must_exist(db, run)
            db.execute(sql.INSERT_REQUEST, row)

    def requests(self, run: RunId) -> list[Pending]:
        """The requests that nobody has answered yet, oldest first."""
        with self._reading() as db:
            found = db.execute(sql.REQUESTS, {"the_run": run}).all()
            if not found:
                _must_exist(db, run)
        return [rows.pending_of(row) for row in found]

    def dismiss(self, lease: Lease, pending: int) -> None:
        """Take away a request that cannot be granted. Raises LeaseLostError like `record`."""
        with self._writing() as db:
            if db.execute(sql.LOCK_LEASE, _guard(lease)).one_or_none() is None:
                raise _refused(db, lease)
            _take_away(db, lease, pending)

    # -- within --------------------------------------------------------------------------------

    def _put(self, db: Connection, run: RunId, changed: Sequence[TaskRun]) -> None:
        """Write *changed* with the latest attempt of each: earlier ones never change again."""
        _execute_all(db, self._put_task_run, [rows.task_run_row(run, each) for each in changed])
        latest = [
            rows.attempt_row(run, each.key, each.attempts[-1]) for each in changed if each.attempts
        ]
        _execute_all(db, self._put_attempt, latest)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One view of the database: what others write meanwhile is not seen."""
        with reachable(self._engine), self._reader.begin() as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction: an exception on the way out leaves nothing written."""
        with reachable(self._engine), self._writer.begin() as db:
            yield db


def _page(flow: str | None, states: Sequence[RunState], prefix: str, limit: int) -> Select[Any]:
    runs = tables.runs.c
    page = select(
        runs.id,
        runs.flow,
        runs.origin,
        runs.state,
        runs.logical_date,
        runs.created_at,
        runs.started_at,
        runs.ended_at,
        runs.reason,
    )
    if flow is not None:
        page = page.where(runs.flow == flow)
    if states:
        page = page.where(runs.state.in_([state.value for state in states]))
    if prefix:
        # Not LIKE, which in SQLite is blind to case and everywhere reads "_" as a wildcard.
        page = page.where(func.substr(runs.id, 1, len(prefix)) == prefix)
    return page.order_by(runs.created_at.desc(), runs.id.desc()).limit(limit)


def _execute_all(db: Connection, statement: Any, cells: list[dict[str, Any]]) -> None:
    if len(cells) == 1:
        db.execute(statement, cells[0])
    elif cells:
        db.execute(statement, cells)


def _guard(lease: Lease) -> dict[str, Any]:
    return {"the_run": lease.run, "the_owner": lease.owner, "the_token": lease.token}


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


def _must_exist(db: Connection, run: RunId) -> None:
    if db.execute(sql.RUN_EXISTS, {"the_run": run}).one_or_none() is None:
        raise no_such_run(run)


def _refused(db: Connection, lease: Lease) -> FlowError:
    _must_exist(db, lease.run)
    return lease_lost(lease)

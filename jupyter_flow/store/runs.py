"""Runs in a database: states and journal written together, guarded by the lease.

`SqlRunStore` keeps `jupyter_flow.ports.runs.RunStore`'s promises on SQLite and PostgreSQL. Here
are making, reading and finding runs; its other parts are in `leases`, `journals` and `clearing`.
It knows nothing of files, migrations and pragmas: `jupyter_flow.store.opening` hands it an engine
that is ready. It decides nothing about states: it writes what it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.exc import IntegrityError

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Fired, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Cursor, Past, RunStates, RunSummary

from . import rows
from .clearing import SqlClearing
from .database import Database
from .journals import SqlJournals
from .keeping import Keeper
from .leases import SqlLeases
from .refusals import fire_time_taken, held_until, no_such_run
from .statements import lists
from .statements import runs as sql

#: As many moments go into one question; databases have a limit.
_AT_ONCE = 500


class SqlRunStore(SqlLeases, SqlJournals, SqlClearing):
    """Keeps runs in the database behind *database*; any number of processes may do so at once."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._keeper = Keeper(database.dialect, self._plans)

    def create(
        self,
        run: Run,
        *,
        owner: str | None = None,
        now: datetime | None = None,
        duration: timedelta | None = None,
    ) -> None:
        """Keep a new run. Raises ConflictError if its id or its fire time is taken."""
        held: dict[str, Any] = {}
        if owner is not None:
            held = {"owner": owner, "leased_until": held_until(now, duration)}
        with self._database.writing() as db:
            kept = self._keeper.keep(db, [run], held=held)
            if run.fired is not None and not kept:
                raise fire_time_taken(run.fired)

    def create_fired(self, runs: Sequence[Run]) -> list[RunId]:
        """Keep new runs in one stroke, but none for a fire time that has one; their ids."""
        with self._database.writing() as db:
            return self._keeper.keep(db, runs)

    def load(self, run: RunId) -> Run:
        """The run as the last recorded entry left it."""
        return self.load_with_seq(run)[0]

    def load_with_seq(self, run: RunId) -> tuple[Run, int]:
        """The same, and that entry's ``seq``: a reading transaction is one view."""
        with self._database.reading() as db:
            return self._load(db, run)

    def summaries(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        backfill: str | None = None,
        older_than: Cursor | None = None,
        limit: int = 50,
    ) -> list[RunSummary]:
        """The newest runs first, and how many of their task runs are in each state."""
        page = lists.page(
            flow=flow, states=states, backfill=backfill, older_than=older_than, limit=limit
        )
        with self._database.reading() as db:
            return _summaries(db, page)

    def summary(self, run: RunId) -> RunSummary:
        """That run, as lists have it."""
        with self._database.reading() as db:
            found = _summaries(db, lists.THE_SUMMARY, {"the_run": run})
        if not found:
            raise no_such_run(run)
        return found[0]

    def named(self, prefix: str, *, limit: int = 50) -> list[RunId]:
        """The ids that begin with *prefix*, the greatest first."""
        with self._database.reading() as db:
            found = db.execute(lists.named(prefix), {"at_most": limit}).scalars()
            return [RunId(each) for each in found]

    def past(
        self, flow: str, task: str, *, older_than: Cursor | None = None, limit: int = 50
    ) -> list[Past]:
        """What *task* came to in the newest runs of *flow*: four questions, however many runs."""
        page = lists.page(flow=flow, older_than=older_than, limit=limit)
        with self._database.reading() as db:
            found = _summaries(db, page)
            ids = [each.id for each in found]
            task_runs = _by_run(db.execute(lists.past_task_runs(ids, task)))
            attempts = _by_run(db.execute(lists.past_attempts(ids, task)))
        return [
            Past(
                run=each,
                task_runs=tuple(
                    rows.task_runs_of(
                        _without_run(task_runs[each.id]), _without_run(attempts[each.id])
                    )
                ),
            )
            for each in found
        ]

    def states(
        self, flow: str, *, older_than: Cursor | None = None, limit: int = 50
    ) -> list[RunStates]:
        """What all tasks came to in the newest runs of *flow*: counted by the database."""
        page = lists.page(flow=flow, older_than=older_than, limit=limit)
        with self._database.reading() as db:
            found = _summaries(db, page)
            ids = [each.id for each in found]
            counted = _by_run(db.execute(lists.task_states(ids)))
            tries = _by_run(db.execute(lists.task_attempts(ids)))
        return [
            RunStates(run=each, tasks=rows.task_states_of(counted[each.id], tries[each.id]))
            for each in found
        ]

    def before(self, run: RunId) -> Run | None:
        """The run of the same flow and origin with the latest logical time before this one's."""
        with self._database.reading() as db:
            row = db.execute(sql.FLOW_OF_RUN, {"the_run": run}).one_or_none()
            if row is None:
                raise no_such_run(run)
            where = {"the_flow": row.flow, "the_origin": row.origin, "the_date": row.logical_date}
            found = db.execute(sql.BEFORE, where).scalar_one_or_none()
            return None if found is None else self._load(db, found)[0]

    def at(self, flow: str, origin: str | None, moments: Sequence[datetime]) -> list[RunSummary]:
        """The newest run of *flow* for each of these logical times, by their time."""
        wanted = sorted(set(moments))
        found: list[RunSummary] = []
        with self._database.reading() as db:
            for first in range(0, len(wanted), _AT_ONCE):
                some = wanted[first : first + _AT_ONCE]
                found += _summaries(db, lists.newest_at(flow, origin, some))
        return found

    def _load(self, db: Connection, run: RunId) -> tuple[Run, int]:
        row = db.execute(sql.RUN, {"the_run": run}).one_or_none()
        if row is None:
            raise no_such_run(run)
        task_runs = db.execute(sql.TASK_RUNS, {"the_run": run}).all()
        attempts = db.execute(sql.ATTEMPTS, {"the_run": run}).all()
        plan = self._plans.of(db, row.digest)
        return rows.run_of(row, plan, rows.task_runs_of(task_runs, attempts)), row.seq

    def close(self) -> None:
        """Give the connections back, those of the other stores of the same place too."""
        self._database.close()

    def adopt(self, run: RunId, fired: Fired) -> None:
        """Let a backfill want a run that is there already."""
        new = {f"new_{name}": cell for name, cell in rows.fired_cells(fired).items()}
        with self._database.writing() as db:
            try:
                adopted = db.execute(sql.ADOPT, {"the_run": run} | new)
            except IntegrityError as error:
                raise fire_time_taken(fired) from error
            if adopted.rowcount != 1:
                raise no_such_run(run)


def _by_run(found: Iterable[Any]) -> dict[str, list[Any]]:
    """The rows of each run."""
    sorted_out: dict[str, list[Any]] = defaultdict(list)
    for row in found:
        sorted_out[row.run].append(row)
    return sorted_out


def _without_run(found: Iterable[Any]) -> list[Any]:
    """Rows whose last column is the run, without it."""
    return [row[:-1] for row in found]


def _summaries(
    db: Connection, page: Select[Any], which: Mapping[str, Any] | None = None
) -> list[RunSummary]:
    found = db.execute(page, which).all()
    # Of those that have ended it is written down.
    tasks: dict[str, dict[str, int]] = {row.id: {} for row in found if row.tasks is None}
    if tasks:
        for row in db.execute(lists.counts([RunId(run) for run in tasks])):
            tasks[row.run][row.state] = row.number
    return [rows.summary_of(row, tasks.get(row.id, {})) for row in found]

"""How new runs and alerts come into a database, in whichever transaction they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run

from . import alert_rows, rows, tables
from .database import execute_all
from .plans import Plans
from .refusals import run_exists
from .statements import alerts as alert_sql
from .statements import runs as sql
from .statements.dialects import upsert

_NOBODY: Mapping[str, Any] = {}


class Keeper:
    """Writes new runs with all that is in them."""

    def __init__(self, dialect: str, plans: Plans) -> None:
        self._plans = plans
        self._insert = sql.insert_run(dialect)
        self._put_task_run = upsert(tables.task_runs, dialect)
        self._put_attempt = upsert(tables.attempts, dialect)

    def keep(
        self, db: Connection, runs: Sequence[Run], *, held: Mapping[str, Any] = _NOBODY
    ) -> list[RunId]:
        """Keep *runs* but those whose fire time has one; the ids of what was kept.

        Raises ConflictError when an id is taken.
        """
        # In one order, whoever keeps the same ones: so no two wait for each other.
        kept = [run for run in sorted(runs, key=_place) if self._is_new(db, run, held)]
        self._plans.keep(db, [(run.id, run.plan) for run in kept])
        task_runs = [(run.id, each) for run in kept for each in run.task_runs.values()]
        cells = [rows.task_run_row(run, each) for run, each in task_runs]
        execute_all(db, self._put_task_run, cells)
        attempts = [
            rows.attempt_row(run, each.key, attempt)
            for run, each in task_runs
            for attempt in each.attempts
        ]
        execute_all(db, self._put_attempt, attempts)
        ids = {run.id for run in kept}
        return [run.id for run in runs if run.id in ids]

    def _is_new(self, db: Connection, run: Run, held: Mapping[str, Any]) -> bool:
        inserted = db.execute(self._insert, {**rows.run_row(run), **held})
        if inserted.scalar_one_or_none() is not None:
            return True
        place: dict[str, Any] = {"the_series": None, "the_fire_time": None}
        if run.fired is not None:
            place = {"the_series": run.fired.series, "the_fire_time": run.fired.at}
        if db.execute(sql.RUN_FOR, place).first() is None:
            raise run_exists(run.id)
        return False


def keep_alerts(
    db: Connection,
    alerts: Iterable[Alert],
    *,
    now: datetime,
    about: Collection[RunId] | None = None,
) -> None:
    """Put *alerts* into the outbox; with *about*, only those about these runs."""
    wanted = [each for each in alerts if about is None or each.run in about]
    execute_all(db, alert_sql.INSERT_ALERT, [alert_rows.alert_row(each, now) for each in wanted])


def _place(run: Run) -> tuple[str, datetime, str]:
    if run.fired is None:
        return ("", run.created_at, run.id)
    return (run.fired.series, run.fired.at, run.id)

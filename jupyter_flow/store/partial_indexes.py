"""The tables with those of their indexes that hold some of the rows only.

Which rows they hold is said in the words of each database, and SQLAlchemy loads all that it knows
of one when it is named. So they are not in `tables`, and only who makes the tables asks for them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index

from .statements.artifacts import COLUMNS, mentions
from .tables import alerts, metadata, runs, schedules, task_runs

__all__ = ["metadata"]


def _index_of_some(first: Column[Any], *more: Column[Any]) -> None:
    """An index of the rows in which *first* is set; the others cost nothing."""
    some = first.is_not(None)
    Index(None, first, *more, sqlite_where=some, postgresql_where=some)


_index_of_some(runs.c.backfill, runs.c.created_at, runs.c.id)
_index_of_some(runs.c.ended_at, runs.c.id)
_index_of_some(runs.c.leased_until)
_index_of_some(runs.c.late_at)
_index_of_some(schedules.c.next_fire)
_index_of_some(alerts.c.next_try_at)
_index_of_some(alerts.c.given_up_at)
_index_of_some(task_runs.c.origin_run)
for _column in COLUMNS:
    Index(
        f"ix_{_column.table.name}_run_{_column.name}",
        _column.table.c.run,
        sqlite_where=mentions(_column, "sqlite"),
        postgresql_where=mentions(_column, "postgresql"),
    )

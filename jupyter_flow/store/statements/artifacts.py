"""Users' values in which an artifact may be, as each database finds them by an index of its own.

Such an index holds those rows only, so it costs nothing where no objects are handed on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, TextClause, select, text, union

from jupyter_flow.core.artifacts import KEY
from jupyter_flow.store.tables import attempts, task_runs

COLUMNS: tuple[Column[Any], ...] = (
    task_runs.c["values"],
    task_runs.c.item,
    attempts.c.parameters,
)

#: What finds a text in another one.
_FINDS = {"sqlite": "instr", "postgresql": "strpos"}


def mentions(column: Column[Any], dialect: str) -> TextClause:
    """Whether *column* has an artifact in it; word for word what its index says."""
    return text(f'{_FINDS[dialect]}("{column.name}", \'"{KEY}"\') > 0')


def with_artifacts(dialect: str) -> Any:
    """All texts that mention an artifact."""
    return union(
        *(select(column.label("text")).where(mentions(column, dialect)) for column in COLUMNS)
    )

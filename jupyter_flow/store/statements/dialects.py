"""What SQLAlchemy words for each database: inserting a row that may be there already."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sqlalchemy import Table


def upsert(table: Table, dialect: str) -> Any:
    """Insert a row into *table*, or change the one that has its key."""
    return insert_or(table, dialect, {c.name: None for c in table.c if not c.primary_key})


def insert_unless_taken(table: Table, dialect: str) -> Any:
    """Insert a row into *table*, unless one has what only one may have."""
    return _insert(table, dialect).on_conflict_do_nothing()


def insert_or(table: Table, dialect: str, changes: Mapping[str, Any]) -> Any:
    """Insert a row into *table*, or make these *changes* to the one that has its key.

    A change that is None takes the new row's value.
    """
    statement = _insert(table, dialect)
    made = {
        name: statement.excluded[name] if value is None else value
        for name, value in changes.items()
    }
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=made)


def _insert(table: Table, dialect: str) -> Any:
    """An insertion in the words of *dialect*; the other one's are long to load."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)

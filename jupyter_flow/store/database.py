"""A database as all stores use it: transactions that read and that write, on one engine.

It knows no tables. Whatever the driver says about a database that does not answer is turned into
StoreUnreachableError here, for every store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from .engines import reachable, reading, writing


class Database:
    """The database behind *engine*, for any number of threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._reader, self._writer = reading(engine), writing(engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One view of the database: what others write meanwhile is not seen."""
        with reachable(self.engine), self._reader.begin() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: an exception on the way out leaves nothing written."""
        with reachable(self.engine), self._writer.begin() as db:
            yield db

    def close(self) -> None:
        """Give the connections back. It may be used again, and then opens new ones."""
        self.engine.dispose()


class SqlPart:
    """A store, or a part of one, in *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database


def execute_all(db: Connection, statement: Any, cells: Sequence[dict[str, Any]]) -> None:
    """Execute *statement* for each of *cells*, in as few round trips as it takes."""
    if len(cells) == 1:
        db.execute(statement, cells[0])
    elif cells:
        db.execute(statement, cells)

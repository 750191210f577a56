"""Looks for rows: asks a database one question, and leaves nothing behind.

What a look reads it reads in a transaction that may not write where the database knows such, and
that is rolled back in any case.
"""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.connections import Connection, connection, for_sqlalchemy
from jupyter_flow.core.commands import Query
from jupyter_flow.core.errors import FlowError
from jupyter_flow.ports.lookout import Sight

from .looks import first_line

if TYPE_CHECKING:
    from sqlalchemy import URL

#: A query that the database refuses so many times in a row is not asked again.
REFUSALS = 3
#: What is said first, by the name of the database.
_FIRST = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = 25000"),
    "sqlite": ("PRAGMA query_only = ON",),
}
_ARGUMENTS: dict[str, dict[str, Any]] = {"postgresql": {"connect_timeout": 10}}
#: SQLite has one class for all errors; these are about the query.
_REFUSED_BY_SQLITE = ("syntax error", "no such", "incomplete input", "readonly")


class RowSearch:
    """The looks for the row of *query*. Remembers how often it was refused."""

    def __init__(self, query: Query, home: Path | None = None) -> None:
        self._query = query
        self._home = home
        self._refused = 0

    def look(self) -> Sight:
        """Ask. Blocks."""
        from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

        try:
            link = connection(self._query.connection, home=self._home)
        except FlowError as error:
            return Sight(seen=f"{error.what}. {error.hint}".strip(), is_hopeless=True)
        try:
            row = self._ask(link)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            said = link.masked(first_line(str(error)))
            return Sight(seen=f"it cannot be connected to: {said}", is_hopeless=True)
        except SQLAlchemyError as error:
            said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
            return self._noted(link.masked(first_line(said)), is_refusal=_is_refusal(error))
        self._refused = 0
        if row is None:
            return Sight(seen="it finds no row")
        first = next(iter(row.values()), None)
        if not (self._query.any_row or _is_true(first)):
            return Sight(seen=f"its first value is {first_line(repr(first), 40)}")
        plain = {str(name): _plain(value) for name, value in row.items()}
        return Sight(is_there=True, values={"scalar": _plain(first), "first": plain})

    def _ask(self, link: Connection) -> dict[str, Any] | None:
        """The first row by the names of its columns."""
        from sqlalchemy import NullPool, bindparam, create_engine, make_url, text

        url = self._placed(make_url(for_sqlalchemy(link.url)))
        name, bind = url.get_backend_name(), dict(self._query.bind)
        lists: list[Any] = [
            bindparam(each, expanding=True) for each in bind if isinstance(bind[each], list)
        ]
        engine = create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=_ARGUMENTS.get(name, {})
        )
        try:
            with engine.connect() as connected:  # which rolls back at its end
                for statement in _FIRST.get(name, ()):
                    connected.exec_driver_sql(statement)
                answer = connected.execute(text(self._query.sql).bindparams(*lists), bind)
                row = answer.mappings().first() if answer.returns_rows else None
        finally:
            engine.dispose()
        return None if row is None else dict(row)

    def _placed(self, url: URL) -> URL:
        """A file of SQLite is where it is for a task of the same flow: below the flow's folder."""
        file = url.database
        if url.get_backend_name() != "sqlite" or not file or file.startswith((":", "file:")):
            return url
        return url.set(database=str(Path(self._query.folder) / file))

    def _noted(self, said: str, *, is_refusal: bool) -> Sight:
        self._refused = self._refused + 1 if is_refusal else 0
        if self._refused >= REFUSALS:
            seen = f"the database refused the query {REFUSALS} times: {said}"
            return Sight(seen=seen, is_hopeless=True)
        return Sight(seen=f"the query failed: {said}")


def _is_refusal(error: Exception) -> bool:
    """Whether it is the query that is wrong, and not the moment."""
    from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

    if isinstance(error, OperationalError):
        return any(each in str(error.orig) for each in _REFUSED_BY_SQLITE)
    return isinstance(error, ProgrammingError) or not isinstance(error, DBAPIError)


def _is_true(value: object) -> bool:
    """As Airflow takes it: nothing, zero, and the texts of these are false."""
    return value not in (0, "0", "", None, False)


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)

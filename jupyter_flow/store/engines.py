"""Engines: how a database is spoken to, so that readers and writers never wait for each other.

SQLite runs in WAL mode: readers see the last commit while a writer writes. A writer says so
when it begins (BEGIN IMMEDIATE), because a reader that turns writer half-way can only fail; writers
queue for up to `PATIENCE`. Python's driver would begin transactions by itself, late and never for
reads, so that is switched off.

``synchronous=NORMAL``: what was committed survives the death of every process, for it is with the
system by then, but the last moments before a power cut may be missing; the database itself
stays whole. The executed notebooks beside it are no better off, and a task whose end is missing
is taken for lost and run again. In exchange no commit waits for the disk.

On PostgreSQL a reader's transaction is one snapshot, as in SQLite. Its server may be behind a link
that breaks without a word; the system would wait a quarter of an hour for an answer, and the server
two hours for the next question. Both give up a connection that is silent for `SILENCE`, so that
here the lease is known to be over, and there nothing stays locked for one who is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from jupyter_flow.core.errors import StoreUnreachableError

#: How long a writer waits for another one.
PATIENCE = timedelta(seconds=30)
#: How long the other side of a connection may not even confirm that it has heard.
SILENCE = timedelta(seconds=5)

#: The same in libpq's words, and how many seconds connecting may take; a URL may say otherwise.
_LIBPQ: Mapping[str, int] = {
    "connect_timeout": 10,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": SILENCE.seconds - 2,
    "tcp_user_timeout": SILENCE.seconds * 1000,
}
#: And in the server's, for each of our sessions. One that was stopped within a transaction must not
#: keep its locks from the others either.
_SESSION: Mapping[str, int] = {
    "idle_in_transaction_session_timeout": PATIENCE.seconds * 1000,
    "tcp_keepalives_idle": 2,
    "tcp_keepalives_interval": 1,
    "tcp_keepalives_count": SILENCE.seconds - 2,
    "tcp_user_timeout": SILENCE.seconds * 1000,
}

#: What PostgreSQL calls it when the user may not do what a store needs: make and write tables, in a
#: schema that is there, on a server that is written to.
_NOT_ALLOWED = frozenset({"42501", "3F000", "25006"})

_WRITES = "jupyter_flow_writes"


def sqlite_engine(path: Path) -> Engine:
    """An engine on the file *path*, which is created when it is not there."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": PATIENCE.total_seconds()},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def postgres_engine(url: URL) -> Engine:
    """An engine on a PostgreSQL server; connections that the server closed are replaced."""
    engine = create_engine(url, pool_pre_ping=True)
    event.listen(engine, "do_connect", _be_impatient)
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def reading(engine: Engine) -> Engine:
    """*engine* for transactions that only read, each from one snapshot."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """*engine* for transactions that write."""
    return engine.execution_options(**{_WRITES: True})


@contextmanager
def reachable(engine: Engine) -> Iterator[None]:
    """Turns the driver's words for "the database does not answer" into an error that helps."""
    try:
        yield
    except (OperationalError, InterfaceError, NoConnectionError) as error:
        raise unreachable(engine.url, error) from error
    except DBAPIError as error:
        # "file is not a database" has no class of its own.
        is_no_database = type(error.orig) is sqlite3.DatabaseError
        is_not_allowed = getattr(error.orig, "sqlstate", None) in _NOT_ALLOWED
        if not (error.connection_invalidated or is_no_database or is_not_allowed):
            raise
        raise unreachable(engine.url, error) from error


def shown(url: URL) -> str:
    """*url* as people may see it. libpq also takes a password behind the question mark."""
    secrets = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(secrets).render_as_string(hide_password=True)


def unreachable(url: URL, error: Exception) -> StoreUnreachableError:
    """The store at *url* cannot be used, because of *error*."""
    reason = " ".join(str(getattr(error, "orig", error)).split())
    is_file = url.get_backend_name() == "sqlite"
    return StoreUnreachableError(
        f"the store at {shown(url)} cannot be used: {reason}",
        hint="Look whether the path can be written to; the setting 'database' says another one."
        if is_file
        else "Look whether the server answers, and whether the setting 'database' names a database "
        "that is there and a user who may log in and make tables in it.",
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _be_impatient(dialect: Any, _record: Any, _words: Any, named: dict[str, Any]) -> None:
    if dialect.driver in {"psycopg", "psycopg2"}:  # others do not use libpq
        for name, value in _LIBPQ.items():
            named.setdefault(name, value)


def _prepare_postgres(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET {name} = {value}" for name, value in _SESSION.items()))
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""The two databases, and what can be done to them from outside."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from jupyter_flow.testing.postgres import Postgres

from .blows import Blow

_ONLOOKER = "onlooker"
_OTHERS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    f" AND backend_type = 'client backend' AND application_name <> '{_ONLOOKER}' ORDER BY pid"
)


@dataclass(frozen=True, slots=True)
class SqliteBlows:
    """To a SQLite file: somebody else writes for a long time."""

    path: Path

    def hold(self) -> Callable[[], None] | None:
        """Be the one who writes."""
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            connection.close()
            return None
        return connection.close

    def cut(self, blow: Blow) -> bool:
        """There is nothing to cut."""
        return False

    def crash(self, blow: Blow) -> bool:
        """There is no server."""
        return False


@dataclass(frozen=True, slots=True)
class PostgresBlows:
    """To a database of a server that is ours alone."""

    url: str

    @classmethod
    def on(cls, server: Postgres) -> PostgresBlows:
        """A new database, which remembers after a crash what it has said that it keeps."""
        name = server.create()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = on".encode())
        return cls(server.url(name))

    @property
    def watched(self) -> str:
        """The URL by which the onlooker is known, and spared."""
        return f"{self.url}&application_name={_ONLOOKER}"

    def hold(self) -> Callable[[], None] | None:
        """Lock the table that every write begins with."""
        try:
            connection = psycopg.connect(self.watched)
        except psycopg.OperationalError:
            return None
        try:
            connection.execute("SET LOCAL lock_timeout = '2s'")
            connection.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
        except psycopg.OperationalError:
            connection.close()
            return None
        return connection.close

    def cut(self, blow: Blow) -> bool:
        """Cut one connection, or now and then all of them."""
        pids = self._others()
        one = blow.of(pids)
        with suppress(psycopg.OperationalError), self._connected() as connection:
            for pid in pids if blow.seconds > 0.7 else [one] if one else []:
                connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        return bool(pids)

    def crash(self, blow: Blow) -> bool:
        """Kill one of the server's processes: it then ends all of them, and recovers."""
        pid = blow.of(self._others())
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid is not None

    def _others(self) -> list[int]:
        """The server's processes for all connections but the onlooker's; none while it recovers."""
        with suppress(psycopg.OperationalError), self._connected() as connection:
            return [pid for (pid,) in connection.execute(_OTHERS.encode())]
        return []

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self.watched, autocommit=True)

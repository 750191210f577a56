"""Empty stores to copy, and a PostgreSQL server for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import Postgres, binaries, postgres


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with empty tables, to copy. Nobody has it open."""
    path = tmp_path_factory.mktemp("empty") / "flow.db"
    open_store(path).close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A server of our own; skips where the binaries are missing."""
    if binaries() is None:
        pytest.skip("there are no PostgreSQL server binaries: apt install postgresql")
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres_server: Postgres) -> str:
    """A database with empty tables, to make others from. Nobody is connected to it."""
    name = postgres_server.create()
    open_store(postgres_server.url(name)).close()
    return name


@pytest.fixture
def postgres_url(postgres_server: Postgres, migrated: str) -> Iterator[str]:
    """The URL of a store of the test's own, empty."""
    name = postgres_server.create(migrated)
    yield postgres_server.url(name)
    postgres_server.drop(name)

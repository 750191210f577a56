"""Empty stores to copy, and a PostgreSQL server for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from jupyter_flow.store.engines import postgres_engine
from jupyter_flow.store.opening import open_store
from jupyter_flow.store.tables import metadata
from jupyter_flow.testing.postgres import Postgres, binaries, postgres
from jupyter_flow.testing.s3 import s3_server


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
def postgres_tables(postgres_server: Postgres) -> Iterator[sa.Engine]:
    """A database with empty tables. To empty them again is quicker than to make another."""
    url = postgres_server.url(postgres_server.create())
    open_store(url).close()
    engine = postgres_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_tables: sa.Engine) -> str:
    """The URL of an empty store, which the test has for itself."""
    with postgres_tables.begin() as db:
        for table in reversed(metadata.sorted_tables):
            db.execute(sa.delete(table))
    return postgres_tables.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def s3_environment() -> Iterator[None]:
    """A server that speaks S3, which is found by this process."""
    with s3_server() as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        yield

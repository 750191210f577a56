"""Stores in files of their own, and a PostgreSQL server where its binaries are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_flow.ports.runs import RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import Postgres, binaries, postgres


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be made; not even its folder is there."""
    return tmp_path / "project" / ".jupyter_flow" / "flow.db"


@pytest.fixture
def stores(path: Path) -> Iterator[Stores]:
    """Empty stores in a file."""
    stores = open_store(path)
    yield stores
    stores.close()


@pytest.fixture
def store(stores: Stores) -> RunStore:
    """The store of runs among them."""
    return stores.runs


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A server of our own; skips where the binaries are missing."""
    if binaries() is None:
        pytest.skip("there are no PostgreSQL server binaries: apt install postgresql")
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has nothing in it yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'flow.db'}"
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.url(server.create())

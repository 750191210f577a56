"""Every store keeps what its port in `jupyter_flow.ports` promises."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.contracts import (
    AlertStoreContract,
    DatasetStoreContract,
    ResultStoreContract,
    RunStoreContract,
    ScheduleStoreContract,
    ServiceStoreContract,
)

OpenStores = Callable[[], Stores]


def opener(where: str | Path) -> Iterator[OpenStores]:
    """Opens the stores at *where* as often as asked, and closes all of them."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_store(where)))


class InMemory:
    @pytest.fixture
    def open_stores(self) -> OpenStores:
        stores = MemoryStores()
        return lambda: stores


class InSqlite:
    @pytest.fixture
    def open_stores(self, empty_file: Path, tmp_path: Path) -> Iterator[OpenStores]:
        yield from opener(shutil.copy(empty_file, tmp_path / "flow.db"))


class InPostgres:
    @pytest.fixture
    def open_stores(self, postgres_url: str) -> Iterator[OpenStores]:
        yield from opener(postgres_url)


class TestMemory(InMemory, RunStoreContract):
    pass


class TestMemorySchedules(InMemory, ScheduleStoreContract):
    pass


class TestMemoryAlerts(InMemory, AlertStoreContract):
    pass


class TestMemoryServices(InMemory, ServiceStoreContract):
    pass


class TestSqlite(InSqlite, RunStoreContract):
    pass


class TestSqliteSchedules(InSqlite, ScheduleStoreContract):
    pass


class TestSqliteAlerts(InSqlite, AlertStoreContract):
    pass


class TestSqliteServices(InSqlite, ServiceStoreContract):
    pass


@pytest.mark.postgres
class TestPostgres(InPostgres, RunStoreContract):
    pass


@pytest.mark.postgres
class TestPostgresSchedules(InPostgres, ScheduleStoreContract):
    pass


@pytest.mark.postgres
class TestPostgresAlerts(InPostgres, AlertStoreContract):
    pass


@pytest.mark.postgres
class TestPostgresServices(InPostgres, ServiceStoreContract):
    pass


class TestMemoryResults(InMemory, ResultStoreContract):
    pass


class TestSqliteResults(InSqlite, ResultStoreContract):
    pass


class TestPostgresResults(InPostgres, ResultStoreContract):
    pass


class TestMemoryDatasets(InMemory, DatasetStoreContract):
    pass


class TestSqliteDatasets(InSqlite, DatasetStoreContract):
    pass


class TestPostgresDatasets(InPostgres, DatasetStoreContract):
    pass

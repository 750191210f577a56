"""Every store keeps what `jupyter_flow.ports.runs.RunStore` promises."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from jupyter_flow.ports.runs import RunStore
from jupyter_flow.store.memory import MemoryRunStore
from jupyter_flow.store.opening import open_store as open_sql_store
from jupyter_flow.testing.contracts import RunStoreContract


def opener(where: str | Path) -> Iterator[Callable[[], RunStore]]:
    """Opens the store at *where* as often as asked, and closes all of them."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_sql_store(where)))


class TestMemory(RunStoreContract):
    @pytest.fixture
    def open_store(self) -> Callable[[], RunStore]:
        store = MemoryRunStore()
        return lambda: store


class TestSqlite(RunStoreContract):
    @pytest.fixture
    def open_store(self, empty_file: Path, tmp_path: Path) -> Iterator[Callable[[], RunStore]]:
        yield from opener(shutil.copy(empty_file, tmp_path / "flow.db"))


@pytest.mark.postgres
class TestPostgres(RunStoreContract):
    @pytest.fixture
    def open_store(self, postgres_url: str) -> Iterator[Callable[[], RunStore]]:
        yield from opener(postgres_url)

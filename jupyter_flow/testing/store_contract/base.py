"""What the promises share: the stores under test, and a run in them that somebody drives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from jupyter_flow.core.events import Event, RunStarted
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.ports.runs import Entry, Lease, RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import MINUTE, NOON, run_of

OpenStores = Callable[[], Stores]
OpenStore = Callable[[], RunStore]


class StorePromises:
    """The fixtures; the tests are in the subclasses."""

    @pytest.fixture
    def open_stores(self) -> OpenStores:
        """Each call opens the same stores once more. To be overridden."""
        raise NotImplementedError("return a function that opens the stores under test")

    @pytest.fixture
    def open_store(self, open_stores: OpenStores) -> OpenStore:
        """Each call opens the same store of runs once more."""
        return lambda: open_stores().runs

    @pytest.fixture
    def stores(self, open_stores: OpenStores) -> Stores:
        """The stores under test, empty."""
        return open_stores()

    @pytest.fixture
    def store(self, stores: Stores) -> RunStore:
        """The store of runs among them."""
        return stores.runs

    @pytest.fixture
    def run(self, store: RunStore) -> Run:
        """A new run in the store."""
        run = run_of()
        store.create(run)
        return run

    @pytest.fixture
    def lease(self, store: RunStore, run: Run) -> Lease:
        """The lease on `run`, which lasts from noon for a minute."""
        return leased(store, run, "ada")


def leased(store: RunStore, run: Run, owner: str, *, now: datetime = NOON) -> Lease:
    """The lease of *owner*, who must get it, for a minute."""
    lease = store.lease(run.id, owner, now=now, duration=MINUTE)
    assert lease is not None
    return lease


def recorded(
    store: RunStore,
    lease: Lease,
    run: Run,
    changed: Sequence[TaskRun] = (),
    event: Event = RunStarted(),  # noqa: B008 - a value
    **fields: Any,
) -> tuple[Run, Entry]:
    """The run with *changed* in it, and the entry of recording that."""
    for each in changed:
        run = run.with_task_run(each)
    after = fields.pop("after", None)
    if after is None:
        after = store.last_entry(lease.run)
    known: dict[str, Any] = {"changed": changed, "moves": (), "after": after, "now": NOON}
    return run, store.record(lease, run, event, **(known | fields))

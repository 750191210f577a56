"""Pages of runs: of the run as it is now, and no part of them made twice."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_flow.app.bus import Bus
from jupyter_flow.app.following import Following
from jupyter_flow.app.pages import Pages
from jupyter_flow.app.showing import Below
from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.samples import NOON, run_of
from jupyter_flow.testing.store_contract.base import leased, recorded

BELOW = Below(root=Path("/project"), home=Path("/project/.jupyter_flow"))


@pytest.fixture
def store() -> RunStore:
    return MemoryStores().runs


@pytest.fixture
def pages(store: RunStore, tmp_path: Path) -> Pages:
    following = Following(lambda: store, Bus(), tmp_path)
    return Pages(following, lambda _run, state: state is RunState.RUNNING)


def test_a_page_is_of_the_run_as_its_last_entry_left_it(pages: Pages, store: RunStore) -> None:
    run = run_of()
    store.create(run)
    first = pages.page(run.id, BELOW)
    recorded(
        store, leased(store, run, "ada"), replace(run, state=RunState.RUNNING, started_at=NOON)
    )
    then = pages.page(run.id, BELOW)

    assert (first.seq, first.run.state, first.run.is_left) == (0, "queued", False)
    assert (then.seq, then.run.state, then.run.is_left) == (1, "running", True)


def test_the_view_of_a_plan_is_made_once_for_each_place_that_it_is_seen_from(
    pages: Pages, store: RunStore
) -> None:
    run = run_of()
    for name in ("one", "two"):
        store.create(replace(run, id=RunId(name)))
    one, two = (pages.page(RunId(name), BELOW) for name in ("one", "two"))
    elsewhere = pages.page(RunId("one"), Below(root=Path("/"), home=BELOW.home))

    assert one.flow is two.flow
    assert elsewhere.flow.source != one.flow.source


def test_garbage_is_collected_again_when_a_page_is_made_or_could_not_be(
    pages: Pages, store: RunStore
) -> None:
    store.create(run_of())
    pages.page(run_of().id, BELOW)
    with pytest.raises(NotFoundError):
        pages.page(RunId("nobody"), BELOW)

    assert gc.isenabled()

"""What people call a run is found, and no more is read for it than needed."""

from __future__ import annotations

import pytest

from jupyter_flow.app.naming import find_run
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.run import Parent
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, run_of


def stored(*names: str, parts: int = 0) -> RunStore:
    """A store with runs of these names, the first one the newest, and newer *parts* of that."""
    store = MemoryStores().runs
    for age, name in enumerate(names):
        store.create(run_of(name, created_at=NOON - age * MINUTE))
    for number in range(parts):
        parent = Parent(run=run_of(names[0]).id, key=LOAD)
        made_at = NOON + (number + 1) * MINUTE
        store.create(run_of(f"part-{number}", parent=parent, created_at=made_at))
    return store


@pytest.mark.parametrize("parts", [0, 1, 19, 20, 21, 300])
def test_the_latest_run_is_no_part_of_one(parts: int) -> None:
    assert find_run(stored("b", "a", parts=parts), "") == "b"


def test_where_all_are_parts_the_latest_of_them_is_meant() -> None:
    assert find_run(stored("b", parts=600), "") == "part-599"


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("0301-b", "0301-b"),
        ("0302", "0302-c"),
        ("-b", "0301-b"),
        # A whole name is meant as it is, whatever begins with it.
        ("0301-a", "0301-a"),
    ],
)
def test_a_run_is_found_by_how_its_id_begins_or_ends(reference: str, found: str) -> None:
    assert find_run(stored("0302-c", "0301-b", "0301-a", "0301-a2"), reference) == found


@pytest.mark.parametrize(
    ("reference", "code", "says"),
    [("0301", "JF406", "0301-b, 0301-a"), ("-x", "JF404", "no run is called '-x'")],
)
def test_what_means_none_or_several_is_refused(reference: str, code: str, says: str) -> None:
    with pytest.raises(FlowError, match="run") as caught:
        find_run(stored("0301-b", "0301-a"), reference)

    assert caught.value.code == code
    assert says in f"{caught.value.what} {caught.value.hint}"


def test_without_any_run_there_is_none_to_be_meant() -> None:
    with pytest.raises(FlowError, match="there is no run yet"):
        find_run(stored(), "")


def test_an_old_run_is_found_by_its_beginning_and_not_by_its_end() -> None:
    names = [f"{number:04}-{number:04}" for number in reversed(range(600))]
    store = stored(*names)

    assert find_run(store, "0099-0100"[:4]) == "0099-0099"
    assert find_run(store, "-0101") == "0101-0101"
    with pytest.raises(FlowError, match="no run is called"):
        find_run(store, "-0099")

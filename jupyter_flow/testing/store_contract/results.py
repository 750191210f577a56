"""Promises about results: what an attempt came to, found again by what it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from jupyter_flow.core.errors import ConflictError, NotFoundError
from jupyter_flow.core.fingerprints import Fingerprint
from jupyter_flow.core.ids import AttemptId, RunId, TaskKey
from jupyter_flow.core.run import Attempt, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.ports.cache import Result
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import (
    HARD_VALUES,
    LOAD,
    MINUTE,
    NOON,
    attempt_of,
    run_of,
    task_run_of,
)

from .base import StorePromises, leased, recorded


def fingerprint_of(notebook: str = "load.ipynb", **parts: Any) -> Fingerprint:
    """The fingerprint of a task, and what of it is said to be otherwise."""
    known = {"snapshot": "a", "code": "b", "folder": "/lab", "kernel": "python3", "environment": ""}
    return Fingerprint(notebook=notebook, **(known | parts))


def made(
    stores: Stores,
    run: str,
    key: TaskKey = LOAD,
    *,
    values: Mapping[str, Any] = HARD_VALUES,
    state: TaskState = TaskState.SUCCEEDED,
    attempts: tuple[Attempt, ...] = (attempt_of(outcome=Outcome.SUCCEEDED),),
    **fields: Any,
) -> AttemptId:
    """An attempt of *key* in a new run, which has ended."""
    task_run = task_run_of(key, *attempts, state=state, values=values, **fields)
    whole = run_of(run, state=RunState.SUCCEEDED, ended_at=NOON)
    stores.runs.create(whole.with_task_run(task_run))
    return AttemptId(run=RunId(run), key=key, number=1)


class ResultPromises(StorePromises):
    """Keeping and finding results."""

    def test_a_result_is_found_by_its_key(self, stores: Stores) -> None:
        origin, fingerprint = made(stores, "one"), fingerprint_of(parameters={"n": "1"})
        stores.results.keep(origin, fingerprint, now=NOON)

        assert stores.results.find(fingerprint.key) == Result(
            origin=origin, fingerprint=fingerprint, ended_at=NOON, values=HARD_VALUES
        )
        assert stores.results.find(fingerprint_of().key) is None

    def test_an_instance_of_a_mapped_task_has_its_own(self, stores: Stores) -> None:
        origin = made(stores, "one", TaskKey("train", 3))
        stores.results.keep(origin, fingerprint_of(), now=NOON)

        found = stores.results.find(fingerprint_of().key)
        assert found is not None
        assert found.origin.key == TaskKey("train", 3)

    def test_the_last_one_kept_for_a_key_counts(self, stores: Stores) -> None:
        for name in ("one", "two"):
            stores.results.keep(made(stores, name), fingerprint_of(), now=NOON)

        found = stores.results.find(fingerprint_of().key)
        assert found is not None
        assert found.origin.run == "two"

    def test_the_newest_of_a_gist_and_the_latest_of_a_notebook(self, stores: Stores) -> None:
        fingerprints = {
            "old": fingerprint_of(code="1"),
            "new": fingerprint_of(code="2"),
            "newer": fingerprint_of(parameters={"n": "1"}),
            "other": fingerprint_of("other.ipynb"),
        }
        for age, (name, each) in enumerate(fingerprints.items()):
            stores.results.keep(made(stores, name), each, now=NOON + age * MINUTE)

        newest = stores.results.newest(fingerprint_of().gist)
        latest = stores.results.latest("load.ipynb")
        assert newest is not None
        assert latest is not None
        assert (newest.origin.run, latest.origin.run) == ("new", "newer")
        assert stores.results.newest(fingerprint_of(folder="/x").gist) is None
        assert stores.results.latest("none.ipynb") is None

    @pytest.mark.parametrize(
        "since",
        [
            {"state": TaskState.FAILED},
            {"state": TaskState.PENDING},
            {"reason": "marked succeeded by hand"},
            {"attempts": (attempt_of(), attempt_of(number=2))},
        ],
        ids=["failed", "cleared", "marked", "again"],
    )
    def test_what_was_done_again_or_marked_is_no_result(
        self, stores: Stores, since: dict[str, Any]
    ) -> None:
        stores.results.keep(made(stores, "one", **since), fingerprint_of(), now=NOON)

        assert stores.results.find(fingerprint_of().key) is None
        assert stores.results.newest(fingerprint_of().gist) is None
        assert stores.results.latest("load.ipynb") is None

    def test_a_result_goes_with_its_run(self, stores: Stores) -> None:
        stores.results.keep(made(stores, "one"), fingerprint_of(), now=NOON)
        stores.runs.delete(RunId("one"), now=NOON)

        assert stores.results.find(fingerprint_of().key) is None
        with pytest.raises(NotFoundError):
            stores.runs.load(RunId("one"))

    def test_a_result_of_a_run_that_has_gone_is_not_kept(self, stores: Stores) -> None:
        origin = made(stores, "one")
        stores.runs.delete(origin.run, now=NOON)
        stores.results.keep(origin, fingerprint_of(), now=NOON)

        assert stores.results.find(fingerprint_of().key) is None

    def test_a_run_is_needed_while_another_has_restored_a_result_of_it(
        self, stores: Stores
    ) -> None:
        origin = made(stores, "one")
        made(stores, "two", state=TaskState.RESTORED, attempts=(), origin=origin)

        with pytest.raises(ConflictError, match="another run has restored a result of it"):
            stores.runs.delete(origin.run, now=NOON)
        stores.runs.delete(RunId("two"), now=NOON)
        stores.runs.delete(origin.run, now=NOON)

    def test_what_a_task_run_was_restored_from_is_kept(self, stores: Stores, run: Run) -> None:
        store, origin = stores.runs, AttemptId(run=RunId("x"), key=TaskKey("train", 0), number=7)
        restored = task_run_of(LOAD, state=TaskState.RESTORED, origin=origin)
        lease = leased(store, run, "ada")
        recorded(store, lease, run, [restored])

        assert store.load(run.id).task_runs[LOAD] == restored
        recorded(store, lease, run, [replace(restored, origin=None)])
        assert store.load(run.id).task_runs[LOAD].origin is None

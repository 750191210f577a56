"""Promises about pages of long lists: each run is seen once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from typing import Any, Protocol, TypeVar

import pytest

from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Cursor, RunStore
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, fired_run, run_of, task_run_of

from .base import StorePromises, leased, recorded


class _Listed(Protocol):
    @property
    def cursor(self) -> Cursor: ...


T = TypeVar("T", bound=_Listed)

#: Two runs were made each minute: the second one's id is greater.
_STATES = (RunState.SUCCEEDED, RunState.FAILED, RunState.QUEUED)
_NARROWED: dict[str, tuple[dict[str, Any], Callable[[int], bool]]] = {
    "all": ({}, lambda _: True),
    "a flow": ({"flow": "churn"}, lambda number: number % 2 == 0),
    "a state": ({"states": [RunState.FAILED]}, lambda number: number % 3 == 1),
    "states": (
        {"states": [RunState.QUEUED, RunState.FAILED]},
        lambda number: number % 3 != 0,
    ),
    "a flow and states": (
        {"flow": "churn", "states": [RunState.QUEUED, RunState.SUCCEEDED]},
        lambda number: number % 2 == 0 and number % 3 != 1,
    ),
    "a backfill": ({"backfill": "back"}, lambda number: number % 4 == 0),
}


def _run(number: int) -> Run:
    state = _STATES[number % 3]
    made: dict[str, Any] = {
        "flow": ("churn", "other")[number % 2],
        "state": state,
        "created_at": NOON + number // 2 * MINUTE,
        "ended_at": NOON + number // 2 * MINUTE if state.is_final else None,
    }
    if number % 4 == 0:
        return fired_run(f"run-{number:03}", NOON + number * MINUTE, backfill="back", **made)
    return run_of(f"run-{number:03}", **made)


def _through(page: Callable[[Cursor | None], Sequence[T]]) -> Iterator[Sequence[T]]:
    """One page after the other, until there is nothing more."""
    cursor = None
    while found := page(cursor):
        yield found
        cursor = found[-1].cursor


class PagePromises(StorePromises):
    """Going on after a place in a list."""

    @pytest.mark.parametrize("what", _NARROWED)
    @pytest.mark.parametrize("limit", [1, 2, 5])
    def test_each_run_is_seen_once_though_runs_arrive_between_two_pages(
        self, store: RunStore, what: str, limit: int
    ) -> None:
        narrowed, is_meant = _NARROWED[what]
        for number in range(24):
            store.create(_run(number))
        seen: list[str] = []
        later = count(24)
        pages = _through(lambda cursor: store.summaries(older_than=cursor, limit=limit, **narrowed))
        for page in pages:
            assert len(page) <= limit
            seen += [each.id for each in page]
            for number in islice(later, 2):
                store.create(_run(number))

        assert seen == [f"run-{number:03}" for number in reversed(range(24)) if is_meant(number)]

    def test_a_place_stays_when_its_run_is_deleted(self, store: RunStore) -> None:
        for number in (0, 3, 6):
            store.create(_run(number))
        first, *others = store.summaries()
        store.delete(first.id, now=NOON)

        assert store.summaries(older_than=first.cursor) == others

    def test_the_runs_of_a_flow_are_paged_with_their_tasks(self, store: RunStore) -> None:
        for number in range(12):
            store.create(_run(number))
        whole = store.states("churn"), store.past("churn", "load")
        states = _through(
            lambda cursor: [each.run for each in store.states("churn", older_than=cursor, limit=4)]
        )
        past = _through(
            lambda cursor: [
                each.run for each in store.past("churn", "load", older_than=cursor, limit=4)
            ]
        )

        assert [each for page in states for each in page] == [each.run for each in whole[0]]
        assert [each for page in past for each in page] == [each.run for each in whole[1]]
        older = whole[0][3].run.cursor
        assert store.states("churn", older_than=older) == whole[0][4:]
        assert store.past("churn", "load", older_than=older) == whole[1][4:]

    def test_what_has_ended_is_paged_while_it_is_deleted(self, store: RunStore) -> None:
        for number in range(12):
            store.create(_run(number))
        told = [each.run for each in store.ended()]
        seen: list[RunId] = []
        for page in _through(lambda cursor: store.ended(older_than=cursor, limit=3)):
            seen += [each.run for each in page]
            for each in page:
                store.delete(each.run, now=NOON)

        assert len(seen) == 8
        assert seen == told
        assert store.ended() == []

    # -- one run, and ids ----------------------------------------------------------------------

    def test_a_run_is_told_by_itself_as_lists_have_it(self, store: RunStore, run: Run) -> None:
        store.create(run_of("run-0"))
        (told,) = (each for each in store.summaries() if each.id == run.id)

        assert store.summary(run.id) == told
        with pytest.raises(NotFoundError, match="there is no run 'nobody'"):
            store.summary(RunId("nobody"))

    @pytest.mark.parametrize(
        ("prefix", "found"),
        [
            ("etl", "etl\ud7ff2 etl_2 etl_1 etl%4"),
            ("etl_", "etl_2 etl_1"),
            ("etl%", "etl%4"),
            ("etl_2", "etl_2"),
            ("etl\ud7ff", "etl\ud7ff2"),
            ("ETL", "ETL_3"),
            ("etl_3", ""),
            ("\U0010ffff", "\U0010ffff1"),
        ],
    )
    def test_ids_are_found_by_how_they_begin(
        self, store: RunStore, prefix: str, found: str
    ) -> None:
        for name in ("etl_1", "etl_2", "ETL_3", "etl%4", "etl\ud7ff2", "\U0010ffff1", "et"):
            store.create(run_of(name))

        assert store.named(prefix) == found.split()
        assert store.named(prefix, limit=1) == found.split()[:1]
        assert len(store.named("")) == 7

    # -- counts --------------------------------------------------------------------------------

    def test_tasks_are_counted_anew_when_an_ended_run_goes_on(self, store: RunStore) -> None:
        run = run_of()
        store.create(run)
        lease = leased(store, run, "ada")
        states = (TaskState.RUNNING, TaskState.SUCCEEDED, TaskState.QUEUED)
        runs = (RunState.RUNNING, RunState.SUCCEEDED, RunState.RUNNING)
        told = []
        for state, state_of_run in zip(states, runs, strict=True):
            run = replace(run, state=state_of_run)
            run, _ = recorded(store, lease, run, [task_run_of(LOAD, state=state)])
            told.append(store.summary(run.id).tasks)

        assert told == [{"pending": 2, each.value: 1} for each in states]

    def test_instances_are_counted_when_their_run_ends(self, store: RunStore) -> None:
        run = run_of()
        store.create(run)
        lease = leased(store, run, "ada")
        done = [task_run_of(TaskKey("train", n), state=TaskState.SUCCEEDED) for n in range(3)]
        ended = replace(run, state=RunState.FAILED, ended_at=NOON)
        recorded(store, lease, ended, done, removed=[TaskKey("train")])

        assert store.summary(run.id).tasks == {"pending": 2, "succeeded": 3}
        assert store.summaries(states=[RunState.FAILED])[0].tasks == {"pending": 2, "succeeded": 3}

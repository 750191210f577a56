"""Promises about fire times: each gets one run in its series, whoever makes it."""

from __future__ import annotations

import pytest

from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.run import Fired, Run
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.testing.samples import MINUTE, NOON, fired_run, run_of

from .base import OpenStore, StorePromises
from .sharing import at_once


class FiredPromises(StorePromises):
    """Runs that were made for a moment."""

    def test_what_a_run_was_made_for_is_kept(self, store: RunStore) -> None:
        plain, fired = run_of("plain"), fired_run("fired", backfill="back-1", most=3)
        for run in (plain, fired):
            store.create(run)

        assert store.load(fired.id) == fired
        assert store.load(plain.id).fired is None
        told = {summary.id: summary.fired for summary in store.summaries()}
        assert told == {"plain": None, "fired": fired.fired}

    def test_a_fire_time_gets_one_run(self, store: RunStore) -> None:
        store.create(fired_run("a"))

        with pytest.raises(ConflictError, match="'daily' has a run for 2026-03-29T12:00"):
            store.create(fired_run("b"))
        assert [summary.id for summary in store.summaries()] == ["a"]

    def test_every_series_has_its_own_fire_times(self, store: RunStore) -> None:
        store.create(fired_run("a"))
        store.create(fired_run("b", series="other"))
        store.create(fired_run("c", NOON + MINUTE))

        assert len(store.summaries()) == 3

    def test_of_new_runs_those_are_kept_whose_fire_time_has_none(self, store: RunStore) -> None:
        store.create(fired_run("old", NOON + MINUTE))
        wanted = [fired_run(f"new-{number}", NOON + number * MINUTE) for number in range(4, -1, -1)]
        twice = fired_run("twice", NOON)

        kept = store.create_fired([*wanted, run_of("unfired"), twice])
        assert kept == ["new-4", "new-3", "new-2", "new-0", "unfired"]
        assert [store.load(run).id for run in kept] == kept
        assert len(store.summaries()) == len(kept) + 1

    def test_making_them_again_makes_none_even_with_the_same_ids(self, store: RunStore) -> None:
        wanted = [fired_run(f"run-{number}", NOON + number * MINUTE) for number in range(3)]
        store.create_fired(wanted)

        assert store.create_fired(wanted) == []
        assert store.create_fired([]) == []
        assert len(store.summaries()) == 3

    def test_when_an_id_is_taken_none_is_kept(self, store: RunStore, run: Run) -> None:
        wanted = [fired_run("new"), fired_run(run.id, NOON + MINUTE)]

        with pytest.raises(ConflictError, match=f"there is a run '{run.id}' already"):
            store.create_fired(wanted)
        assert [summary.id for summary in store.summaries()] == [run.id]

    def test_of_many_who_make_the_same_runs_one_makes_each(self, open_store: OpenStore) -> None:
        def make(number: int) -> list[str]:
            runs = [fired_run(f"{number}-{at}", NOON + at * MINUTE) for at in range(8)]
            # As a schedule and a backfill may come from opposite ends.
            return [*stores[number].create_fired(runs if number % 2 else runs[::-1])]

        stores = [open_store() for _ in range(6)]
        made = [run for runs in at_once(make) for run in runs]

        assert len(made) == 8
        kept = {summary.id for summary in stores[0].summaries()}
        assert kept == set(made)

    def test_a_backfill_finds_the_runs_that_it_wants(self, store: RunStore) -> None:
        for number in range(3):
            at = NOON + number * MINUTE
            store.create(fired_run(f"run-{number}", at, created_at=at, backfill="back-1"))
        store.create(fired_run("other", NOON - MINUTE, backfill="back-2"))
        store.create(fired_run("plain", NOON - 2 * MINUTE))

        found = store.summaries(backfill="back-1")
        assert [summary.id for summary in found] == ["run-2", "run-1", "run-0"]
        assert store.summaries(backfill="back-3") == []

    def test_a_backfill_may_want_a_run_that_is_there(self, store: RunStore, run: Run) -> None:
        fired = Fired(series="daily", at=NOON, backfill="back-1", most=2)
        store.adopt(run.id, fired)

        assert store.load(run.id).fired == fired
        assert [summary.fired for summary in store.summaries(backfill="back-1")] == [fired]
        assert store.create_fired([fired_run("new")]) == []

    def test_a_run_that_was_fired_is_adopted_too(self, store: RunStore) -> None:
        run = fired_run("daily-1")
        store.create(run)
        fired = Fired(series="daily", at=NOON, backfill="back-1")
        store.adopt(run.id, fired)

        assert store.load(run.id).fired == fired

    def test_no_run_is_adopted_for_a_fire_time_that_has_another(
        self, store: RunStore, run: Run
    ) -> None:
        store.create(fired_run("daily-1"))

        with pytest.raises(ConflictError, match="'daily' has a run"):
            store.adopt(run.id, Fired(series="daily", at=NOON, backfill="back-1"))
        assert store.load(run.id) == run

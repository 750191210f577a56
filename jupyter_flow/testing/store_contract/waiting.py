"""Promises about runs that want a driver, and about finding runs by their logical time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_flow.core.events import CancelRequested, RepairRequested
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import RunStore, Waiting
from jupyter_flow.testing.samples import (
    MINUTE,
    NOON,
    SECOND,
    fired_run,
    limited_plan,
    plan_of,
    run_of,
)

from .base import StorePromises, leased

_DAY = timedelta(days=1)


class WaitingPromises(StorePromises):
    """Which runs are to be taken up, and in which order."""

    def test_nothing_waits_in_an_empty_store(self, store: RunStore) -> None:
        assert store.waiting(now=NOON) == []

    def test_a_new_run_waits(self, store: RunStore, run: Run) -> None:
        waiting = Waiting(run=run.id, flow="churn", state=RunState.QUEUED)

        assert store.waiting(now=NOON) == [waiting]

    def test_a_run_that_somebody_holds_waits_when_the_lease_has_ended(
        self, store: RunStore, run: Run
    ) -> None:
        lease = leased(store, run, "ada")
        assert store.waiting(now=NOON + MINUTE - SECOND) == []
        assert waiting(store, now_after=MINUTE) == ["run-1"]
        store.release(lease)

        assert waiting(store) == ["run-1"]

    @pytest.mark.parametrize("state", [state for state in RunState if state.is_final])
    def test_an_ended_run_waits_only_when_something_is_asked_of_it(
        self, store: RunStore, state: RunState
    ) -> None:
        run = run_of(state=state, ended_at=NOON)
        store.create(run)
        assert store.waiting(now=NOON) == []
        store.ask(run.id, RepairRequested(), now=NOON)
        store.ask(run.id, CancelRequested(), now=NOON)

        assert [(each.run, each.state) for each in store.waiting(now=NOON)] == [(run.id, state)]

    def test_those_that_have_started_come_first_then_the_oldest(self, store: RunStore) -> None:
        fields = {
            "queued late": (2, RunState.QUEUED),
            "queued early": (0, RunState.QUEUED),
            "queued early too": (0, RunState.QUEUED),
            "running": (3, RunState.RUNNING),
            "cancelling": (1, RunState.CANCELLING),
            "failed": (4, RunState.FAILED),
            "succeeded": (0, RunState.SUCCEEDED),
        }
        for name, (age, state) in fields.items():
            store.create(run_of(name, created_at=NOON + age * MINUTE, state=state))
        store.ask(run_of("failed").id, RepairRequested(), now=NOON)

        started = ["cancelling", "running", "failed"]
        queued = ["queued early", "queued early too", "queued late"]
        assert waiting(store) == started + queued
        assert waiting(store, limit=2) == started[:2]

    def test_those_for_which_there_is_no_room_come_last_and_say_so(self, store: RunStore) -> None:
        store.create(run_of("active", plan=limited_plan(1), state=RunState.RUNNING))
        for age, name in enumerate("abc"):
            at = NOON + age * MINUTE
            store.create(
                run_of(name, plan=limited_plan(1), created_at=NOON - _DAY, logical_date=at)
            )
        store.create(run_of("other", flow="other"))
        store.create(fired_run("back-a", backfill="back", most=1, state=RunState.RUNNING))
        store.create(fired_run("back-b", NOON + MINUTE, backfill="back", most=1))

        told = [(each.run, each.is_crowded) for each in store.waiting(now=NOON)]
        free = [("active", False), ("back-a", False), ("other", False)]
        assert told == free + [(name, True) for name in ("a", "b", "c", "back-b")]
        assert waiting(store, limit=3) == ["active", "back-a", "other"]


class FindingPromises(StorePromises):
    """Runs by their logical time."""

    def test_the_run_before_is_that_of_the_same_flow_with_the_latest_logical_time(
        self, store: RunStore
    ) -> None:
        elsewhere = Plan(flow=plan_of().flow, targets={}, origin="/elsewhere.ipynb::churn")
        for name, days in {"a": 1, "b": 3, "c": 2, "d": 4}.items():
            store.create(run_of(name, logical_date=NOON + days * _DAY))
        store.create(run_of("b2", logical_date=NOON + 3 * _DAY, created_at=NOON + MINUTE))
        store.create(run_of("x", flow="other", logical_date=NOON + 3.5 * _DAY))
        store.create(run_of("y", plan=elsewhere, logical_date=NOON + 3.5 * _DAY))

        before = store.before(run_of("d").id)
        assert before == store.load(run_of("b2").id)
        chain = [run and run.id for run in (store.before(run_of(name).id) for name in "bca")]
        assert chain == ["c", "a", None]

    def test_the_newest_run_at_each_logical_time_is_found(self, store: RunStore) -> None:
        for name, days, age in [("a1", 1, 0), ("a2", 1, 2), ("a3", 1, 1), ("b1", 2, 0)]:
            created_at = NOON + age * MINUTE
            store.create(run_of(name, logical_date=NOON + days * _DAY, created_at=created_at))
        store.create(run_of("x", flow="other", logical_date=NOON + _DAY))

        moments = [NOON + days * _DAY for days in (3, 2, 1)]
        found = store.at("churn", None, moments)
        assert [summary.id for summary in found] == ["a2", "b1"]
        told = {summary.id: summary for summary in store.summaries()}
        assert found == [told[each.id] for each in found]
        assert store.at("churn", None, []) == []

    def test_runs_of_one_origin_are_found_by_it(self, store: RunStore) -> None:
        plan = Plan(flow=Flow(name="churn"), targets={}, origin="/elsewhere.ipynb::churn")
        store.create(run_of("a"))
        store.create(run_of("b", plan=plan, created_at=NOON + MINUTE))

        origins = [plan_of().origin, plan.origin, "/nowhere.ipynb::churn", None]
        found = [[each.id for each in store.at("churn", origin, [NOON])] for origin in origins]
        assert found == [["a"], ["b"], [], ["b"]]

    def test_a_thousand_moments_are_not_too_many(self, store: RunStore, run: Run) -> None:
        moments = [NOON + number * SECOND for number in range(-1000, 1000)]

        assert [each.id for each in store.at("churn", None, moments)] == [run.id]


def waiting(store: RunStore, *, now_after: timedelta = timedelta(0), limit: int = 50) -> list[str]:
    """The runs that wait, in their order."""
    return [each.run for each in store.waiting(now=NOON + now_after, limit=limit)]

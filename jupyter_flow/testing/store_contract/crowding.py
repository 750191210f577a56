"""Promises about room: how many runs of a flow, or of a backfill, are active at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from jupyter_flow.core.events import CancelRequested, RepairRequested
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.testing.samples import (
    LOAD,
    MINUTE,
    NOON,
    REPORT,
    SECOND,
    TRAIN,
    fired_run,
    limited_plan,
    run_of,
)

from .base import OpenStore, StorePromises, leased, recorded
from .sharing import at_once

_LATER = NOON + MINUTE


def limited_run(name: str, most: int = 1, **fields: Any) -> Run:
    """A run of a flow of which *most* runs may be active."""
    return run_of(name, plan=limited_plan(most), **fields)


def one_waits(beside: TaskState = TaskState.PENDING) -> list[TaskRun]:
    """Tasks of a run, of which one waits."""
    tasks = {LOAD: TaskState.WAITING, TRAIN: beside, REPORT: TaskState.PENDING}
    return [TaskRun(key=key, state=state) for key, state in tasks.items()]


class CrowdingPromises(StorePromises):
    """When a lease is refused although nobody holds the run."""

    def test_no_more_runs_of_a_flow_are_leased_than_may_be_active(self, store: RunStore) -> None:
        for name in ("a", "b", "c"):
            store.create(limited_run(name, 2))
        leased(store, limited_run("a"), "ada")
        leased(store, limited_run("b"), "bob")

        assert take(store, "c") is None
        assert is_crowded(store) == ["c"]

    @pytest.mark.parametrize("state", [RunState.RUNNING, RunState.CANCELLING])
    def test_a_run_that_has_started_takes_room_whoever_holds_it(
        self, store: RunStore, state: RunState
    ) -> None:
        store.create(limited_run("a", state=state))
        store.create(limited_run("b"))

        assert take(store, "b") is None

    def test_there_is_room_again_when_a_run_has_ended(self, store: RunStore) -> None:
        run = limited_run("a")
        store.create(run)
        store.create(limited_run("b"))
        lease = leased(store, run, "ada")
        ended = limited_run("a", state=RunState.SUCCEEDED, ended_at=NOON)
        recorded(store, lease, ended)
        assert take(store, "b") is None, "it is still leased"
        store.release(lease)

        assert take(store, "b") is not None

    def test_a_lease_that_ended_before_the_run_started_takes_no_room(self, store: RunStore) -> None:
        store.create(limited_run("a"))
        store.create(limited_run("b"))
        leased(store, limited_run("a"), "ada")

        assert take(store, "b", now=_LATER) is not None
        assert take(store, "a", "cleo", now=_LATER) is None

    def test_a_run_that_has_started_is_taken_over_however_many_there_are(
        self, store: RunStore
    ) -> None:
        for name in ("a", "b"):
            store.create(limited_run(name, state=RunState.RUNNING))

        assert take(store, "a") is not None
        assert take(store, "b") is not None
        assert is_crowded(store) == []

    def test_an_owner_keeps_what_it_holds_however_many_there_are(self, store: RunStore) -> None:
        store.create(limited_run("a"))
        lease = leased(store, limited_run("a"), "ada")
        store.create(limited_run("b", state=RunState.RUNNING))

        assert take(store, "a", "ada") == lease

    def test_an_ended_run_that_is_to_be_mended_needs_room_too(self, store: RunStore) -> None:
        store.create(limited_run("a", state=RunState.FAILED, ended_at=NOON))
        store.create(limited_run("b", state=RunState.RUNNING))

        assert take(store, "a") is None

    def test_a_run_that_only_waits_is_in_the_way_of_later_ones_alone(self, store: RunStore) -> None:
        store.create(limited_run("b", state=RunState.RUNNING, task_runs=one_waits()))
        for name, at in (("a", NOON - MINUTE), ("c", NOON + MINUTE)):
            failed = limited_run(name, logical_date=at, state=RunState.FAILED, ended_at=NOON)
            store.create(failed)
            store.ask(run_of(name).id, RepairRequested(), now=NOON)

        assert is_crowded(store) == ["c"]
        told = {each.run: each.is_crowded for each in store.waiting(now=NOON)}
        assert told == {"a": False, "b": False, "c": True}
        assert take(store, "c") is None
        assert take(store, "a") is not None

    def test_a_run_of_a_backfill_that_only_waits_is_in_the_way_of_later_ones_alone(
        self, store: RunStore
    ) -> None:
        for number, name in enumerate("abc"):
            state, tasks = (RunState.RUNNING, one_waits()) if name == "b" else (RunState.QUEUED, ())
            made: dict[str, Any] = {"backfill": "back-1", "most": 1, "state": state}
            store.create(fired_run(name, NOON + number * MINUTE, task_runs=tasks, **made))

        assert is_crowded(store) == ["c"]
        told = {each.run: each.is_crowded for each in store.waiting(now=NOON)}
        assert told == {"a": False, "b": False, "c": True}

    def test_a_run_that_waits_and_works_is_in_the_way_of_all(self, store: RunStore) -> None:
        works = TaskState.RUNNING
        store.create(limited_run("b", state=RunState.RUNNING, task_runs=one_waits(beside=works)))
        store.create(limited_run("a", logical_date=NOON - MINUTE))

        assert is_crowded(store) == ["a"]
        assert [each.is_crowded for each in store.waiting(now=NOON)] == [False, True]

    @pytest.mark.parametrize(
        "other",
        [
            run_of("b", flow="other", state=RunState.RUNNING),
            run_of("b", plan=limited_plan(1, "other"), state=RunState.RUNNING),
            limited_run("b", state=RunState.SUCCEEDED, ended_at=NOON),
            limited_run("b"),
        ],
        ids=["another flow", "another with a limit", "ended", "queued"],
    )
    def test_only_active_runs_of_the_same_flow_take_room(self, store: RunStore, other: Run) -> None:
        store.create(limited_run("a"))
        store.create(other)

        assert take(store, "a") is not None

    def test_a_flow_of_the_same_name_that_is_written_elsewhere_is_another(
        self, store: RunStore
    ) -> None:
        plan = limited_plan(1)
        elsewhere = type(plan)(flow=plan.flow, targets=plan.targets, origin="/other.ipynb::churn")
        store.create(run_of("b", plan=elsewhere, state=RunState.RUNNING))
        store.create(limited_run("a"))

        assert take(store, "a") is not None

    def test_no_more_runs_of_a_backfill_are_leased_than_may_be_active(
        self, store: RunStore
    ) -> None:
        for number, name in enumerate("abc"):
            at = NOON + number * MINUTE
            store.create(fired_run(name, at, backfill="back-1", most=2))
        store.create(fired_run("d", NOON + 9 * MINUTE, backfill="back-2", most=1))

        assert [take(store, name) is not None for name in "abcd"] == [True, True, False, True]
        assert is_crowded(store) == ["c"]

    def test_a_run_that_is_to_be_stopped_need_not_wait_for_room(self, store: RunStore) -> None:
        store.create(limited_run("active", state=RunState.RUNNING))
        store.create(limited_run("a"))
        store.ask(run_of("a").id, CancelRequested(keys=(LOAD,)), now=NOON)
        assert is_crowded(store) == ["a"], "only a task of it is to be stopped"
        store.ask(run_of("a").id, CancelRequested(), now=NOON)

        told = [(each.run, each.is_crowded) for each in store.waiting(now=NOON)]
        assert told == [("active", False), ("a", False)]
        assert is_crowded(store) == []
        assert take(store, "a") is not None

    def test_of_many_who_ask_at_once_as_many_get_it_as_there_is_room_for(
        self, open_store: OpenStore, store: RunStore
    ) -> None:
        names = [f"run-{number}" for number in range(6)]
        for name in names:
            store.create(limited_run(name, 2))
        stores = [open_store() for _ in names]
        got = at_once(lambda number: take(stores[number], names[number], f"owner {number}"))

        assert sum(lease is not None for lease in got) == 2

    def test_of_many_of_a_backfill_at_once_as_many_get_it_as_there_is_room_for(
        self, open_store: OpenStore, store: RunStore
    ) -> None:
        names = [f"run-{number}" for number in range(6)]
        for number, name in enumerate(names):
            at = NOON + number * MINUTE
            store.create(fired_run(name, at, backfill="back-1", most=3, plan=limited_plan(5)))
        stores = [open_store() for _ in names]
        got = at_once(lambda number: take(stores[number], names[number], f"owner {number}"))

        assert sum(lease is not None for lease in got) == 3


class HoldingPromises(StorePromises):
    """A new run may be held for whoever made it."""

    def test_nobody_else_takes_a_run_that_its_maker_holds(self, store: RunStore) -> None:
        run = run_of()
        store.create(run, owner="ada", now=NOON, duration=MINUTE)
        holder = store.holder(run.id, now=NOON)

        assert store.load(run.id) == run
        assert holder is not None
        assert holder.owner == "ada"
        assert take(store, run.id, "bob", now=_LATER - SECOND) is None
        assert store.waiting(now=_LATER - SECOND) == []

    def test_its_maker_takes_it(self, store: RunStore) -> None:
        store.create(run_of(), owner="ada", now=NOON, duration=MINUTE)
        lease = leased(store, run_of(), "ada")

        assert lease.token > 0
        assert leased(store, run_of(), "ada", now=NOON + SECOND) == lease

    def test_what_its_maker_leaves_is_anybodys(self, store: RunStore) -> None:
        store.create(run_of(), owner="ada", now=NOON, duration=MINUTE)

        assert [each.run for each in store.waiting(now=_LATER)] == ["run-1"]
        assert leased(store, run_of(), "bob", now=_LATER).owner == "bob"

    def test_a_run_that_is_only_held_takes_no_room(self, store: RunStore) -> None:
        store.create(limited_run("a"), owner="ada", now=NOON, duration=MINUTE)
        store.create(limited_run("b"))

        assert take(store, "b") is not None
        assert take(store, "a", "ada") is None, "there is no room any more"

    def test_whoever_holds_a_run_says_for_how_long(self, store: RunStore) -> None:
        with pytest.raises(TypeError):
            store.create(run_of(), owner="ada")
        assert store.summaries() == []


def take(store: RunStore, name: str, owner: str = "zoe", now: datetime = NOON) -> Lease | None:
    """What *owner* gets who asks for the run called *name*."""
    return store.lease(run_of(name).id, owner, now=now, duration=MINUTE)


def is_crowded(store: RunStore) -> list[str]:
    """The runs that must wait for others."""
    ids = [summary.id for summary in store.summaries()]
    return [run for run in ids if store.is_crowded(run, now=NOON)]

"""Promises about clearing away: what has ended may go, with all that hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.errors import ConflictError, NotFoundError
from jupyter_flow.core.events import ClearRequested, RepairRequested
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Parent, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Ended, RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import (
    LOAD,
    MINUTE,
    NOON,
    alert_of,
    attempt_of,
    fired_run,
    plan_of,
    run_of,
    schedule_of,
    target_of,
    task_run_of,
)

from .base import StorePromises, leased, recorded

_ENDED: dict[str, Any] = {"state": RunState.FAILED, "ended_at": NOON}


def _alerted(stores: Stores) -> None:
    lease = leased(stores.runs, run_of(), "ada")
    recorded(stores.runs, lease, run_of(**_ENDED), alerts=[alert_of()])
    stores.runs.release(lease)


_NEEDED: Mapping[str, Callable[[Stores], object]] = {
    "a process holds it": lambda stores: leased(stores.runs, run_of(), "ada"),
    "something is asked of it": lambda stores: stores.runs.ask(
        run_of().id, RepairRequested(), now=NOON
    ),
    "an alert about it is still to be sent": _alerted,
}


class ClearingPromises(StorePromises):
    """Finding and forgetting what has ended."""

    def test_ended_runs_are_told_the_latest_end_first(self, store: RunStore) -> None:
        ends = {"a": 1, "b": 3, "c": 2}
        for name, age in ends.items():
            state, ended_at = RunState.SUCCEEDED, NOON + age * MINUTE
            store.create(run_of(name, flow=f"flow_{name}", state=state, ended_at=ended_at))
        store.create(run_of("live", state=RunState.RUNNING))
        store.create(run_of("new"))

        found = store.ended()
        assert [each.run for each in found] == ["b", "c", "a"]
        origin = plan_of("flow_b").origin
        assert found[0] == Ended(
            run=run_of("b").id, flow="flow_b", origin=origin, ended_at=NOON + 3 * MINUTE
        )

    def test_a_deleted_run_is_gone_with_all_of_it(self, stores: Stores, run: Run) -> None:
        store = stores.runs
        lease = leased(store, run, "ada")
        recorded(store, lease, replace(run, **_ENDED), [task_run_of(LOAD)], alerts=[alert_of()])
        store.release(lease)
        (alert,) = stores.alerts.take_due("ada", now=NOON, duration=MINUTE)
        stores.alerts.sent(alert.id, "ada", now=NOON)
        store.delete(run.id, now=NOON)

        with pytest.raises(NotFoundError):
            store.load(run.id)
        assert store.summaries() == []
        store.create(run)
        assert store.journal(run.id) == []
        assert store.load(run.id) == run
        assert list(stores.alerts.of_run(run.id)) == []

    def test_only_that_run_is_deleted(self, store: RunStore) -> None:
        store.create(run_of(**_ENDED))
        other = run_of("run-2", **_ENDED)
        store.create(other)
        store.delete(run_of().id, now=NOON)

        assert store.load(other.id) == other

    @pytest.mark.parametrize("state", [state for state in RunState if not state.is_final])
    def test_a_run_that_has_not_ended_is_not_deleted(
        self, store: RunStore, state: RunState
    ) -> None:
        run = run_of(state=state)
        store.create(run)

        with pytest.raises(ConflictError, match="it has not ended") as caught:
            store.delete(run.id, now=NOON)
        assert caught.value.code == "JF319"
        assert store.load(run.id) == run

    @pytest.mark.parametrize("why", _NEEDED)
    def test_a_run_that_is_needed_is_not_deleted(self, stores: Stores, why: str) -> None:
        stores.runs.create(run_of(**_ENDED))
        _NEEDED[why](stores)

        with pytest.raises(ConflictError, match=why) as caught:
            stores.runs.delete(run_of().id, now=NOON)
        assert caught.value.code == "JF319"
        assert stores.runs.load(run_of().id).id == "run-1"

    def test_a_part_of_a_run_goes_after_it(self, store: RunStore) -> None:
        whole = run_of("whole", **_ENDED)
        part = run_of("part", parent=Parent(run=whole.id, key=TaskKey("sub", 2)), **_ENDED)
        store.create(whole)
        store.create(part)

        assert store.load(part.id) == part
        assert {each.id: each.parent for each in store.summaries()} == {
            whole.id: None,
            part.id: part.parent,
        }
        with pytest.raises(ConflictError, match="it is a part of a run that is kept"):
            store.delete(part.id, now=NOON)
        store.delete(whole.id, now=NOON)
        store.delete(part.id, now=NOON)

        assert store.summaries() == []

    def test_snapshots_of_the_flows_within_a_flow_are_needed(self, store: RunStore) -> None:
        inner = _plan_from("5")
        store.create(run_of("run", plan=replace(_plan_from("4"), children={"sub": inner})))

        assert {"4" * 64, "5" * 64} <= store.digests()

    def test_a_run_whose_alert_was_given_up_may_go(self, stores: Stores) -> None:
        stores.runs.create(run_of(**_ENDED))
        _alerted(stores)
        (alert,) = stores.alerts.take_due("ada", now=NOON, duration=MINUTE)
        stores.alerts.give_up(alert.id, "ada", error="no such host", now=NOON)
        stores.runs.delete(run_of().id, now=NOON)

        assert stores.runs.summaries() == []

    def test_a_fire_time_whose_run_was_deleted_may_get_another(self, store: RunStore) -> None:
        store.create(fired_run("a", **_ENDED))
        store.delete(run_of("a").id, now=NOON)

        assert store.create_fired([fired_run("b")]) == ["b"]

    def test_snapshots_are_needed_by_runs_by_requests_and_by_pinned_schedules(
        self, stores: Stores
    ) -> None:
        assert stores.runs.digests() == set()
        stores.runs.create(run_of("old", plan=_plan_from("1"), **_ENDED))
        stores.runs.create(run_of("new", plan=_plan_from("2")))
        three, four = ({"load": target_of(digest=digit * 64)} for digit in "34")
        for asked in (RepairRequested(targets=three), ClearRequested(tasks=(), targets=four)):
            stores.runs.ask(run_of("old").id, asked, now=NOON)
        stores.schedules.put(schedule_of("follows"))
        stores.schedules.put(schedule_of("pinned", plan=_plan_from("5")))

        assert stores.runs.digests() == {digit * 64 for digit in "12345"}

    def test_artifacts_are_needed_by_task_runs_that_made_them_or_were_given_them(
        self, stores: Stores
    ) -> None:
        assert stores.runs.artifacts() == set()
        made, item, given, kept, gone = (
            ArtifactRef(digest=digit * 64, format="npy", size=1, name="ä") for digit in "12345"
        )
        values = {"deep": {"in": [made.as_json()]}, "text": '"$artifact"'}
        attempt = attempt_of(parameters={"all": [given.as_json(), "$"]})
        task_runs = {
            "live": task_run_of(LOAD, attempt, values=values, item={"x": item.as_json()}),
            "kept": task_run_of(values={"y": kept.as_json()}),
            "gone": task_run_of(values={"y": gone.as_json()}),
        }
        for name, task_run in task_runs.items():
            stores.runs.create(run_of(name))
            lease = stores.runs.lease(RunId(name), "ada", now=NOON, duration=MINUTE)
            assert lease is not None
            ended = run_of(name, **({} if name == "live" else _ENDED))
            recorded(stores.runs, lease, ended, changed=[task_run])
            stores.runs.release(lease)
        stores.runs.delete(run_of("gone").id, now=NOON)

        assert stores.runs.artifacts() == {each.file for each in (made, item, given, kept)}


def _plan_from(digit: str) -> Plan:
    plan = plan_of()
    targets = dict.fromkeys(plan.targets, target_of(digest=digit * 64))
    return replace(plan, targets=targets)

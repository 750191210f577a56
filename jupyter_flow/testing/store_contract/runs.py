"""Promises about runs: what was created is loaded, and lists show it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import timedelta, timezone
from typing import Any

import pytest

from jupyter_flow.core.errors import ConflictError, NotFoundError
from jupyter_flow.core.events import CancelRequested, RunStarted
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Fired, Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.testing.samples import (
    HARD_VALUES,
    LOAD,
    MINUTE,
    NOON,
    REPORT,
    attempt_of,
    failed_attempt,
    run_of,
    task_run_of,
)

from .base import StorePromises

_NOBODY = RunId("nobody")
_LEASE = Lease(run=_NOBODY, owner="ada", token=1)

_EVERYTHING: Mapping[str, Callable[[RunStore], Any]] = {
    "load": lambda store: store.load(_NOBODY),
    "load_with_seq": lambda store: store.load_with_seq(_NOBODY),
    "lease": lambda store: store.lease(_NOBODY, "ada", now=NOON, duration=MINUTE),
    "holder": lambda store: store.holder(_NOBODY, now=NOON),
    "renew": lambda store: store.renew(_LEASE, now=NOON, duration=MINUTE),
    "release": lambda store: store.release(_LEASE),
    "record": lambda store: store.record(
        _LEASE, run_of(_NOBODY), RunStarted(), changed=(), moves=(), after=0, now=NOON
    ),
    "last_entry": lambda store: store.last_entry(_NOBODY),
    "journal": lambda store: store.journal(_NOBODY),
    "is_crowded": lambda store: store.is_crowded(_NOBODY, now=NOON),
    "before": lambda store: store.before(_NOBODY),
    "adopt": lambda store: store.adopt(_NOBODY, Fired(series="daily", at=NOON)),
    "delete": lambda store: store.delete(_NOBODY, now=NOON),
    "ask": lambda store: store.ask(_NOBODY, CancelRequested(), now=NOON),
    "requests": lambda store: store.requests(_NOBODY),
    "dismiss": lambda store: store.dismiss(_LEASE, 1),
}


class RunPromises(StorePromises):
    """Creating, loading and listing."""

    def test_a_run_is_loaded_as_it_was_created(self, store: RunStore) -> None:
        run = run_of()
        store.create(run)

        assert store.load(run.id) == run

    def test_a_run_that_has_a_history_is_kept_with_all_of_it(self, store: RunStore) -> None:
        run = run_of(
            state=RunState.FAILED,
            started_at=NOON,
            ended_at=NOON + MINUTE,
            reason="'load' failed",
            task_runs=[
                task_run_of(LOAD, failed_attempt(1), failed_attempt(2), state=TaskState.FAILED),
                task_run_of(TaskKey("train", 0), attempt_of(), item={"model": "logit"}),
                task_run_of(TaskKey("train", 1), state=TaskState.QUEUED, item={"model": "forest"}),
                task_run_of(REPORT, state=TaskState.WAITING, due_at=NOON, reason="too early"),
            ],
        )
        store.create(run)

        assert store.load(run.id) == run

    def test_a_flow_without_tasks_makes_a_run_too(self, store: RunStore) -> None:
        run = run_of(plan=Plan(flow=Flow(name="empty"), targets={}))
        store.create(run)

        assert store.load(run.id) == run

    def test_parameters_may_be_any_json(self, store: RunStore) -> None:
        run = run_of(params=HARD_VALUES)
        store.create(run)

        assert store.load(run.id).params == HARD_VALUES

    def test_parameters_may_be_nan(self, store: RunStore) -> None:
        store.create(run_of(params={"x": [math.nan]}))

        assert math.isnan(store.load(RunId("run-1")).params["x"][0])

    def test_moments_are_the_same_instants_wherever_they_were_said(self, store: RunStore) -> None:
        kathmandu = timezone(timedelta(hours=5, minutes=45))
        said = NOON.replace(tzinfo=kathmandu, microsecond=1)
        store.create(run_of(logical_date=said))

        kept = store.load(RunId("run-1")).logical_date
        assert kept == said
        assert kept.tzinfo is not None

    def test_an_id_is_given_once(self, store: RunStore, run: Run) -> None:
        with pytest.raises(ConflictError, match="run-1"):
            store.create(run_of(run.id, flow="other"))

        assert store.load(run.id) == run

    @pytest.mark.parametrize("ask", _EVERYTHING.values(), ids=_EVERYTHING)
    def test_nothing_can_be_asked_of_a_run_that_is_not_there(
        self, store: RunStore, ask: Callable[[RunStore], Any]
    ) -> None:
        with pytest.raises(NotFoundError, match="there is no run 'nobody'") as caught:
            ask(store)

        assert caught.value.code == "JF404"

    def test_an_empty_store_has_no_summaries(self, store: RunStore) -> None:
        assert store.summaries() == []

    def test_a_summary_tells_what_the_run_is(self, store: RunStore) -> None:
        run = run_of(
            state=RunState.FAILED, started_at=NOON, ended_at=NOON + MINUTE, reason="a leaf failed"
        )
        store.create(run)

        (summary,) = store.summaries()
        told = {name: getattr(summary, name) for name in ("id", "state", "reason", "logical_date")}
        assert told == {name: getattr(run, name) for name in told}
        assert (summary.created_at, summary.started_at) == (run.created_at, run.started_at)
        assert (summary.ended_at, summary.flow) == (run.ended_at, "churn")
        assert summary.origin == run.plan.origin

    def test_a_summary_counts_the_task_runs_by_state(self, store: RunStore) -> None:
        instances = [task_run_of(TaskKey("train", index)) for index in range(3)]
        done = task_run_of(LOAD, state=TaskState.SUCCEEDED)
        store.create(run_of("full", task_runs=[done, *instances]))
        store.create(run_of("empty", plan=Plan(flow=Flow(name="empty"), targets={})))

        counts = {summary.id: summary.tasks for summary in store.summaries()}
        assert counts == {"full": {"running": 3, "succeeded": 1}, "empty": {}}

    def test_the_newest_run_comes_first_whatever_the_order_of_making(self, store: RunStore) -> None:
        for name, age in {"b": 2, "d": 0, "a": 3, "c": 1, "C": 1}.items():
            store.create(run_of(name, created_at=NOON - age * MINUTE))

        assert [summary.id for summary in store.summaries()] == ["d", "c", "C", "b", "a"]
        assert [summary.id for summary in store.summaries(limit=2)] == ["d", "c"]

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({"flow": "etl"}, "etl_2 etl_1"),
            ({"states": [RunState.FAILED]}, "ETL_3"),
            ({"states": [RunState.FAILED, RunState.QUEUED]}, "etl%4 ETL_3 etl_2 etl_1"),
            ({"flow": "etl", "states": [RunState.FAILED]}, ""),
        ],
    )
    def test_lists_can_be_narrowed(
        self, store: RunStore, wanted: dict[str, Any], found: str
    ) -> None:
        store.create(run_of("etl_1", flow="etl"))
        store.create(run_of("etl_2", flow="etl", created_at=NOON + MINUTE))
        failed = run_of("ETL_3", flow="other", state=RunState.FAILED, created_at=NOON + 2 * MINUTE)
        store.create(failed)
        store.create(run_of("etl%4", flow="other", created_at=NOON + 3 * MINUTE))

        assert [summary.id for summary in store.summaries(**wanted)] == found.split()

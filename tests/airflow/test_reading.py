"""Airflow itself reads the exported files: no errors, and the same graph, rules and limits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from jupyter_flow.core.flow import Flow, Kind, Plan, Task
from jupyter_flow.core.options import Catchup, Policy
from jupyter_flow.core.timetable.timetable import Timetable
from jupyter_flow.export.airflow import Placing, airflow_file
from jupyter_flow.testing.luck import plan_of
from jupyter_flow.testing.strategies import any_flow

from .conftest import Airflow

#: So many of the flows that Hypothesis thinks of are read by Airflow, half of them with papermill.
FLOWS = 60
#: Far from the nights in which clocks change.
CRONS = (
    *("@hourly", "@daily", "@midnight", "*/20 * * * *", "15 */6 * * *", "0 6 * * 1-5"),
    *("30 2,14 * * sun", "0 0 13 * 5", "5 4 1,15 * *"),
)
GRACE = timedelta(minutes=1)
NO_ATTEMPTS = (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE)


def test_airflow_reads_any_flow_as_it_is(airflow: Airflow) -> None:
    plans = {f"flow_{number}": plan for number, plan in enumerate(some_plans())}
    for name, plan in plans.items():
        papermill = int(name[5:]) % 2 == 0
        placing = Placing(
            project="/lab", here="/lab", flow=f"flow.ipynb::{name}", papermill=papermill
        )
        (airflow.dags / f"{name}.py").write_text(airflow_file(plan, placing).text, "utf-8")

    told = airflow.inside("read", str(airflow.dags))

    assert told["errors"] == {}
    assert set(told["dags"]) == set(plans)
    for name, plan in plans.items():
        assert_same(plan, told["dags"][name])


def test_airflow_fires_when_we_do(airflow: Airflow) -> None:
    since = datetime(2026, 6, 1, 3, 30, tzinfo=UTC)
    asked = [(cron, zone) for cron in CRONS for zone in ("UTC", "Europe/Berlin", "Asia/Tokyo")]

    theirs = airflow.inside("fires", json.dumps([[*each, since.isoformat()] for each in asked]))

    ours = [
        [at.isoformat() for at in islice(Timetable(cron=cron, tz=zone).after(since), 8)]
        for cron, zone in asked
    ]
    assert theirs == ours


def some_plans() -> list[Plan]:
    """Plans of flows with all that the language can say; the same ones every time."""
    found: list[Flow] = []

    @settings(
        max_examples=FLOWS,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(any_flow(max_tasks=7))
    def collect(flow: Flow) -> None:
        found.append(replace(flow, name=f"flow_{len(found)}"))

    collect()
    return [plan_of(flow) for flow in found]


def assert_same(plan: Plan, told: dict[str, Any]) -> None:
    flow, options = plan.flow, plan.flow.options
    listers = {name for name, each in told["tasks"].items() if each["is_lister"]}
    assert set(told["tasks"]) - listers == {task.name for task in flow.tasks}
    assert told["params"] == sorted(each.name for each in flow.params)
    assert told["catchup"] == (options.catchup is Catchup.ALL and options.start is not None)
    assert (told["start"], told["end"]) == (in_utc(options.start), in_utc(options.end))
    assert told["run_timeout"] == seconds(options.run_timeout)
    assert told["max_active_runs"] == (options.max_active_runs or 16)
    assert told["max_active_tasks"] == (options.max_active_tasks or 16)
    if options.schedule:
        assert told["timetable"] == "CronTriggerTimetable"
    for task in flow.tasks:
        mine = told["tasks"][task.name]
        assert set(mine["upstream"]) - listers == set(flow.graph.upstream[task.name])
        assert mine["is_mapped"] == task.is_mapped
        assert mine["groups"] == [group.name for group in flow.groups_of(task.name)]
        assert (mine["is_setup"], mine["is_teardown"]) == (task.role == "setup", task.is_teardown)
        if task.is_teardown:
            assert mine["fails_run"] == task.fails_run
        assert_same_rules(task, plan.policy(task.name), mine)


def assert_same_rules(task: Task, policy: Policy, mine: dict[str, Any]) -> None:
    assert mine["trigger"] == policy.trigger
    assert mine["depends_on_past"] == policy.depends_on_past
    if task.kind in NO_ATTEMPTS:
        assert mine["retries"] == 0
        return
    retry = policy.retry
    assert mine["retries"] == retry.retries
    if retry.retries and retry.backoff > 1:
        assert mine["retry_delay"] == retry.delay.total_seconds()
        assert (mine["backoff"], mine["max_retry_delay"]) == (
            retry.backoff,
            seconds(retry.max_delay),
        )
    elif retry.retries:
        longest = retry.max_delay or retry.delay
        assert (mine["retry_delay"], mine["backoff"]) == (
            min(retry.delay, longest).total_seconds(),
            0,
        )
    if policy.timeout is None:
        assert mine["timeout"] is None
    else:
        assert mine["timeout"] in (seconds(policy.timeout), seconds(policy.timeout + GRACE))
    assert mine["pool"] == (policy.pool or "default_pool")
    assert mine["slots"] == policy.slots
    if policy.priority:
        assert mine["priority"] == policy.priority


def in_utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()

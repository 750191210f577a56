"""A backfill makes each run of a range once, in order, however often it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.app.backfilling import Action, Backfill
from jupyter_flow.core.errors import ConflictError, UsageError
from jupyter_flow.core.events import ClearRequested, RepairRequested, RunStarted
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Fired, Interval, Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.core.timetable import Timetable

if TYPE_CHECKING:
    from conftest import Project

DAILY = Timetable(cron="0 6 * * *")
FIRST, LAST = datetime(2026, 2, 25, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC)


def plan(made: Project, **said: Any) -> Backfill:
    span = {"since": FIRST, "until": LAST} | said
    return made.flows.backfilling.plan(made.flows.flow("sketch"), DAILY, **span)


def start(made: Project, backfill: Backfill, **said: Any) -> Backfill:
    return made.flows.backfilling.start(made.flows.flow("sketch"), backfill, **said)


def end(made: Project, *states: RunState) -> None:
    """Let the oldest runs end so, without a driver: only how they ended matters here."""
    store, now = made.flows.stores.runs, made.clock.now()
    for waiting, state in zip(store.waiting(now=now), states, strict=False):
        lease = store.lease(waiting.run, "me", now=now, duration=timedelta(seconds=1))
        assert lease is not None
        run = store.load(waiting.run)
        ended = TaskState.SUCCEEDED if state is RunState.SUCCEEDED else TaskState.FAILED
        tasks = [replace(each, state=ended) for each in run.task_runs.values()]
        run = replace(run, state=state, started_at=now, ended_at=now)
        store.record(lease, run, RunStarted(), changed=tasks, moves=(), after=0, now=now)
        store.release(lease)


def test_a_dry_run_tells_and_does_nothing(made: Project) -> None:
    planned = plan(made)

    assert [fill.at.day for fill in planned.fills] == [25, 26, 27, 28, 1]
    assert planned.count(Action.RUN) == 5
    assert made.flows.runs() == []


def test_each_time_gets_a_run_in_order_and_no_more_go_on_than_are_to(made: Project) -> None:
    started = start(made, plan(made), parallel=2)

    store, now = made.flows.stores.runs, made.clock.now()
    waiting = store.waiting(now=now)
    assert [each.run for each in waiting] == list(started.created)
    dates = [store.load(run).logical_date.day for run in started.created]
    assert dates == [25, 26, 27, 28, 1]
    leases = [
        store.lease(run, "me", now=now, duration=timedelta(minutes=1)) for run in started.created
    ]
    assert [lease is not None for lease in leases] == [True, True, False, False, False]


def test_the_latest_time_may_go_first(made: Project) -> None:
    started = start(made, plan(made, reverse=True))

    first = made.flows.stores.runs.waiting(now=made.clock.now())[0]
    assert first.run == started.created[0]
    assert made.flows.run(first.run).logical_date.day == 1


def test_said_twice_nothing_is_done_twice(made: Project) -> None:
    planned = plan(made)
    start(made, planned)

    again = start(made, planned)
    later = start(made, plan(made, since=FIRST - timedelta(days=2)))

    assert again.created == ()
    assert len(later.created) == 2
    assert len(made.flows.runs(limit=100)) == 7


@pytest.mark.parametrize(
    ("existing", "actions"),
    [
        ("none", "keep keep keep keep keep"),
        ("failed", "keep again keep keep keep"),
        ("all", "again again keep keep keep"),
    ],
)
def test_runs_that_are_there_are_done_again_as_asked(
    made: Project, existing: str, actions: str
) -> None:
    start(made, plan(made))
    end(made, RunState.SUCCEEDED, RunState.FAILED)

    planned = plan(made, existing=existing)
    started = start(made, planned)

    assert [fill.action.value for fill in planned.fills] == actions.split()
    assert started.created == ()
    asked = [
        type(pending.request)
        for run in made.flows.runs(limit=100)
        for pending in made.flows.stores.runs.requests(run.id)
    ]
    assert (
        set(asked)
        == {
            "none": set(),
            "failed": {RepairRequested},
            "all": {RepairRequested, ClearRequested},
        }[existing]
    )


@pytest.mark.parametrize(
    ("span", "told"),
    [
        ({"since": datetime(2026, 3, 1, 7, tzinfo=UTC)}, "no fire time"),
        (
            {"since": datetime(2030, 1, 1, tzinfo=UTC), "until": datetime(2031, 1, 1, tzinfo=UTC)},
            "has not come yet",
        ),
        ({"since": datetime(1980, 1, 1, tzinfo=UTC)}, "more than"),
        ({"existing": "some"}, "--existing"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(
    made: Project, span: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        plan(made, **span)


def test_times_to_come_are_left_to_the_schedule(made: Project) -> None:
    planned = plan(made, until=LAST + timedelta(days=30))

    assert planned.fills[-1].at == datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_what_depends_on_the_past_is_not_filled_backwards(made: Project) -> None:
    made.define("--depends-on-past")

    with pytest.raises(UsageError, match="backwards"):
        plan(made, reverse=True)


def test_a_time_whose_flow_could_not_be_read_is_filled_once(made: Project) -> None:
    at = datetime(2026, 2, 26, 6, tzinfo=UTC)
    refused = Run.of(
        id=RunId("refused"),
        plan=Plan(flow=Flow(name="sketch"), targets={}, origin=made.flows.flow("sketch").origin),
        state=RunState.FAILED,
        logical_date=at,
        interval=Interval(start=at, end=at),
        created_at=at,
        ended_at=at,
        fired=Fired(series="sketch", at=at),
    )
    made.flows.stores.runs.create(refused)
    with pytest.raises(ConflictError, match="never had a task"):
        made.flows.asking.repair(refused.id)

    planned = plan(made, existing="failed")
    first, second = start(made, planned), start(made, planned)

    assert planned.count(Action.AGAIN) == 1
    assert (len(first.created), len(second.created)) == (5, 0)
    assert plan(made, existing="failed").count(Action.KEEP) == 5

"""The scheduler fires each fire time once, whatever the clocks and the flows do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.options import Catchup, FlowOptions, Overlap
from jupyter_flow.core.run import Run
from jupyter_flow.core.schedule import Schedule
from jupyter_flow.core.states import RunState
from jupyter_flow.core.timetable import Timetable
from jupyter_flow.engine.scheduler import Prepared, Scheduler
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.luck import flow_of, plan_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """A store with one schedule, due every hour from one o'clock on, and a scheduler."""

    def __init__(self, schedule: Schedule | None = None) -> None:
        self.clock = FakeClock(NOON, autojump=False)
        self.stores = MemoryStores()
        self.plan = plan_of(flow_of("a > b"))
        self.problem = ""
        self.stores.schedules.put(schedule or hourly())
        numbers = count(1)

        def new_ids(_: datetime) -> Iterator[RunId]:
            return (RunId(f"run-{number:03}") for number in numbers)

        self.scheduler = Scheduler(
            self.stores.schedules,
            self.stores.runs,
            self.clock,
            prepare=self.prepare,
            new_ids=new_ids,
        )

    def prepare(self, schedule: Schedule) -> Prepared:
        if self.problem:
            return Prepared(schedule=schedule, problem=self.problem)
        return Prepared(schedule=schedule, plan=self.plan, params={"n": 1})

    def wait(self, by: timedelta) -> list[Run]:
        """The runs that are made when *by* has passed."""
        self.clock.advance(by)
        return [self.stores.runs.load(run) for run in self.scheduler.fire_due("me")]

    @property
    def schedule(self) -> Schedule:
        return self.stores.schedules.get("sketch")


def hourly(**changes: object) -> Schedule:
    schedule = Schedule(
        name="sketch",
        flow="sketch",
        origin="/flow.ipynb::sketch",
        timetable=Timetable(cron="0 * * * *"),
        notify=("mailto://me@example.com",),
        next_fire=NOON + HOUR,
        created_at=NOON,
    )
    return replace(schedule, **changes)  # type: ignore[arg-type]


def hours(runs: list[Run]) -> list[int]:
    return [run.logical_date.hour for run in runs]


def test_a_run_is_made_for_its_fire_time() -> None:
    world = World()

    (run,) = world.wait(HOUR + timedelta(seconds=3))

    assert (run.state, run.params) == (RunState.QUEUED, {"n": 1})
    assert run.logical_date == run.interval.start == run.interval.end == NOON + HOUR
    assert run.fired is not None
    assert (run.fired.series, run.fired.at) == ("sketch", NOON + HOUR)
    assert world.schedule.next_fire == NOON + 2 * HOUR
    assert world.scheduler.lag == 3


def test_nothing_fires_before_its_time_or_twice() -> None:
    world = World()

    assert world.wait(HOUR - timedelta(seconds=1)) == []
    assert len(world.wait(timedelta(seconds=1))) == 1
    assert world.wait(timedelta(0)) == []


def test_a_clock_that_is_set_back_an_hour_fires_nothing_again() -> None:
    world = World()
    assert len(world.wait(2 * HOUR)) == 1

    assert world.wait(-HOUR) == []
    assert world.wait(HOUR) == []
    assert hours(world.wait(HOUR)) == [15]


@pytest.mark.parametrize(
    ("catchup", "made", "missed"),
    [
        (Catchup.NONE, 1, 167),
        (Catchup.LATEST, 1, 167),
        (Catchup.ALL, 100, 0),
    ],
)
def test_after_a_week_asleep_the_catchup_is_kept(catchup: Catchup, made: int, missed: int) -> None:
    world = World(hourly(catchup=catchup))

    runs = world.wait(7 * DAY)

    assert len(runs) == made
    assert runs[-1].logical_date == (NOON + 7 * DAY if made == 1 else NOON + 100 * HOUR)
    counted = sum(each.count for each in world.stores.schedules.missed("sketch"))
    assert counted == missed


def test_what_does_not_fit_at_once_follows() -> None:
    world = World(hourly(catchup=Catchup.ALL))

    runs = world.wait(7 * DAY) + world.wait(timedelta(0)) + world.wait(timedelta(0))

    assert [run.logical_date for run in runs] == [NOON + n * HOUR for n in range(1, 169)]


def test_without_catchup_a_little_late_is_on_time_and_more_is_missed() -> None:
    world = World()

    assert len(world.wait(HOUR + timedelta(seconds=50))) == 1
    assert world.wait(HOUR + timedelta(seconds=20)) == []
    (missed,) = world.stores.schedules.missed("sketch")
    assert (missed.first.hour, missed.count, missed.why) == (14, 1, "nothing was there to run it")


def test_a_flow_that_cannot_be_read_fires_a_failed_run_and_an_alert() -> None:
    world = World()
    world.problem = "the flow cannot be run: JF201: no notebook is tagged as task 'b'"

    (run,) = world.wait(HOUR)

    assert (run.state, run.reason) == (RunState.FAILED, world.problem)
    assert run.ended_at == world.clock.now()
    (told,) = world.stores.alerts.of_run(run.id)
    assert told.alert.address == "mailto://me@example.com"
    world.problem = ""
    assert [each.state for each in world.wait(HOUR)] == [RunState.QUEUED]


def test_a_skipped_overlap_counts_as_missed() -> None:
    world = World(hourly(overlap=Overlap.SKIP))
    options = FlowOptions(max_active_runs=1)
    world.plan = replace(
        world.plan,
        flow=replace(world.plan.flow, options=options),
        origin="/flow.ipynb::sketch",
    )

    assert hours(world.wait(HOUR)) == [13]
    assert world.wait(HOUR) == []
    (missed,) = world.stores.schedules.missed("sketch")
    assert missed.why == "1 run of the flow had not ended"


def test_a_paused_schedule_rests() -> None:
    world = World()
    world.stores.schedules.set_paused("sketch", is_paused=True, next_fire=NOON + HOUR)

    assert world.wait(DAY) == []
    assert world.scheduler.next_due() is None


def test_a_schedule_that_ends_fires_no_more() -> None:
    timetable = Timetable(cron="0 * * * *", end=NOON + 2 * HOUR)
    world = World(hourly(timetable=timetable))

    made = [hours(world.wait(HOUR)) for _ in range(3)]

    assert made == [[13], [14], []]
    assert world.schedule.next_fire is None


def test_a_schedule_that_is_changed_while_its_flow_is_read_does_not_fire() -> None:
    world = World()
    prepare = world.prepare

    def change_meanwhile(schedule: Schedule) -> Prepared:
        world.stores.schedules.set_paused("sketch", is_paused=True, next_fire=schedule.next_fire)
        return prepare(schedule)

    world.scheduler._prepare = change_meanwhile

    assert world.wait(HOUR) == []
    assert world.stores.runs.summaries() == []

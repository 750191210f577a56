"""A service looks after everything in its store, and knows when there is nothing to look after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.app.running import Running
from jupyter_flow.app.service import GLANCE, MOST_RUNS, Service
from jupyter_flow.artifacts.shared_home import LoneHome
from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.errors import StoreUnreachableError
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.core.options import FlowOptions
from jupyter_flow.core.run import Run
from jupyter_flow.core.schedule import Schedule
from jupyter_flow.core.states import RunState
from jupyter_flow.core.timetable import Timetable
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.outbox import Outbox
from jupyter_flow.engine.places import Places
from jupyter_flow.engine.scheduler import Prepared, Scheduler
from jupyter_flow.engine.slots import Slots
from jupyter_flow.engine.surroundings import Surroundings
from jupyter_flow.ports.alerts import Message
from jupyter_flow.ports.executor import Executor
from jupyter_flow.ports.runs import Waiting
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.executors import ScriptedExecutor
from jupyter_flow.testing.lookouts import ScriptedLookout
from jupyter_flow.testing.luck import flow_of, plan_of, run_of

IDLE = timedelta(seconds=60)
#: While a driver thinks, days may pass here: it is not to lose its run by that.
LEASE = timedelta(days=1000)


class Post:
    """Sends nothing."""

    def send(self, address: str, message: Message) -> None:
        raise AssertionError("nobody is to be told")


@contextmanager
def no_message(_: Alert) -> Iterator[Message]:
    yield Message(subject="", text="", html="")


class Keeping(ScriptedExecutor):
    """Keeps a kernel *until* then."""

    def __init__(self, clock: FakeClock, until: datetime) -> None:
        super().__init__(clock=clock)
        self._now, self._until = clock.now, until

    @property
    def kept(self) -> int:
        return int(self._now() < self._until)


class World:
    """A store, a clock whose hours take no time, and services."""

    def __init__(self, home: Path, stores: MemoryStores | None = None) -> None:
        self.clock = FakeClock()
        self.stores = stores or MemoryStores()
        self.places = Places(home)
        self.flow = flow_of("a > b")
        self.made = count(1)
        snapshot = self.places.snapshot("0" * 64)
        snapshot.parent.mkdir()
        snapshot.touch()

    def new_run(self, **changes: object) -> Run:
        run = run_of(self.flow, at=self.clock.now())
        run = replace(run, id=RunId(f"run-{next(self.made)}"), **changes)
        self.stores.runs.create(run)
        return run

    def service(
        self, *, idle: timedelta | None = IDLE, executor: Executor | None = None
    ) -> Service:
        slots = Slots(Admission(max_parallel=2), has_memory=lambda: True)
        around = Surroundings(
            store=self.stores.runs,
            executor=executor or ScriptedExecutor(clock=self.clock),
            lookout=ScriptedLookout(),
            slots=slots,
            clock=self.clock,
            assignments=Assignments(self.places, self.stores.runs),
            lease=LEASE,
        )

        def make_running(
            heard: Callable[[str], None], ended: Callable[[RunId, bool], None]
        ) -> Running:
            return Running(around, LoneHome(), heard=heard, ended=ended)

        return Service(
            self.stores,
            self.clock,
            make_running=make_running,
            scheduler=Scheduler(
                self.stores.schedules,
                self.stores.runs,
                self.clock,
                prepare=lambda schedule: Prepared(schedule=schedule, plan=plan_of(self.flow)),
                new_ids=lambda _: (RunId(f"run-{number}") for number in self.made),
            ),
            outbox=Outbox(
                self.stores.alerts, Post(), FakeClock(), compose=no_message, owner="outbox"
            ),
            idle=idle,
        )

    def states(self) -> list[RunState]:
        return [run.state for run in self.stores.runs.summaries(limit=1000)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_it_drives_what_there_is_and_ends_when_there_is_nothing(world: World) -> None:
    for _ in range(3):
        world.new_run()
    before = world.clock.now()

    world.service().serve()

    assert world.states() == [RunState.SUCCEEDED] * 3
    assert world.clock.now() - before >= IDLE
    assert world.stores.services.alive(now=world.clock.now()) == []


def test_it_stays_while_a_kernel_is_kept(world: World) -> None:
    until = world.clock.now() + 10 * IDLE
    world.service(executor=Keeping(world.clock, until)).serve()

    assert world.clock.now() >= until


def test_it_is_registered_while_it_serves(world: World) -> None:
    service, seen = world.service(), []
    service.answers_at("http://127.0.0.1:9/metrics")

    service.serve(lambda: seen.extend(world.stores.services.alive(now=world.clock.now())))

    assert [each.url for each in seen] == ["http://127.0.0.1:9/metrics"]


def test_it_takes_over_what_another_one_left(world: World) -> None:
    run = world.new_run()
    now = world.clock.now()
    assert world.stores.runs.lease(run.id, "elsewhere/1:1:1:0:x", now=now, duration=IDLE / 2)

    world.service().serve()

    assert world.states() == [RunState.SUCCEEDED]
    assert world.clock.now() - now >= IDLE / 2, "the lease was waited for"


def test_no_more_runs_of_a_flow_go_on_than_it_allows(world: World) -> None:
    world.flow = replace(world.flow, options=FlowOptions(max_active_runs=1))
    for _ in range(4):
        world.new_run()

    world.service().serve()

    runs = [world.stores.runs.load(each.id) for each in world.stores.runs.summaries()]
    spans = sorted(
        (run.started_at, run.ended_at) for run in runs if run.started_at and run.ended_at
    )
    assert len(spans) == 4
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_what_is_crowded_out_is_taken_up_as_soon_as_there_is_room(world: World) -> None:
    world.flow = replace(world.flow, options=FlowOptions(max_active_runs=1))
    for _ in range(4):
        world.new_run()
    service, store, refused, left_alone = world.service(), world.stores.runs, [], []
    lease, waiting = store.lease, store.waiting

    def ask(run: RunId, *args: Any, **named: Any) -> Any:
        got = lease(run, *args, **named)
        refused.extend([run] if got is None else [])
        return got

    def look(**named: Any) -> Any:
        left_alone.extend(service.figures.troubles)
        return waiting(**named)

    store.lease, store.waiting = ask, look  # type: ignore[method-assign, assignment]
    service.serve()

    assert world.states() == [RunState.SUCCEEDED] * 4
    assert left_alone == []
    assert len(refused) <= 4, "all others are known to be crowded out when one is"


def test_it_fires_schedules_until_they_end(world: World) -> None:
    now = world.clock.now()
    timetable = Timetable(cron="0 * * * *", end=now + timedelta(hours=5))
    world.stores.schedules.put(
        Schedule(
            name="hourly",
            flow="sketch",
            origin="",
            timetable=timetable,
            next_fire=timetable.next_after(now),
            created_at=now,
        )
    )
    service = world.service()

    service.serve()

    assert world.states() == [RunState.SUCCEEDED] * 5
    assert service.figures.fired == 5


def test_a_run_whose_notebooks_are_elsewhere_is_left_to_others(world: World) -> None:
    run = world.new_run()
    world.places.snapshot("0" * 64).unlink()
    service = world.service(idle=None)
    thread = threading.Thread(target=service.serve)
    later = world.clock.now() + timedelta(minutes=5)
    looked = threading.Event()
    waiting = world.stores.runs.waiting

    def look(*, now: object, limit: int = 50) -> list[Waiting]:
        if world.clock.now() > later:
            looked.set()
        return waiting(now=world.clock.now(), limit=limit)

    world.stores.runs.waiting = look  # type: ignore[method-assign]
    thread.start()
    assert looked.wait(20)
    service.stop("test")
    thread.join(20)

    assert world.stores.runs.load(run.id).state is RunState.QUEUED
    assert service.figures.taken_up == 0


def test_a_run_that_cannot_be_read_keeps_no_other_from_being_driven(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = world.new_run(), world.new_run()
    service, load = world.service(idle=None), world.stores.runs.load

    def loaded(run: RunId) -> Run:
        if run == broken.id:
            raise ValueError("no plan")
        return load(run)

    world.stores.runs.load = loaded  # type: ignore[method-assign]
    stop_once(lambda: load(sound.id).state.is_final, world, service)
    service.serve()

    assert load(sound.id).state is RunState.SUCCEEDED
    assert broken.id in service.figures.troubles
    assert "run not taken up" in caplog.text


def plan_elsewhere(world: World) -> Plan:
    """One whose notebooks are not here."""
    plan = plan_of(world.flow)
    targets = {name: replace(each, digest="1" * 64) for name, each in plan.targets.items()}
    return replace(plan, targets=targets)


def stop_once(is_over: Callable[[], bool], world: World, service: Service) -> None:
    """Asked each time that it announces itself."""
    announce = world.stores.services.announce

    def announced(*args: Any, **named: Any) -> Any:
        if is_over():
            service.stop()
        return announce(*args, **named)

    world.stores.services.announce = announced  # type: ignore[method-assign]


def test_runs_of_another_project_hide_none_of_ours_however_many_they_are(world: World) -> None:
    for _ in range(MOST_RUNS):
        world.new_run(plan=plan_elsewhere(world))
    ours = world.new_run(created_at=world.clock.now() + GLANCE)
    service = world.service(idle=None)
    stop_once(lambda: world.stores.runs.load(ours.id).state.is_final, world, service)

    service.serve()

    assert world.stores.runs.load(ours.id).state is RunState.SUCCEEDED


def test_it_remembers_no_run_for_ever_that_another_service_drove(world: World) -> None:
    world.new_run(plan=plan_elsewhere(world))
    service = world.service(idle=None)
    soon, waiting = world.clock.now() + 2 * GLANCE, world.stores.runs.waiting

    def until_soon(*, now: datetime, limit: int) -> list[Waiting]:
        return waiting(now=now, limit=limit) if now < soon else []

    world.stores.runs.waiting = until_soon  # type: ignore[method-assign]
    late = world.clock.now() + timedelta(minutes=10)
    stop_once(lambda: world.clock.now() >= late, world, service)
    service.serve()

    assert not service.figures.troubles


def test_a_store_that_is_away_is_asked_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.new_run()
    store = world.stores.runs
    times, waiting = [3], store.waiting

    def away(**asked: object) -> list[Waiting]:
        if times[0]:
            times[0] -= 1
            raise StoreUnreachableError("the server has closed the connection")
        return waiting(**asked)  # type: ignore[arg-type]

    store.waiting = away  # type: ignore[method-assign]
    service = world.service()

    service.serve()

    assert world.states() == [RunState.SUCCEEDED]
    assert service.figures.store_errors >= 1


def test_it_stops_when_another_process_asks_it_to(world: World) -> None:
    service = world.service(idle=None)

    def ask() -> None:
        (me,) = world.stores.services.alive(now=world.clock.now())
        world.stores.services.ask_to_stop(me.owner)

    service.serve(ask)

    assert world.stores.services.alive(now=world.clock.now()) == []


def test_one_that_ends_says_so_before_it_lets_others_begin(world: World) -> None:
    service, seen = world.service(idle=None), []

    service.serve(
        lambda: service.stop("SIGTERM"),
        lambda: seen.extend(world.stores.services.alive(now=world.clock.now())),
    )

    assert [each.is_asked_to_stop for each in seen] == [True]


def test_a_store_that_is_away_for_long_is_not_taken_for_one_without_work(world: World) -> None:
    world.new_run()
    back = world.clock.now() + 5 * IDLE

    def away(act: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            if world.clock.now() < back:
                raise StoreUnreachableError("the server has closed the connection")
            return act(*args, **named)

        return asked

    def goes() -> None:
        for part, name in ((world.stores.runs, "waiting"), (world.stores.services, "leave")):
            setattr(part, name, away(getattr(part, name)))

    world.service().serve(goes)

    assert world.states() == [RunState.SUCCEEDED]


def test_a_clock_that_is_set_back_makes_it_neither_deaf_nor_silent(world: World) -> None:
    seen, announce = [], world.stores.services.announce

    def announced(*args: Any, **named: Any) -> Any:
        seen.append(named["now"])
        return announce(*args, **named)

    def set_back() -> None:
        world.clock.advance(timedelta(hours=-1))
        world.stores.services.announce = announced  # type: ignore[method-assign]

    world.service().serve(set_back)

    assert max(two - one for one, two in pairwise(seen)) <= GLANCE

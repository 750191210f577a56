"""A run in the foreground waits for its turn, and is neither lost nor taken away meanwhile.

And one of which an attempt goes on in a cluster is left to those who reach it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_flow.app.running import Running
from jupyter_flow.artifacts.shared_home import LoneHome
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import AttemptStarted, CancelRequested, RunStarted
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.core.options import FlowOptions
from jupyter_flow.core.states import RunState
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.places import Places
from jupyter_flow.engine.slots import Slots
from jupyter_flow.engine.surroundings import Surroundings
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.executors import ScriptedExecutor
from jupyter_flow.testing.lookouts import ScriptedLookout
from jupyter_flow.testing.luck import Rehearsal, flow_of, run_of

BUSY, MINE, LEFT = RunId("busy"), RunId("mine"), RunId("left")
CLUSTER = "tcp://10.0.0.5:8786"
LEASE = timedelta(seconds=15)


class Somewhere(ScriptedExecutor):
    """Makes attempts at a place that is said later, if at all."""

    place = ""

    @property
    def cluster(self) -> str:
        return self.place


class Queue:
    """A flow of which one run may go on at a time: one does, and another one waits."""

    def __init__(self, home: Path) -> None:
        self.clock = FakeClock()
        self.store = MemoryStores().runs
        self.executor = Somewhere(clock=self.clock)
        around = Surroundings(
            store=self.store,
            executor=self.executor,
            lookout=ScriptedLookout(),
            slots=Slots(Admission(max_parallel=2), has_memory=lambda: True),
            clock=self.clock,
            assignments=Assignments(Places(home), self.store),
            lease=LEASE,
        )
        self.running = Running(around, LoneHome())
        self.owner = self.running.owner()
        flow = replace(flow_of("a > b"), options=FlowOptions(max_active_runs=1))
        now = self.clock.now()
        self.store.create(replace(run_of(flow, at=now), id=BUSY))
        busy = self.store.lease(BUSY, "elsewhere", now=now, duration=timedelta(days=1))
        assert busy is not None
        self.busy = busy
        mine = replace(run_of(flow, at=now), id=MINE)
        self.store.create(mine, owner=self.owner, now=now, duration=LEASE)

    def at_the_try(self, number: int, act: Callable[[], None]) -> None:
        """Do something when the run has been asked for that many times without success."""
        tries, holder = iter(range(1, number + 1)), self.store.holder

        def look(run: RunId, **asked: object) -> object:
            if next(tries, 0) == number:
                act()
            return holder(run, **asked)  # type: ignore[arg-type]

        self.store.holder = look  # type: ignore[method-assign, assignment]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    found = Queue(tmp_path)
    yield found
    found.running.close()


def test_it_keeps_its_place_for_longer_than_a_lease(queue: Queue) -> None:
    since, free = queue.clock.now(), []

    def let_it_through() -> None:
        free.extend(queue.store.waiting(now=queue.clock.now()))
        queue.store.release(queue.busy)

    queue.at_the_try(100, let_it_through)

    assert queue.running.drive(MINE, queue.owner).state is RunState.SUCCEEDED
    assert queue.clock.now() - since > 2 * LEASE
    assert free == [], "a service would have taken it up"


def test_a_signal_cancels_it_while_others_go_on(queue: Queue) -> None:
    queue.at_the_try(3, lambda: signal.raise_signal(signal.SIGINT))

    done = queue.running.drive(MINE, queue.owner)

    assert done.state is RunState.CANCELLED
    assert not any(each.attempts for each in done.in_order())
    assert queue.store.requests(MINE) == []


def test_a_second_signal_leaves_at_once_and_nobody_runs_it_afterwards(queue: Queue) -> None:
    def hurry() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    queue.at_the_try(3, hurry)

    with pytest.raises(KeyboardInterrupt):
        queue.running.drive(MINE, queue.owner)

    (asked,) = queue.store.requests(MINE)
    assert asked.request == CancelRequested(by="SIGINT")


def test_another_process_may_cancel_it(queue: Queue) -> None:
    asked = CancelRequested(by="somebody")
    queue.at_the_try(3, lambda: queue.store.ask(MINE, asked, now=queue.clock.now()))

    assert queue.running.drive(MINE, queue.owner).state is RunState.CANCELLED


@pytest.fixture
def left(queue: Queue, tmp_path: Path) -> Queue:
    """Nobody drives a run of which an attempt goes on in a cluster; its notebook is here."""
    flow, now = replace(flow_of("a"), name="another"), queue.clock.now()
    rehearsal = Rehearsal(run_of(flow, at=now), now=now)
    rehearsal.tell(RunStarted())
    rehearsal.tell(AttemptStarted(key=TaskKey("a"), cluster=CLUSTER))
    queue.store.create(replace(rehearsal.run, id=LEFT))
    for target in rehearsal.run.plan.targets.values():
        notebook = Places(tmp_path).snapshot(target.digest)
        notebook.parent.mkdir(parents=True, exist_ok=True)
        notebook.touch()
    return queue


def test_what_goes_on_in_a_cluster_is_left_to_those_who_reach_it(left: Queue) -> None:
    assert not left.running.take_up(LEFT)
    with pytest.raises(ConflictError, match=f"goes on in the cluster {CLUSTER}"):
        left.running.drive(LEFT)

    assert left.store.holder(LEFT, now=left.clock.now()) is None
    assert left.store.load(LEFT).task_runs[TaskKey("a")].is_open


def test_who_reaches_the_cluster_takes_it_up(left: Queue) -> None:
    left.executor.place = CLUSTER

    assert left.running.take_up(LEFT)


def test_what_is_given_up_is_not_left_to_a_cluster(left: Queue) -> None:
    left.store.ask(LEFT, CancelRequested(), now=left.clock.now())

    assert left.running.drive(LEFT).state is RunState.CANCELLED

"""A driver whose run is another's by now lets go of everything, at whatever moment it finds out."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.errors import LeaseLostError, StoreUnreachableError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed, AttemptStarted, Event
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.engine.slots import Slots
from jupyter_flow.ports.runs import Entry, Lease
from jupyter_flow.store.memory import MemoryRunStore
from jupyter_flow.testing.luck import flow_of

from .test_driver import HANGS, World

RUN, OTHER = RunId("run"), RunId("other")


class TakenOver(MemoryRunStore):
    """Another process takes the run over right before such an event is written down."""

    def __init__(self, before: type[Event], task: str) -> None:
        super().__init__()
        self._before, self._key = before, TaskKey(task)

    def record(self, lease: Lease, run: Run, event: Event, **rest: Any) -> Entry:
        if isinstance(event, self._before) and getattr(event, "key", None) == self._key:
            self.release(lease)
        return super().record(lease, run, event, **rest)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("before", [AttemptStarted, AttemptProgressed, AttemptEnded])
def test_nothing_is_waited_for_that_will_not_come(before: type[Event]) -> None:
    # how far an attempt came is told by itself only while it goes on
    fates = {"a": [HANGS]} | ({"b": [HANGS]} if before is AttemptProgressed else {})
    world = World(flow_of("a", "b"), fates, store=TakenOver(before, "b"))

    with pytest.raises(LeaseLostError):
        world.drive()

    assert not world.executor._hanging, "what ran was stopped"
    assert world.slots.in_use == 0


class CommitsLate(MemoryRunStore):
    """The first write of an attempt's end is cut off, and yet done: while it is tried again."""

    def __init__(self) -> None:
        super().__init__()
        self._times = 0

    def record(self, lease: Lease, run: Run, event: Event, **rest: Any) -> Entry:
        if isinstance(event, AttemptEnded):
            self._times += 1
            if self._times == 1:
                raise StoreUnreachableError("the connection was cut")
            if self._times == 2:
                super().record(lease, run, event, **rest)
        return super().record(lease, run, event, **rest)


def test_a_write_that_is_done_while_it_is_tried_again_is_done_once() -> None:
    world = World(flow_of("a > b"), store=CommitsLate())

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    events = [entry.event for entry in world.store.journal(run.id)]
    ends = [str(event.key) for event in events if isinstance(event, AttemptEnded)]
    assert ends == ["a", "b"]


def test_a_slot_is_not_on_its_way_to_a_run_that_has_left() -> None:
    slots = Slots(Admission(max_parallel=1), has_memory=lambda: True)
    has_left = threading.Event()

    def leave() -> None:
        slots.withdraw(OTHER, TaskKey("second"))
        slots.leave(OTHER)
        has_left.set()

    leaving = threading.Thread(target=leave)
    granted: list[bool] = []

    def grant(_: TaskKey) -> None:
        leaving.start()
        # As long as anybody would take that is not kept out.
        granted.append(has_left.wait(0.2))

    slots.join(RUN, lambda _: None, max_active_tasks=None)
    slots.join(OTHER, grant, max_active_tasks=None)
    slots.offer(RUN, [_wanted("first")])
    slots.offer(OTHER, [_wanted("second")])

    slots.give_back(RUN, TaskKey("first"))
    leaving.join()

    assert granted == [False], "it had not left yet, and will find what it was given"


def _wanted(task: str) -> Enqueue:
    return Enqueue(key=TaskKey(task), rank=(0, 0), pool=None, slots=1)

"""A driver whose run is another's by now lets go of everything, at whatever moment it finds out."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.errors import LeaseLostError
from jupyter_flow.core.events import AttemptStarted, Event
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.core.run import Run
from jupyter_flow.engine.slots import Slots
from jupyter_flow.ports.runs import Entry, Lease
from jupyter_flow.store.memory import MemoryRunStore
from jupyter_flow.testing.luck import flow_of

from .test_driver import HANGS, World

RUN, OTHER = RunId("run"), RunId("other")


class TakenOver(MemoryRunStore):
    """Another process takes the run over right before an attempt of *task* is written down."""

    def __init__(self, task: str) -> None:
        super().__init__()
        self._task = task

    def record(self, lease: Lease, run: Run, event: Event, **rest: Any) -> Entry:
        if isinstance(event, AttemptStarted) and event.key.task == self._task:
            self.release(lease)
        return super().record(lease, run, event, **rest)


@pytest.mark.timeout(20)
def test_an_attempt_that_could_not_be_written_down_is_not_waited_for() -> None:
    world = World(flow_of("a", "b"), {"a": [HANGS]}, store=TakenOver("b"))

    with pytest.raises(LeaseLostError):
        world.drive()

    assert [str(each.key) for each in world.executor.assignments] == ["a"]
    assert world.slots.in_use == 0


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

"""Slots are given to the most urgent, never more than there are, and not while memory is short."""

from __future__ import annotations

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.engine.slots import Slots

RUN, OTHER = RunId("run"), RunId("other")


def wanted(task: str, rank: int = 0) -> Enqueue:
    return Enqueue(key=TaskKey(task), rank=(rank, 0), pool=None, slots=1)


def slots_with(parallel: int, *, memory: list[bool] | None = None) -> tuple[Slots, list[str]]:
    """Slots that two runs take part in, and the names of the tasks as they are granted."""
    granted: list[str] = []
    has_memory = (lambda: memory[-1]) if memory else (lambda: True)
    slots = Slots(Admission(max_parallel=parallel), has_memory=has_memory)
    for run in (RUN, OTHER):
        slots.join(run, lambda key: granted.append(key.task), max_active_tasks=None)
    return slots, granted


def test_no_more_are_granted_than_there_are() -> None:
    slots, granted = slots_with(2)

    slots.offer(RUN, [wanted("low"), wanted("high", rank=5), wanted("middle", rank=3)])

    assert granted == ["high", "middle"]


def test_a_slot_given_back_goes_to_whoever_waits_in_any_run() -> None:
    slots, granted = slots_with(1)
    slots.offer(RUN, [wanted("first")])
    slots.offer(OTHER, [wanted("second")])

    slots.give_back(RUN, TaskKey("first"))

    assert granted == ["first", "second"]


def test_what_is_withdrawn_is_not_granted() -> None:
    slots, granted = slots_with(1)
    slots.offer(RUN, [wanted("first"), wanted("second")])
    slots.withdraw(RUN, TaskKey("second"))

    slots.give_back(RUN, TaskKey("first"))

    assert granted == ["first"]


def test_while_memory_is_short_one_task_runs_at_a_time() -> None:
    memory = [False]
    slots, granted = slots_with(4, memory=memory)

    slots.offer(RUN, [wanted("first"), wanted("second"), wanted("third")])
    assert granted == ["first"]

    slots.give_back(RUN, TaskKey("first"))
    assert granted == ["first", "second"]

    memory.append(True)
    slots.look_again()
    assert granted == ["first", "second", "third"]

"""Why a task does not run is said in words that a person can act upon."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_flow.app.whys import reasons_of
from jupyter_flow.core.events import ClearRequested, RunStarted
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import TaskOptions, TriggerRule
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.testing.luck import Fate, Rehearsal, flow_of, run_of

FAILED = Fate(
    outcome=Outcome.FAILED, failure=Failure(cause=Cause.CELL_ERROR, name="ValueError", message="no")
)
LOAD = TaskKey("load")


@pytest.fixture
def world() -> Rehearsal:
    flow = flow_of(
        "load > train > report",
        load=TaskOptions(retries=1, retry_delay=timedelta(minutes=1), pool="gpu", slots=2),
        report=TaskOptions(trigger=TriggerRule.ALL_DONE),
    )
    made = Rehearsal(run_of(flow))
    made.tell(RunStarted())
    return made


def reasons(world: Rehearsal, task: str) -> list[str]:
    return reasons_of(world.run, TaskKey(task))


def test_a_task_waits_for_its_slots_or_for_others(world: Rehearsal) -> None:
    assert reasons(world, "load") == ["it waits for 2 slots of the pool 'gpu'"]
    assert reasons(world, "train") == ["it waits for 'load', which is queued"]
    assert reasons(world, "report") == [
        "it waits for 'train', which is pending",
        "its rule is all_done",
    ]


def test_a_task_that_is_tried_again_says_when_and_what_went_wrong(world: Rehearsal) -> None:
    world.start(LOAD)
    assert reasons(world, "load") == [
        "load is starting: it waits for its kernel, or a worker of a cluster"
    ]

    world.end(LOAD, FAILED)

    (told,) = reasons(world, "load")
    assert told == (
        "attempt 1 failed (ValueError: no); it is tried again at 2026-01-01T12:01:00+00:00"
    )


def test_a_task_that_was_cleared_while_it_ran_waits_for_the_end_of_that(world: Rehearsal) -> None:
    world.start(LOAD)
    world.tell(ClearRequested(tasks=("load",)))

    assert reasons(world, "load") == ["its attempt before is still being stopped"]


def test_a_task_that_could_not_run_says_what_failed(world: Rehearsal) -> None:
    world.carry_on(lambda key, _: FAILED if key == LOAD else Fate())

    assert reasons(world, "train") == ["'load' failed"]

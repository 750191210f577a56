"""Repair, clear and mark: what a person decides afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest

from jupyter_flow.core.commands import Dequeue, Stop, Wake
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    RunStarted,
    RunTimedOut,
)
from jupyter_flow.core.expressions import Constant, ValueRef
from jupyter_flow.core.flow import Flow, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import FlowOptions, TaskOptions, TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.luck import NOON, Fate, Rehearsal, flow_of, rehearse, run_of

A, B, C = (TaskKey(name) for name in "abc")
DONE = TaskOptions(trigger=TriggerRule.ALL_DONE)


def states(run: Run) -> str:
    return ", ".join(f"{each.key} {each.state}" for each in run.in_order())


def ended(flow: Flow, fates: Any = None, **rest: Any) -> Rehearsal:
    """A rehearsal that goes on after the end of a run."""
    return Rehearsal(rehearse(run_of(flow, **rest), fates), now=NOON + timedelta(days=1))


def succeed(_: TaskKey, __: int) -> Fate:
    return Fate()


# -- repair ------------------------------------------------------------------------------------


def test_a_repair_does_again_what_failed_and_all_downstream_of_it() -> None:
    rehearsal = ended(
        flow_of("a > b > c", "a > d"), {"b": Outcome.FAILED, "a": Fate(values={"x": 1})}
    )
    assert states(rehearsal.run) == "a succeeded, b failed, c upstream_failed, d succeeded"

    rehearsal.tell(RepairRequested())

    assert states(rehearsal.run) == "a succeeded, b queued, c pending, d succeeded"
    assert rehearsal.run.state is RunState.RUNNING
    assert rehearsal.run.ended_at is None

    run = rehearsal.carry_on(succeed)
    assert run.state is RunState.SUCCEEDED
    assert [attempt.number for attempt in run.task_runs[B].attempts] == [1, 2]
    assert [len(run.task_runs[key].attempts) for key in (A, C)] == [1, 1]
    assert run.task_runs[A].values == {"x": 1}


def test_what_succeeded_downstream_of_a_failure_is_done_again_too() -> None:
    rehearsal = ended(
        flow_of("a > b > c", b=DONE), {"a": Outcome.FAILED, "b": Fate(values={"x": 1})}
    )
    assert rehearsal.run.state is RunState.SUCCEEDED

    rehearsal.tell(RepairRequested())

    assert states(rehearsal.run) == "a queued, b pending, c pending"
    assert rehearsal.run.task_runs[B].values == {}


def test_a_repaired_task_has_all_its_tries_again() -> None:
    rehearsal = ended(flow_of("a", a=TaskOptions(retries=1)), {"a": Outcome.FAILED})
    rehearsal.tell(RepairRequested())

    run = rehearsal.carry_on(lambda _, __: Fate(outcome=Outcome.FAILED))

    assert [attempt.number for attempt in run.task_runs[A].attempts] == [1, 2, 3, 4]


def test_a_cancelled_run_can_be_repaired() -> None:
    rehearsal = Rehearsal(run_of(flow_of("a > b")))
    rehearsal.tell(RunStarted())
    rehearsal.tell(CancelRequested())
    assert rehearsal.run.state is RunState.CANCELLED

    rehearsal.tell(RepairRequested())

    assert rehearsal.carry_on(succeed).state is RunState.SUCCEEDED
    assert rehearsal.run.reason == ""


def test_a_repair_takes_the_notebooks_that_were_mended() -> None:
    rehearsal = ended(flow_of("a > b"), {"b": Outcome.FAILED})
    mended = replace(rehearsal.run.plan.targets["b"], digest="1" * 64)

    rehearsal.tell(RepairRequested(targets={"b": mended}))

    assert rehearsal.run.plan.targets["b"] == mended
    assert rehearsal.run.plan.targets["a"].digest == "0" * 64
    assert rehearsal.run.plan.flow is ended(rehearsal.run.plan.flow).run.plan.flow


def test_a_run_is_repaired_while_it_goes_on() -> None:
    rehearsal = Rehearsal(run_of(flow_of("a > b", "c")))
    rehearsal.tell(RunStarted())
    rehearsal.start(A)
    rehearsal.start(C)
    rehearsal.end(A, Fate(outcome=Outcome.FAILED))

    made = rehearsal.tell(RepairRequested())

    assert states(made.run) == "a queued, b pending, c running"
    assert made.run.started_at == NOON


def test_what_runs_downstream_of_a_repaired_task_is_stopped_and_runs_again() -> None:
    rehearsal = Rehearsal(run_of(flow_of("a > b", b=DONE)))
    rehearsal.tell(RunStarted())
    rehearsal.start(A)
    rehearsal.end(A, Fate(outcome=Outcome.FAILED))
    rehearsal.start(B)

    made = rehearsal.tell(RepairRequested())
    assert Stop(key=B, number=1) in made.commands
    assert states(made.run) == "a queued, b pending"

    rehearsal.start(A)
    rehearsal.end(A, Fate())
    assert B not in rehearsal.queued, "two attempts of one task must not run at the same time"

    rehearsal.end(B, Fate(outcome=Outcome.CANCELLED))
    assert B in rehearsal.queued
    run = rehearsal.carry_on(succeed)
    assert [attempt.outcome for attempt in run.task_runs[B].attempts] == [
        Outcome.CANCELLED,
        Outcome.SUCCEEDED,
    ]


def test_only_the_instances_that_failed_are_repaired() -> None:
    mapped = Task(name="a", expand={"x": Constant([1, 2, 3])})
    rehearsal = ended(flow_of("a > b", tasks=[mapped]), {"a[1]": Outcome.FAILED})

    rehearsal.tell(RepairRequested())

    assert states(rehearsal.run) == "a[0] succeeded, a[1] queued, a[2] succeeded, b pending"
    run = rehearsal.carry_on(succeed)
    assert [len(each.attempts) for each in run.runs_of("a")] == [1, 2, 1]
    assert run.state is RunState.SUCCEEDED


def lists(*values: list[int]) -> Any:
    """Luck that lets ``a`` hand on the next of *values* at each attempt."""
    return lambda key, number: Fate(values={"x": values[number - 1]} if key == A else {})


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([1], "b[0] succeeded, b[1] removed"),
        ([1, 2, 3], "b[0] succeeded, b[1] succeeded, b[2] succeeded"),
        ([], "b[0] skipped, b[1] skipped"),
        ([7, 8], "b[0] succeeded, b[1] succeeded"),
    ],
)
def test_a_list_made_anew_fits_the_instances_to_it(second: list[int], expected: str) -> None:
    mapped = Task(name="b", expand={"y": ValueRef("a", "x")})
    luck = lists([1, 2], second)
    rehearsal = ended(flow_of("a > b", tasks=[mapped]), luck)

    rehearsal.tell(ClearRequested(tasks=("a",)))
    run = rehearsal.carry_on(luck)

    assert states(run) == f"a succeeded, {expected}"
    assert run.state is RunState.SUCCEEDED
    assert all(run.task_runs[TaskKey("b", index)].attempts for index in (0, 1))
    assert [each.item["y"] for each in run.runs_of("b")][: len(second)] == second


def test_a_removed_instance_comes_back_when_its_item_does() -> None:
    mapped = Task(name="b", expand={"y": ValueRef("a", "x")})
    luck = lists([1, 2], [1], [1, 5])
    rehearsal = ended(flow_of("a > b", tasks=[mapped]), luck)
    for _ in range(2):
        rehearsal.tell(ClearRequested(tasks=("a",)))
        rehearsal.carry_on(luck)

    assert states(rehearsal.run) == "a succeeded, b[0] succeeded, b[1] succeeded"
    assert rehearsal.run.task_runs[TaskKey("b", 1)].item == {"y": 5}


def test_a_task_whose_rule_can_never_be_met_does_not_keep_the_run_from_ending() -> None:
    """``all_skipped`` would wait for ever for an instance that was removed."""
    tasks = [
        Task(name="b", expand={"y": ValueRef("a", "x")}, when=ValueRef("a", "go")),
        Task(name="c", options=TaskOptions(trigger=TriggerRule.ALL_SKIPPED)),
    ]

    def luck(key: TaskKey, number: int) -> Fate:
        return Fate(values={"x": [1, 2] if number == 1 else [1], "go": True} if key == A else {})

    rehearsal = ended(flow_of("a > b > c > d", tasks=tasks), luck)
    rehearsal.tell(ClearRequested(tasks=("a",)))
    rehearsal.carry_on(luck)
    rehearsal.tell(MarkRequested(key=A, state=TaskState.SUCCEEDED, values={"go": False}))

    rehearsal.tell(ClearRequested(tasks=("b[0]",)))

    assert states(rehearsal.run) == (
        "a succeeded, b[0] skipped, b[1] removed, c upstream_failed, d upstream_failed"
    )
    assert rehearsal.run.task_runs[C].reason == (
        "it can never start: what it needs has ended, and its rule all_skipped is still not met"
    )
    assert (rehearsal.run.state, rehearsal.run.reason) == (
        RunState.FAILED,
        "some tasks could not run",
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (RepairRequested(), ["nothing to repair in run run: nothing in it failed", "Clear"]),
        (ClearRequested(tasks=("z",)), ["run run has no task 'z'", "Known tasks: a, b."]),
        (ClearRequested(tasks=("a[",)), ["'a[' is no task"]),
        (ClearRequested(tasks=("a[1]",)), ["task 'a' has no instance 1"]),
        (
            MarkRequested(key=TaskKey("z"), state=TaskState.FAILED),
            ["run run has no task 'z'"],
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_happens(event: Event, words: list[str]) -> None:
    rehearsal = ended(flow_of("a > b"))

    with pytest.raises(ConflictError) as caught:
        rehearsal.tell(event)

    assert all(word in str(caught.value) for word in words)


REQUESTS = [
    RepairRequested(),
    ClearRequested(tasks=("a",)),
    MarkRequested(key=A, state=TaskState.SUCCEEDED),
]


@pytest.mark.parametrize("event", REQUESTS, ids=lambda event: event.kind)
def test_a_run_that_is_being_cancelled_is_left_alone(event: Event) -> None:
    rehearsal = Rehearsal(run_of(flow_of("a > b")))
    rehearsal.tell(RunStarted())
    rehearsal.start(A)
    rehearsal.tell(CancelRequested())

    with pytest.raises(ConflictError, match="run run is being cancelled"):
        rehearsal.tell(event)


@pytest.mark.parametrize("event", REQUESTS[:2], ids=lambda event: event.kind)
def test_there_is_nothing_to_redo_before_the_start(event: Event) -> None:
    with pytest.raises(ConflictError, match="has not started yet"):
        Rehearsal(run_of(flow_of("a > b"))).tell(event)


def test_the_time_limit_counts_from_the_repair() -> None:
    hour = timedelta(hours=1)
    plain = flow_of("a")
    flow = replace(plain, options=FlowOptions(run_timeout=hour))
    rehearsal = ended(flow, {"a": Outcome.FAILED})

    made = rehearsal.tell(RepairRequested())

    assert Wake(at=rehearsal.now + hour, event=RunTimedOut()) in made.commands
    assert rehearsal.run.started_at == rehearsal.now
    early = rehearsal.tell(RunTimedOut())
    assert early.run.state is RunState.RUNNING
    assert [type(command) for command in early.commands] == [Wake]


# -- clear -------------------------------------------------------------------------------------


def test_clearing_a_task_does_it_and_all_downstream_again() -> None:
    rehearsal = ended(flow_of("a > b > c", "a > d"))

    rehearsal.tell(ClearRequested(tasks=("b",)))

    assert states(rehearsal.run) == "a succeeded, b queued, c pending, d succeeded"


def test_clearing_only_a_task_leaves_what_is_downstream() -> None:
    rehearsal = ended(flow_of("a > b > c"))

    rehearsal.tell(ClearRequested(tasks=("a",), downstream=False))

    assert states(rehearsal.run) == "a queued, b succeeded, c succeeded"
    assert rehearsal.carry_on(succeed).state is RunState.SUCCEEDED


def test_one_instance_can_be_cleared() -> None:
    mapped = Task(name="a", expand={"x": Constant([1, 2])})
    rehearsal = ended(flow_of("a > b", tasks=[mapped]))

    rehearsal.tell(ClearRequested(tasks=("a[1]",)))

    assert states(rehearsal.run) == "a[0] succeeded, a[1] queued, b pending"


def test_clearing_what_is_queued_takes_its_place_in_the_queue_away() -> None:
    rehearsal = ended(flow_of("a > b"))
    rehearsal.tell(ClearRequested(tasks=("b",)))

    made = rehearsal.tell(ClearRequested(tasks=("a",)))

    assert Dequeue(key=B) in made.commands
    assert states(made.run) == "a queued, b pending"


def test_clearing_what_has_not_run_is_refused() -> None:
    rehearsal = ended(flow_of("a > b"))
    rehearsal.tell(ClearRequested(tasks=("a",)))

    with pytest.raises(ConflictError, match="nothing to clear: b has not run yet"):
        rehearsal.tell(ClearRequested(tasks=("b",)))


# -- mark --------------------------------------------------------------------------------------


def mark(
    key: TaskKey, state: Literal[TaskState.SUCCEEDED, TaskState.FAILED], **values: Any
) -> MarkRequested:
    return MarkRequested(key=key, state=state, values=values, by="ann")


def test_marking_a_failed_task_succeeded_lets_what_it_kept_back_run() -> None:
    rehearsal = ended(flow_of("a > b > c", "a > d"), {"a": Outcome.FAILED})
    assert (
        states(rehearsal.run) == "a failed, b upstream_failed, c upstream_failed, d upstream_failed"
    )

    rehearsal.tell(mark(A, TaskState.SUCCEEDED, auc=0.9))

    assert states(rehearsal.run) == "a succeeded, b queued, c pending, d queued"
    task_run = rehearsal.run.task_runs[A]
    assert (task_run.values, task_run.reason) == ({"auc": 0.9}, "marked by ann")
    assert rehearsal.carry_on(succeed).state is RunState.SUCCEEDED


def test_marking_a_leaf_judges_the_run_again() -> None:
    rehearsal = ended(flow_of("a > b"), {"b": Outcome.FAILED})
    started_at = rehearsal.run.started_at

    rehearsal.tell(mark(B, TaskState.SUCCEEDED))
    assert rehearsal.run.state is RunState.SUCCEEDED
    assert rehearsal.run.started_at == started_at

    rehearsal.tell(mark(B, TaskState.FAILED))
    assert rehearsal.run.state is RunState.FAILED


def test_marking_leaves_what_ran_already_and_what_that_decided() -> None:
    never = Task(name="c", when=Constant(False))
    rehearsal = ended(flow_of("a > b > c", "b > d", tasks=[never], b=DONE), {"a": Outcome.FAILED})

    made = rehearsal.tell(mark(A, TaskState.SUCCEEDED))

    assert states(made.run) == "a succeeded, b succeeded, c skipped, d succeeded"
    assert [each.key for each in made.changed] == [A]


def test_marking_what_runs_stops_it_and_the_run_waits_for_its_end() -> None:
    rehearsal = Rehearsal(run_of(flow_of("a")))
    rehearsal.tell(RunStarted())
    rehearsal.start(A)

    made = rehearsal.tell(mark(A, TaskState.SUCCEEDED))
    assert made.commands == (Stop(key=A, number=1),)
    assert made.run.state is RunState.RUNNING

    rehearsal.end(A, Fate(outcome=Outcome.CANCELLED))
    assert (rehearsal.run.state, states(rehearsal.run)) == (RunState.SUCCEEDED, "a succeeded")


def test_marking_what_waits_for_a_slot_takes_it_out_of_the_queue() -> None:
    rehearsal = Rehearsal(run_of(flow_of("a > b")))
    rehearsal.tell(RunStarted())

    made = rehearsal.tell(mark(A, TaskState.FAILED))

    assert made.commands == (Dequeue(key=A),)
    assert states(made.run) == "a failed, b upstream_failed"


def test_marking_a_mapped_task_marks_all_its_instances() -> None:
    mapped = Task(name="a", expand={"x": Constant([1, 2])})
    rehearsal = ended(flow_of("a > b", tasks=[mapped]), {"a": Outcome.FAILED})

    rehearsal.tell(mark(A, TaskState.SUCCEEDED))

    assert states(rehearsal.run) == "a[0] succeeded, a[1] succeeded, b queued"


def test_what_was_marked_before_the_start_is_not_run() -> None:
    rehearsal = Rehearsal(run_of(flow_of("a > b")))
    rehearsal.tell(mark(A, TaskState.SUCCEEDED))

    rehearsal.tell(RunStarted())

    assert states(rehearsal.run) == "a succeeded, b queued"

"""A dataset is updated when all of a task that produces it has succeeded, and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_flow.core.datasets import updates_of
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptStarted,
    MarkRequested,
    Restored,
    RunStarted,
)
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Task
from jupyter_flow.core.ids import AttemptId, RunId, TaskKey
from jupyter_flow.core.language import read
from jupyter_flow.core.options import OnUpdate, TaskOptions
from jupyter_flow.core.states import Outcome, TaskState
from jupyter_flow.testing.luck import Rehearsal, flow_of, run_of

A = TaskKey("a")


def begun(**more: Any) -> Rehearsal:
    task = Task(name="a", options=TaskOptions(produces=("sales", "prices")), **more)
    rehearsal = Rehearsal(run_of(flow_of("a > b", tasks=[task])))
    rehearsal.tell(RunStarted())
    return rehearsal


def told(rehearsal: Rehearsal, *events: Any) -> list[str]:
    """What is updated by the last of *events*."""
    for event in events:
        rehearsal.tell(event)
    step = rehearsal.steps[-1]
    found = updates_of(step.run, events[-1], step.moves, now=rehearsal.now)
    return [f"{each.dataset} by {each.key}#{each.number}" for each in found]


def ended(key: TaskKey, outcome: Outcome = Outcome.SUCCEEDED) -> list[Any]:
    return [AttemptStarted(key=key), AttemptEnded(key=key, number=1, outcome=outcome)]


def test_a_success_updates_all_that_the_task_produces() -> None:
    assert told(begun(), *ended(A)) == ["sales by a#1", "prices by a#1"]


def test_a_failure_updates_nothing() -> None:
    assert told(begun(), *ended(A, Outcome.FAILED)) == []
    rehearsal = begun()
    told(rehearsal, *ended(A))
    assert told(rehearsal, *ended(TaskKey("b"))) == []


def test_a_mapped_task_updates_once_when_all_of_it_is_done() -> None:
    rehearsal = begun(expand={"x": Constant([1, 2])})

    assert told(rehearsal, *ended(TaskKey("a", 1))) == []
    assert told(rehearsal, *ended(TaskKey("a", 0))) == ["sales by a#1", "prices by a#1"]


def test_a_mapped_task_of_which_some_failed_updates_nothing() -> None:
    rehearsal = begun(expand={"x": Constant([1, 2])})
    told(rehearsal, *ended(TaskKey("a", 1), Outcome.FAILED))

    assert told(rehearsal, *ended(TaskKey("a", 0))) == []


def test_what_was_restored_or_marked_is_nothing_new() -> None:
    origin = AttemptId(run=RunId("other"), key=A, number=1)
    assert told(begun(), Restored(key=A, origin=origin)) == []
    assert told(begun(), MarkRequested(key=A, state=TaskState.SUCCEEDED)) == []


@pytest.mark.parametrize(
    ("updated", "all_of", "any_of"),
    [
        (set(), False, False),
        ({"a"}, False, True),
        ({"a", "b", "c"}, True, True),
        ({"c"}, False, False),
    ],
)
def test_all_or_any_of_them(updated: set[str], all_of: bool, any_of: bool) -> None:
    assert OnUpdate(names=("a", "b")).is_met(updated) is all_of
    assert OnUpdate(names=("a", "b"), of="any").is_met(updated) is any_of


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("sales", "sales"),
        ('"sales & prices"', "sales & prices"),
        ("sales,prices", "sales & prices"),
        ('"s3://bucket/x | folder/y.csv"', "s3://bucket/x | folder/y.csv"),
    ],
)
def test_the_flows_line_says_what_it_waits_for(written: str, read_as: str) -> None:
    found = read("load", line=f"report --on_update {written}")

    assert not found.problems
    assert found.flow is not None
    assert str(found.flow.options.on_update) == read_as


@pytest.mark.parametrize("written", ['"a|b&c"', '"a b"', '""', '"a &"', '"a?"'])
def test_what_is_no_name_is_refused(written: str) -> None:
    found = read("load", line=f"report --on_update {written}")

    assert [problem.code for problem in found.problems] == ["JF121"]


def test_a_task_says_what_it_produces() -> None:
    found = read('load.options(produces=["sales", "s3://b/x"])\nclean.options(produces="a b")')

    assert found.flow is None or found.problems
    assert [problem.code for problem in found.problems] == ["JF121"]

"""Mapped tasks: how many instances there are, what each gets, and when there are none."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.expressions import Constant, Expression, ListOf, ParamRef, ValueRef
from jupyter_flow.core.flow import Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import TaskOptions, TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.luck import Fate, Rehearsal, flow_of, rehearse, run_of


def mapped(**lists: Any) -> Task:
    expand = {
        name: value if isinstance(value, Expression) else Constant(value)
        for name, value in lists.items()
    }
    return Task(name="train", expand=expand)


def after(task: Task, values: dict[str, Any] | None = None, **params: Any) -> Run:
    """A run of ``make > train > use``, in which ``make`` handed on *values*."""
    flow = flow_of("make > train > use", tasks=[task])
    return rehearse(run_of(flow, params=params), {"make": Fate(values=values or {})})


def items(run: Run) -> list[dict[str, Any]]:
    return [dict(each.item) for each in run.runs_of("train")]


def only(run: Run) -> tuple[TaskState, str]:
    """The state and the reason of a mapped task that came to no instances."""
    task_run = run.task_runs[TaskKey("train")]
    return task_run.state, task_run.reason


def test_there_is_one_instance_for_each_item() -> None:
    run = after(mapped(model=["logit", "forest"]))

    assert items(run) == [{"model": "logit"}, {"model": "forest"}]
    assert TaskKey("train") not in run.task_runs
    assert run.state is RunState.SUCCEEDED


def test_several_lists_make_the_cross_product_the_last_varies_fastest() -> None:
    run = after(mapped(a=[1, 2], b=["xy", "z"]))

    assert [tuple(item.values()) for item in items(run)] == [
        (1, "xy"),
        (1, "z"),
        (2, "xy"),
        (2, "z"),
    ]


@pytest.mark.parametrize(
    ("source", "values"),
    [
        (ValueRef("make", "parts"), {"parts": ["x", "y"]}),
        (ParamRef("parts"), {}),
        (ListOf((ParamRef("first"), Constant("y"))), {}),
        (Constant(["{{ params.first }}", "y"]), {}),
    ],
)
def test_a_list_may_come_from_anywhere(source: Expression, values: dict[str, Any]) -> None:
    run = after(mapped(part=source), values, parts=["x", "y"], first="x")

    assert items(run) == [{"part": "x"}, {"part": "y"}]


def test_an_object_is_mapped_over_as_its_pairs() -> None:
    run = after(mapped(pair=ValueRef("make", "parts")), {"parts": {"a": 1, "b": None}})

    assert items(run) == [{"pair": ["a", 1]}, {"pair": ["b", None]}]


def test_what_a_task_hands_on_is_no_template() -> None:
    run = after(mapped(part=ValueRef("make", "parts")), {"parts": ["{{ ds }}"]})

    assert items(run) == [{"part": "{{ ds }}"}]


def test_a_mapped_task_can_be_mapped_over() -> None:
    tasks = [
        Task(name="a", expand={"x": Constant([1, 2, 3])}),
        Task(name="b", expand={"y": ValueRef("a", "double")}),
    ]

    def luck(key: TaskKey, _: int) -> Fate:
        return Fate(values={"double": 2 * (key.index or 0)})

    run = rehearse(run_of(flow_of("a > b", tasks=tasks)), luck)

    assert [each.item["y"] for each in run.runs_of("b")] == [0, 2, 4]


def test_a_task_over_an_empty_list_is_skipped() -> None:
    run = after(mapped(a=[1], b=[]))

    assert only(run) == (TaskState.SKIPPED, "there is nothing to map over: 'b' is an empty list")
    assert run.task_runs[TaskKey("use")].state is TaskState.SKIPPED


def test_a_task_whose_list_nobody_handed_on_is_blocked() -> None:
    state, reason = only(after(mapped(part=ValueRef("make", "parts"))))

    assert state is TaskState.UPSTREAM_FAILED
    assert reason == "cannot be mapped over 'part': 'make' handed on no value 'parts' (none at all)"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("abc", "str is no list"),
        (3, "int is no list"),
        (None, "NoneType is no list"),
        (
            ArtifactRef(digest="d" * 64, format="json", size=70_000).as_json(),
            "it is an artifact (json, 70 kB), and no list of values",
        ),
    ],
)
def test_a_task_whose_list_is_none_fails(value: Any, words: str) -> None:
    run = after(mapped(part=ValueRef("make", "parts")), {"parts": value})

    assert only(run) == (TaskState.FAILED, f"cannot be mapped over 'part': {words}")
    assert run.state is RunState.FAILED


def test_a_list_with_an_unknown_parameter_fails() -> None:
    state, reason = only(after(mapped(part=ParamRef("parts"))))

    assert state is TaskState.FAILED
    assert "the run has no parameter 'parts'" in reason


def test_a_template_in_a_list_that_cannot_be_rendered_fails() -> None:
    state, reason = only(after(mapped(part=["{{ attempt }}"])))

    assert state is TaskState.FAILED
    assert "'attempt' is undefined" in reason


def test_too_many_instances_are_refused_before_they_are_made() -> None:
    big = list(range(1000))

    state, reason = only(after(mapped(a=big, b=big, c=big)))

    assert state is TaskState.FAILED
    assert reason == "it would be mapped to 1,000,000,000 instances; at most 1,024 are allowed"


def test_each_instance_counts_for_the_rule_of_what_is_downstream() -> None:
    rehearsal = Rehearsal(run_of(flow_of("train > use", tasks=[mapped(x=[1, 2])])))
    rehearsal.tell(RunStarted())
    for index in (0, 1):
        rehearsal.start(TaskKey("train", index))
    rehearsal.end(TaskKey("train", 0), Fate())

    assert not rehearsal.queued

    rehearsal.end(TaskKey("train", 1), Fate())
    assert list(rehearsal.queued) == [TaskKey("use")]


def test_each_instance_of_a_leaf_counts_for_the_run() -> None:
    run = rehearse(run_of(flow_of(tasks=[mapped(x=[1, 2])])), {"train[1]": Outcome.FAILED})

    assert (run.state, run.reason) == (RunState.FAILED, "'train[1]' did not succeed")


def test_each_instance_has_its_own_retries() -> None:
    retrying = Task(name="train", expand={"x": Constant([1, 2])}, options=TaskOptions(retries=1))

    def luck(key: TaskKey, number: int) -> Fate:
        fails = key.index == 1 and number == 1
        return Fate(outcome=Outcome.FAILED if fails else Outcome.SUCCEEDED)

    run = rehearse(run_of(flow_of(tasks=[retrying])), luck)

    assert [len(each.attempts) for each in run.runs_of("train")] == [1, 2]
    assert run.state is RunState.SUCCEEDED


def test_a_condition_is_asked_once_before_the_list_is_looked_at() -> None:
    never = Task(name="train", expand={"x": ValueRef("make", "gone")}, when=Constant(False))

    run = rehearse(run_of(flow_of("make > train", tasks=[never])))

    assert only(run)[0] is TaskState.SKIPPED


def test_a_task_skipped_before_it_was_mapped_is_one_that_was_skipped() -> None:
    """And not none at all, which would make ``all_done`` and its kin start too early."""
    never = Task(name="make", when=Constant(False))
    done = TaskOptions(trigger=TriggerRule.ALL_DONE)
    flow = flow_of("make > train > use", tasks=[never, mapped(x=[1, 2])], use=done)

    run = rehearse(run_of(flow))

    assert only(run)[0] is TaskState.SKIPPED
    assert run.tallies["use"].total == run.tallies["use"].skipped == 1
    assert run.task_runs[TaskKey("use")].state is TaskState.SUCCEEDED


def test_the_step_tells_that_the_task_gave_way_to_its_instances() -> None:
    rehearsal = Rehearsal(run_of(flow_of(tasks=[mapped(x=[1, 2])])))

    made = rehearsal.tell(RunStarted())

    assert made.removed == (TaskKey("train"),)
    assert [str(each.key) for each in made.changed] == ["train[0]", "train[1]"]
    assert [str(move.key) for move in made.moves if move.key] == ["train[0]", "train[1]"]

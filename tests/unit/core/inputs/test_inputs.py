"""What an attempt is given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from jupyter_flow.core.events import AttemptEnded, RunStarted
from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    DictOf,
    Expression,
    ListOf,
    ParamRef,
    ValueRef,
)
from jupyter_flow.core.flow import Flow, FlowParameter, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs import InputError, inputs_of, scope_of
from jupyter_flow.core.options import TaskOptions, TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome
from jupyter_flow.testing.luck import NOON, Fate, Rehearsal, flow_of, rehearse, run_of

USE = TaskKey("use")


def run_with(
    parameters: Mapping[str, Expression],
    *,
    values: Mapping[str, Any] | None = None,
    make: Task | None = None,
    params: Mapping[str, Any] | None = None,
    outcome: Outcome = Outcome.SUCCEEDED,
) -> Run:
    """A run in which ``make`` has ended, handing on *values*, and ``use`` has *parameters*."""
    done = TaskOptions(trigger=TriggerRule.ALL_DONE)
    use = Task(name="use", parameters=parameters, options=done)
    flow = flow_of("make > use", tasks=[make or Task(name="make"), use])
    run = run_of(flow, params={"n": 10, "model": "logit"} | dict(params or {}))
    rehearsal = Rehearsal(run)
    rehearsal.tell(RunStarted())
    for key in list(rehearsal.queued):
        rehearsal.start(key)
        rehearsal.end(key, Fate(outcome=outcome, values=values or {}))
    return rehearsal.run


def given(parameter: Expression, **rest: Any) -> Any:
    return inputs_of(run_with({"p": parameter}, **rest), USE, 1)["p"]


@pytest.mark.parametrize("value", [1, 1.5, True, None, "007", [1, "a"], {"a": [None]}])
def test_a_constant_arrives_with_its_type(value: Any) -> None:
    found = given(Constant(value))

    assert found == value
    assert type(found) is type(value)


def test_parameters_and_values_arrive_with_their_types() -> None:
    parameter = DictOf(
        (("n", ParamRef("n")), ("all", ListOf((ValueRef("make", "auc"), Constant(1)))))
    )

    assert given(parameter, values={"auc": 0.5}) == {"n": 10, "all": [0.5, 1]}


def test_a_comparison_is_a_parameter_too() -> None:
    assert given(Compare(ValueRef("make", "auc"), ">", Constant(0.1)), values={"auc": 0.5}) is True


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ ds }}", "2026-01-01"),
        ("{{ ts }}", "2026-01-01T12:00:00+00:00"),
        ("{{ data_interval_start | ds }}/{{ data_interval_end | ds }}", "2026-01-01/2026-01-01"),
        ("{{ flow }}.{{ task }} {{ run_id }}", "sketch.use run"),
        ("{{ attempt }} {{ map_index }}", "3 -1"),
        ("{{ prev_success | ds }}", "2025-12-31"),
        ("{{ params.model }}", "logit"),
    ],
)
def test_templates_know_the_run(template: str, text: str) -> None:
    run = run_with({"p": Constant(template)})
    before = datetime(2025, 12, 31, tzinfo=UTC)

    assert inputs_of(run, USE, 3, prev_success=before) == {"p": text}


def test_times_are_told_in_utc_as_airflow_does() -> None:
    tokyo = timezone(timedelta(hours=9))
    flow = flow_of(tasks=[Task(name="use", parameters={"p": Constant("{{ ts }}")})])
    run = run_of(flow, at=datetime(2026, 1, 1, 6, tzinfo=tokyo))

    assert inputs_of(run, USE, 1) == {"p": "2025-12-31T21:00:00+00:00"}


def test_before_the_first_success_there_is_none() -> None:
    assert given(Constant("{{ prev_success or 'never' }}")) == "never"


def test_what_a_task_hands_on_is_no_template() -> None:
    assert given(ValueRef("make", "x"), values={"x": "{{ ds }}"}) == "{{ ds }}"


MAPPED = Task(name="make", expand={"model": Constant(["logit", "forest"])})


def test_a_mapped_instance_gets_its_item_beside_its_parameters() -> None:
    task = Task(
        name="train",
        parameters={"at": Constant("{{ map_index }}")},
        expand={"model": Constant(["logit", "forest"])},
    )
    run = rehearse(run_of(flow_of(tasks=[task])))

    assert inputs_of(run, TaskKey("train", 1), 1) == {"at": "1", "model": "forest"}


def test_the_value_of_a_mapped_task_is_the_list_over_its_instances() -> None:
    run = run_of(flow_of("make > use", tasks=[MAPPED]))
    rehearsal = Rehearsal(run)
    rehearsal.tell(RunStarted())
    for key in [TaskKey("make", 1), TaskKey("make", 0)]:
        rehearsal.start(key)
        rehearsal.end(key, Fate(values={"auc": key.index}))

    assert scope_of(rehearsal.run).value("make", "auc") == [0, 1]


def test_instances_that_did_not_succeed_are_left_out_of_the_list() -> None:
    def luck(key: TaskKey, _: int) -> Fate:
        failed = key == TaskKey("make", 0)
        return Fate(outcome=Outcome.FAILED if failed else Outcome.SUCCEEDED, values={"x": 1})

    run = rehearse(run_of(flow_of("make > use", tasks=[MAPPED])), luck)

    assert scope_of(run).value("make", "x") == [1]


def test_a_mapped_task_over_nothing_hands_on_an_empty_list() -> None:
    nothing = Task(name="make", expand={"x": Constant([])})
    run = rehearse(run_of(flow_of("make > use", tasks=[nothing])))

    assert scope_of(run).value("make", "x") == []


@pytest.mark.parametrize(
    ("parameter", "rest", "words"),
    [
        (
            ValueRef("make", "auc"),
            {"values": {"n": 1, "loss": 2}},
            "'make' handed on no value 'auc' (only loss, n)",
        ),
        (ValueRef("make", "auc"), {}, "'make' handed on no value 'auc' (none at all)"),
        (
            ValueRef("make", "auc"),
            {"outcome": Outcome.FAILED},
            "'make' has no value 'auc': it failed",
        ),
        (
            ValueRef("make", "auc"),
            {"make": MAPPED},
            "'make[0]' handed on no value 'auc' (none at all)",
        ),
        (ParamRef("m"), {}, "the run has no parameter 'm'. Known parameters: model, n."),
        (Constant("{{ dss }}"), {}, "the template '{{ dss }}' cannot be rendered"),
        (Compare(ParamRef("n"), "<", Constant("a")), {}, "10 < 'a' cannot be compared"),
    ],
)
def test_a_missing_value_is_told_with_its_parameter_and_its_task(
    parameter: Expression, rest: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        given(parameter, **rest)

    assert caught.value.what.startswith("the parameter 'p' of 'use' has no value: ")
    assert words in caught.value.what
    assert caught.value.hint


def test_a_value_is_not_there_before_its_task_has_ended() -> None:
    rehearsal = Rehearsal(run_of(flow_of("make > use", tasks=[MAPPED])))
    rehearsal.tell(RunStarted())
    rehearsal.start(TaskKey("make", 0))
    rehearsal.tell(
        AttemptEnded(key=TaskKey("make", 0), number=1, outcome=Outcome.SUCCEEDED, values={"x": 1})
    )

    with pytest.raises(LookupError, match=r"make\[1\]' has no value 'x': it has not ended"):
        scope_of(rehearsal.run).value("make", "x")


def test_the_parameters_of_a_run_are_the_declared_ones_unless_given() -> None:
    flow = Flow(
        name="f",
        params=(FlowParameter(name="n", default=1),),
        tasks=(Task(name="use", parameters={"p": ParamRef("n")}),),
    )

    assert inputs_of(run_of(flow), USE, 1) == {"p": 1}
    assert inputs_of(run_of(flow, params={"n": 2}, at=NOON), USE, 1) == {"p": 2}


def test_the_names_of_templates_are_those_that_an_attempt_has() -> None:
    from jupyter_flow.core.inputs import context_of
    from jupyter_flow.core.inputs.templates import NAMES

    run = run_of(flow_of("a"))

    assert {*context_of(run, "a"), "attempt", "map_index", "prev_success"} == NAMES

"""Gates: what a task that expects something makes of what it is given."""

from __future__ import annotations

import pytest

from jupyter_flow.core.events import RepairRequested
from jupyter_flow.core.expressions import Compare, Constant, Every, Expression, ParamRef, ValueRef
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.luck import Fate, Rehearsal, rehearse, run_of

AUC = ValueRef("train", "auc")
GOOD = Compare(AUC, ">", ParamRef("least"))


def gated(
    condition: Expression = GOOD, message: str = "", *, options: TaskOptions = TaskOptions()
) -> Run:
    """``train >> expect(…) >> deploy``"""
    said = {"message": Constant(message)} if message else {}
    tasks = (
        Task(name="train"),
        Task(
            name="gate",
            kind=Kind.EXPECT,
            parameters={"condition": condition, **said},
            options=options,
        ),
        Task(name="deploy"),
    )
    return run_of(
        Flow(
            name="churn",
            tasks=tasks,
            edges=frozenset({("train", "gate"), ("gate", "deploy")}),
            params=(FlowParameter(name="least", default=0.8),),
        )
    )


def ended(run: Run, **values: object) -> Run:
    return rehearse(run, {"train": Fate(values=values)})


def states(run: Run) -> str:
    return ", ".join(f"{each.key} {each.state}" for each in run.in_order())


def test_a_gate_that_is_open_lets_through_and_makes_no_attempt() -> None:
    run = ended(gated(), auc=0.9)
    assert states(run) == "train succeeded, gate succeeded, deploy succeeded"
    assert run.task_runs[TaskKey("gate")].attempts == ()
    assert run.state is RunState.SUCCEEDED


def test_a_gate_that_is_shut_fails_the_run_and_holds_up_what_is_behind_it() -> None:
    run = ended(gated(), auc=0.71)
    assert states(run) == "train succeeded, gate failed, deploy upstream_failed"
    assert run.state is RunState.FAILED


@pytest.mark.parametrize(
    ("condition", "message", "values", "reason"),
    [
        (
            GOOD,
            "",
            {"auc": 0.71},
            "expected train.auc > params.least, but train.auc is 0.71, params.least is 0.8",
        ),
        (
            GOOD,
            "{{ task }}: too weak on {{ ds }}",
            {"auc": 0.1},
            (
                "gate: too weak on 2026-01-01: expected train.auc > params.least, "
                "but train.auc is 0.1, params.least is 0.8"
            ),
        ),
        (
            Every((Compare(Constant(0), "<", AUC), Compare(AUC, "<", Constant(1)))),
            "",
            {"auc": 1},
            "expected 0 < train.auc < 1, but train.auc is 1",
        ),
        (
            GOOD,
            "",
            {"rows": 3},
            (
                "it cannot be told whether train.auc > params.least: "
                "'train' handed on no value 'auc' (only rows)"
            ),
        ),
        (
            GOOD,
            "",
            {"auc": "much"},
            "it cannot be told whether train.auc > params.least: 'much' > 0.8 cannot be compared",
        ),
        (Compare(Constant(1), "==", Constant(2)), "", {}, "expected 1 == 2"),
    ],
)
def test_a_gate_that_is_shut_says_what_it_was_given(
    condition: Expression, message: str, values: dict[str, object], reason: str
) -> None:
    run = ended(gated(condition, message), **values)
    assert run.task_runs[TaskKey("gate")].reason == reason


def test_a_repair_looks_again() -> None:
    rehearsal = Rehearsal(ended(gated(), auc=0.1))
    rehearsal.tell(RepairRequested())
    assert states(rehearsal.run) == "train succeeded, gate failed, deploy upstream_failed"
    assert rehearsal.run.state is RunState.FAILED


def test_retries_do_not_make_it_look_again() -> None:
    run = ended(gated(options=TaskOptions(retries=3)), auc=0.1)
    assert run.task_runs[TaskKey("gate")].state is TaskState.FAILED


def test_what_failed_before_a_gate_is_not_its_business() -> None:
    run = rehearse(gated(), {"train": Outcome.FAILED})
    assert states(run) == "train failed, gate upstream_failed, deploy upstream_failed"

"""One task as a run of its own: what it keeps, what is taken away, what is known of the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.excerpt import Given, excerpt
from jupyter_flow.core.flow import Flow
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs import InputError, inputs_of
from jupyter_flow.core.language import read
from jupyter_flow.core.machine import step
from jupyter_flow.core.options import RetryPolicy, TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.testing.luck import NOON, plan_of
from jupyter_flow.testing.strategies import any_flow

FLOW = """%%flow churn --retries 3 --pool gpu --trigger all_done
params(n=1)
load >> train(rows=load.rows, n=params.n, at="{{ run_id }} {{ attempt }} {{ map_index }}")
train.expand(model=["logit", "boost"])
best = report(scores=train.auc)
deploy.when(best.auc > 0.8).as_teardown()
load >> deploy
"""


def excerpted(task: str, **given: Any) -> Run:
    flow = read(FLOW.replace(".as_teardown()", "")).flow
    assert flow is not None
    known = Given(run="r1", logical_date=NOON, interval_start=NOON, interval_end=NOON, **given)
    return excerpt(plan_of(flow), task, known, params={"n": 5}, now=NOON)


def test_an_instance_has_its_item_its_number_and_the_values_before_it() -> None:
    run = excerpted(
        "train",
        values={"load": {"rows": 7}},
        map_index=1,
        item={"model": "boost"},
        attempt=3,
    )

    assert inputs_of(run, TaskKey("train", 1), 3) == {
        "rows": 7,
        "n": 5,
        "at": "r1 3 1",
        "model": "boost",
    }


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ({"train": [{"auc": 0.7}, {"auc": 0.9}]}, [0.7, 0.9]),
        ({"train": [{"auc": 0.7}]}, [0.7]),
        ({"train": []}, []),
        ({}, []),
    ],
)
def test_what_instances_have_handed_on_is_a_list(values: Any, scores: list[float]) -> None:
    assert inputs_of(excerpted("best", values=values), TaskKey("best"), 1) == {"scores": scores}


def test_what_nobody_has_handed_on_is_missing() -> None:
    with pytest.raises(InputError, match="'load' has no value 'rows'"):
        inputs_of(excerpted("train", map_index=0), TaskKey("train", 0), 1)


def test_rules_retries_and_pools_are_for_who_asks() -> None:
    policy = excerpted("train", map_index=0).plan.policy("train")

    assert policy.trigger is TriggerRule.ALWAYS
    assert policy.retry == RetryPolicy()
    assert policy.pool is None


@pytest.mark.parametrize(("auc", "state"), [(0.9, "queued"), (0.7, "skipped")])
def test_its_condition_is_looked_at(auc: float, state: str) -> None:
    begun = step(excerpted("deploy", values={"best": {"auc": auc}}), RunStarted(), now=NOON).run

    assert begun.task_runs[TaskKey("deploy")].state == state


@settings(max_examples=40)
@given(any_flow(), st.data())
def test_any_task_of_any_flow_can_be_asked_for(flow: Flow, data: st.DataObject) -> None:
    task = data.draw(st.sampled_from(flow.tasks)).name
    plan = plan_of(flow)
    params = {each.name: each.default for each in flow.params}
    known = Given(
        run="r1",
        logical_date=NOON,
        interval_start=NOON,
        interval_end=NOON,
        map_index=data.draw(st.integers(0, 3)) if flow[task].is_mapped else None,
    )

    begun = step(excerpt(plan, task, known, params=params, now=NOON), RunStarted(), now=NOON).run

    own = begun.task_runs[TaskKey(task, known.map_index)]
    others = [each for each in begun.in_order() if each.key.task != task]
    assert own.state is not TaskState.PENDING
    assert {each.key.task for each in others} == flow[task].uses()
    assert all(each.state.is_final for each in others)
    assert begun.plan.flow[task] == replace(
        flow[task],
        role="work",
        fails_run=False,
        expand={} if known.map_index is not None else flow[task].expand,
    )

"""A task that runs another flow is held against that flow."""

from __future__ import annotations

import pytest

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.language import read
from jupyter_flow.core.notebooks.notebook import Shelf
from jupyter_flow.core.resolve import flows_run, resolve
from jupyter_flow.core.resolve.children import Children

INNER = read('params(n=3, day="")\nexpect(params.n > 0)', line="inner").flow


def checked(body: str, children: Children | None = None) -> tuple[Plan | None, list[Problem]]:
    reading = read(body, line="outer")
    assert not reading.problems
    assert INNER is not None
    assert reading.flow is not None
    inner, problems = resolve(INNER, shelf=Shelf(folder="/lab", notebooks={}), kernels=[], pools={})
    assert inner is not None, problems
    return resolve(
        reading.flow,
        shelf=Shelf(folder="/lab", notebooks={}),
        kernels=[],
        pools={},
        spans=reading.spans,
        children={"inner": inner} if children is None else children,
    )


def test_the_plan_has_the_plans_of_the_flows_that_its_tasks_run() -> None:
    body = 'a = flow("inner", n=1)\nb = flow("inner", day="{{ ds }}")\na >> b'
    plan, problems = checked(body)

    assert problems == []
    assert plan is not None
    assert set(plan.children) == {"a", "b"}
    assert plan.children["a"].flow == INNER
    assert not plan.targets["a"].has_notebook
    assert [each.flow.name for each in plan.with_all_children()] == ["outer", "inner", "inner"]
    assert flows_run(plan.flow) == ("inner",)


@pytest.mark.parametrize(
    ("call", "code", "what"),
    [
        ('flow("inner", m=1)', "JF240", "flow 'inner' has no parameter 'm'"),
        ('flow("inner", n="a")', "JF241", "parameter 'n' of task 'x' must be int, got 'a' (str)"),
        ('flow("inner").expand(params=[{"n": 1}, {"m": 1}])', "JF240", "no parameter 'm'"),
        ('flow("inner").expand(params=[{"n": "a"}])', "JF241", "must be int"),
        ('flow("inner").expand(params=params.n)', "JF213", "no list"),
        ('flow("other")', "JF207", "runs the flow 'other'"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(call: str, code: str, what: str) -> None:
    plan, problems = checked(f"params(n=3)\nx = {call}")

    assert plan is None
    assert [problem.code for problem in problems] == [code]
    assert what in problems[0].what
    assert problems[0].where is not None
    assert problems[0].where.line == 3


@pytest.mark.parametrize(
    "call", ['flow("inner", n="{{ ds }}")', 'flow("inner", n=params.x)', 'flow("inner")']
)
def test_what_is_known_in_the_run_only_is_left_to_it(call: str) -> None:
    assert checked(f'params(x="")\nx = {call}')[1] == []


def test_what_is_wrong_with_the_other_flow_is_told_here() -> None:
    wrong = Problem(code="JF209", what="the flow 'inner' cannot be run", hint="See it.")
    plan, problems = checked('x = flow("inner")', {"inner": wrong})

    assert plan is None
    assert [problem.code for problem in problems] == ["JF209"]
    assert problems[0].where is not None

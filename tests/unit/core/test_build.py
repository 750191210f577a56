"""Flows made in Python are the flows that reading gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from jupyter_flow.core import build
from jupyter_flow.core.build import (
    Flow,
    group,
    http,
    notebook,
    params,
    python,
    shell,
    sql,
    wait_for,
)
from jupyter_flow.core.errors import DefinitionError, UsageError
from jupyter_flow.core.language import read
from jupyter_flow.core.options import TriggerRule


def test_the_example_of_the_design_is_the_same_in_python() -> None:
    with Flow(
        "churn", description="Who leaves?", schedule="0 6 * * 1-5", tz="Europe/Berlin", retries=2
    ) as churn:
        params(n=10)
        extract = notebook("extract", day="{{ ds }}")
        features = notebook("features")
        extract >> notebook("clean") >> features
        models = (
            notebook("train", seed=params.n)
            .named("models")
            .expand(model=["logit", "forest"])
            .options(retries=3, timeout=timedelta(minutes=20))
        )
        evaluate = notebook("evaluate", scores=models.auc)
        features >> models >> evaluate
        evaluate >> [
            notebook("report").options(trigger=TriggerRule.ALL_DONE),
            notebook("deploy").when(
                (evaluate.auc > 0.8) & evaluate["options"].in_([1, params["n"]]) & ~(params.n != 3)
            ),
        ]
        rows = sql("select :d", connection="dwh", bind={"d": extract.day})
        [extract, rows] >> python("pkg.mod:func", x=[1, {"a": (2,)}])
        http("GET", "https://example.com", json=None) << shell("ls")
        wait_for(file="a").set_downstream([extract, rows])
        extract.set_upstream(build.flow("other", n=1))

    text = """
"Who leaves?"
params(n=10)
extract(day="{{ ds }}")
[extract, features, clean, models, evaluate, report, deploy]
extract >> clean >> features
models = train(seed=params.n).expand(model=["logit", "forest"]).options(retries=3, timeout="20m")
features >> models >> evaluate(scores=models.auc)
evaluate >> [
    report.options(trigger="all_done"),
    deploy.when(evaluate.auc > 0.8 and evaluate["options"] in [1, params.n] and not params.n != 3),
]
sql_1 = sql("select :d", connection="dwh", bind={"d": extract.day})
[extract, sql_1] >> python("pkg.mod:func", x=[1, {"a": [2]}])
http("GET", "https://example.com", json=None) << shell("ls")
wait_for_1 = wait_for(file="a")
wait_for_1.set_downstream([extract, sql_1])
extract.set_upstream(flow("other", n=1))
"""
    reading = read(text, line='churn --schedule "0 6 * * 1-5" --tz Europe/Berlin --retries 2')
    assert not reading.problems
    assert churn.build() == reading.flow


def test_what_is_said_of_schedules_and_alerts_is_the_same_in_python() -> None:
    nightly = Flow(
        "nightly",
        deadline="45m",
        overlap="skip",
        max_active_runs=1,
        notify=["mailto://me:{{ secret('PW') }}@example.com"],
        on=["failure", "late"],
        attach=True,
    )
    other = nightly.wait_for(flow="other", within="1d", soft_fail=True)
    train = nightly.notebook("train").options(expected="10m", depends_on_past=True)
    other >> train

    line = (
        "nightly --deadline 45m --overlap skip --max-active-runs 1 --attach --on failure,late "
        """--notify "mailto://me:{{ secret('PW') }}@example.com" """
    )
    reading = read(
        'wait_for(flow="other", within="1d", soft_fail=True) >> '
        'train.options(expected="10m", depends_on_past=True)',
        line=line,
    )
    assert not reading.problems
    assert nightly.build().defaults == reading.flow.defaults
    assert nightly.build().options == reading.flow.options
    assert nightly.build().tasks[1] == reading.flow.tasks[1]


@pytest.mark.parametrize(
    "options",
    [{"notify": "me@example.com"}, {"overlap": "never"}, {"deadline": 0}, {"attach": 1}],
)
def test_options_are_held_against_the_same_table_as_on_a_line(options: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError):
        Flow("nightly", **options)


def test_a_flow_needs_no_with() -> None:
    etl = Flow("etl")
    etl.params(n=1)
    etl.notebook("load", n=etl.params.n) >> etl.notebook("sub/clean.ipynb")

    assert (
        etl.build()
        == read('params(n=1)\nload(n=params.n) >> notebook("sub/clean.ipynb")', line="etl").flow
    )


def test_the_same_notebook_is_the_same_task() -> None:
    with Flow("etl") as etl:
        notebook("load", n=1) >> notebook("clean")
        notebook("load").options(retries=1) >> notebook("report")

    text = "load(n=1) >> clean\nload.options(retries=1) >> report"
    assert etl.build() == read(text, line="etl").flow


def test_or_and_and_keep_their_groups() -> None:
    with Flow("etl") as etl:
        a = notebook("a")
        notebook("b").when((a.x | a.y) & a.z)
        notebook("c").when(a.x | a.y | (a.z & (a.x <= 1) & a.w.not_in([2])))

    text = """
a
b.when((a.x or a.y) and a.z)
c.when(a.x or a.y or a.z and a.x <= 1 and a.w not in [2])
"""
    assert etl.build() == read(text, line="etl").flow


def test_a_condition_has_no_truth_before_the_run() -> None:
    auc = Flow("etl").notebook("train").auc

    with pytest.raises(TypeError, match="known in the run only"):
        bool(0 < auc < 1)


def test_a_list_cannot_follow_a_list() -> None:
    etl = Flow("etl")
    before, after = [etl.notebook("a")], [etl.notebook("b")]

    with pytest.raises(TypeError):
        _ = before >> after


def make_loop(etl: Flow) -> None:
    a, b = etl.notebook("a"), etl.notebook("b")
    a >> b >> a
    etl.build()


def make_two(etl: Flow) -> None:
    etl.python("m:f")
    etl.python("n:f")
    etl.build()


def make_stranger(etl: Flow) -> None:
    etl.notebook("a", x=Flow("other").notebook("b").y)
    etl.build()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda etl: etl.build(), "JF129"),
        (make_loop, "JF101"),
        (make_stranger, "JF102"),
        (lambda etl: etl.notebook("a") >> Flow("other").notebook("b"), "JF102"),
        (lambda etl: etl.notebook("a", x=date(2026, 1, 1)), "JF105"),
        (lambda etl: etl.notebook("a", x={1: 2}), "JF105"),
        (lambda etl: etl.notebook("a", x=float("nan")), "JF105"),
        (lambda etl: etl.notebook("a", x=etl.notebook("b")), "JF105"),
        (lambda etl: etl.notebook("a") >> etl.notebook("a"), "JF106"),
        (lambda etl: etl.notebook("a") >> "b", "JF109"),
        (make_two, "JF110"),
        (lambda etl: etl.notebook("a").named("sql"), "JF111"),
        (lambda etl: etl.notebook("a", x=1)(x=2), "JF112"),
        (lambda etl: etl.notebook("a").options(retries=1).options(retries=2), "JF112"),
        (lambda etl: etl.notebook("sub/a"), "JF113"),
        (lambda etl: etl.notebook("a", **{"x y": 1}), "JF113"),
        (lambda etl: (etl.sql("select 1"), etl.build()), "JF113"),
        (lambda etl: etl.python("no function"), "JF113"),
        (lambda etl: etl.shell("ls")(x=1), "JF113"),
        (lambda etl: etl.notebook("a").expand(x=3), "JF116"),
        (lambda etl: etl.notebook("a").expand(), "JF116"),
        (lambda etl: etl.params(n=1)(n=1), "JF117"),
        (lambda etl: (etl.notebook("a", x=etl.params.q), etl.build()), "JF118"),
        (lambda etl: Flow("a b"), "JF119"),
        (lambda etl: Flow("a", retrys=1), "JF120"),
        (lambda etl: etl.notebook("a").options(schedule="@daily"), "JF120"),
        (lambda etl: etl.notebook("a").options(retries=-1), "JF121"),
        (lambda etl: Flow("a", env={"A": "two\nlines"}), "JF121"),
        (lambda etl: etl.notebook("a").options(retry_on="A", no_retry_on="A"), "JF127"),
    ],
)
def test_mistakes_are_refused_as_in_a_text(make: Callable[[Flow], object], code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make(Flow("etl"))

    assert [problem.code for problem in caught.value.problems] == [code]
    assert all(problem.hint for problem in caught.value.problems)


def test_a_task_is_named_before_it_is_used() -> None:
    train = Flow("etl").notebook("train")
    assert repr(train.auc) == "<train.auc>"

    with pytest.raises(UsageError, match="before it was named"):
        train.named("models")


def test_the_functions_need_a_flow() -> None:
    with pytest.raises(UsageError, match="no flow is being made"):
        notebook("train")


def test_flows_may_be_made_within_each_other() -> None:
    with Flow("outer") as outer:
        notebook("a")
        with Flow("inner") as inner:
            notebook("b")
        notebook("c")

    assert [task.name for task in outer.build().tasks] == ["a", "c"]
    assert [task.name for task in inner.build().tasks] == ["b"]


def test_what_libraries_look_for_is_no_value() -> None:
    train = Flow("etl").notebook("train")

    assert not hasattr(train, "_repr_html_")
    assert not hasattr(params, "__wrapped__")


def test_setups_and_teardowns_are_said_as_in_a_cell() -> None:
    with Flow("etl") as etl:
        up, work = notebook("up"), notebook("work")
        up >> work >> notebook("down").as_teardown(setups=[up], fails_run=True)
        notebook("other").as_setup()

    cell = "%%flow etl\nup >> work >> down.as_teardown(setups=up, fails_run=True)\nother.as_setup()"
    assert etl.build() == read(cell).flow


def test_what_means_nothing_for_a_teardown_is_refused() -> None:
    with Flow("etl") as etl:
        notebook("down").as_teardown(setups=notebook("up")).options(trigger="one_failed")

    with pytest.raises(DefinitionError, match="always has the rule all_done_setup_success"):
        etl.build()
    with pytest.raises(DefinitionError, match="both a set-up and a teardown"):
        etl.notebook("x").as_setup().as_teardown()


def test_groups_are_made_as_in_a_cell() -> None:
    with Flow("etl") as etl:
        with etl.group("prepare", retries=2) as prepare:
            notebook("extract") >> notebook("clean")
            with group("inner") as inner:
                notebook("a"), notebook("b")
        notebook("load") >> prepare >> [notebook("train"), notebook("report")]
        inner >> notebook("mail")

    cell = """%%flow etl
with group("prepare", retries=2):
    extract >> clean
    with group("inner"):
        [a, b]
load >> prepare >> [train, report]
inner >> mail
"""
    assert etl.build() == read(cell).flow


def _filled(etl: Flow, name: str, *, chained: bool = False) -> object:
    with etl.group(name) as group:
        task = etl.notebook("x")
        return group >> task if chained else group


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda etl: etl.group("two words"), "cannot be the name of a group"),
        (lambda etl: (etl.group("a"), etl.group("a")), "there is a group 'a' already"),
        (lambda etl: etl.group("a", retry=2), "no option 'retry'"),
        (lambda etl: etl.group("a"), "the group 'a' has no tasks"),
        (lambda etl: _filled(etl, "x") and etl.notebook("x"), "is a group and a task"),
        (lambda etl: _filled(etl, "a", chained=True), "one is in the other"),
    ],
)
def test_a_group_that_cannot_be_is_refused(make: Callable[[Flow], object], what: str) -> None:
    etl = Flow("etl")

    with pytest.raises(DefinitionError, match=what):
        (make(etl), etl.build())

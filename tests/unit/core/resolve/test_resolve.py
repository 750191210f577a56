"""Flows held against notebooks: what is planned, and every mistake in words.

The words are kept in tests/golden/resolve; run with FLOW_GOLDEN=write to write them anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.errors import Problem, Severity, Where
from jupyter_flow.core.expressions import Compare, Constant, ListOf, ParamRef, ValueRef
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Plan, Task
from jupyter_flow.core.notebooks.contract import contract_of
from jupyter_flow.core.notebooks.notebook import Notebook, Shelf
from jupyter_flow.core.options import FlowOptions, Overlap, TaskOptions
from jupyter_flow.core.resolve import CODES, bind_params, paths_named, resolve

GOLDEN = Path(__file__).parents[3] / "golden" / "resolve"
FOLDER = "/lab/project"


def notebook(name: str, parameters: str | None = "", **fields: Any) -> Notebook:
    path = fields.pop("path", f"{name}.ipynb")
    contract = fields.pop("contract", None) or contract_of(parameters)
    fields = {"task": name, "digest": f"digest of {name}", "kernel": "python3"} | fields
    return Notebook(path=f"{FOLDER}/{path}", contract=contract, **fields)


def shelf(*notebooks: Notebook, **fields: Any) -> Shelf:
    return Shelf(folder=FOLDER, notebooks={each.path: each for each in notebooks}, **fields)


def task(name: str, notebook: str | None = None, **fields: Any) -> Task:
    for kind in ("parameters", "expand"):
        given = fields.get(kind, {})
        fields[kind] = {k: v if hasattr(v, "kind") else Constant(v) for k, v in given.items()}
    is_ours = fields.get("kind", Kind.NOTEBOOK) is Kind.NOTEBOOK
    return Task(name=name, notebook=(notebook or name) if is_ours else None, **fields)


def flow(*tasks: Task, **fields: Any) -> Flow:
    return Flow(name="churn", tasks=tasks, **fields)


def solve(
    a_flow: Flow, a_shelf: Shelf, spans: Mapping[tuple[str, ...], Where] | None = None
) -> tuple[Plan | None, list[Problem]]:
    return resolve(
        a_flow,
        shelf=a_shelf,
        kernels=["python3", "ir"],
        pools={"gpu": 2},
        spans=spans,
        flows=["churn", "sales", "other"],
    )


def plan_of(a_flow: Flow, a_shelf: Shelf) -> Plan:
    plan, problems = solve(a_flow, a_shelf)
    assert problems == []
    assert plan is not None
    return plan


# -- plans -----------------------------------------------------------------------------------------


def test_each_task_gets_the_notebook_of_its_name() -> None:
    train = notebook("train", "n: int = 1", path="sub/train.ipynb", kernel="ir")

    plan = plan_of(flow(task("train"), task("again", "train")), shelf(train))

    target = plan.targets["train"]
    assert (target.path, target.digest) == (f"{FOLDER}/sub/train.ipynb", "digest of train")
    assert (target.folder, target.kernel) == (f"{FOLDER}/sub", "ir")
    assert target.types == {"n": "int"}
    assert plan.targets["again"] == target


def test_a_notebook_may_be_named_by_its_path_and_need_not_be_tagged() -> None:
    path = "../other/x.ipynb"
    untagged = notebook("x", path="other/x.ipynb", task=None)
    a_flow = flow(task("x", path))

    plan = plan_of(a_flow, shelf(untagged, named={path: untagged.path}))

    assert plan.targets["x"].path == untagged.path
    assert paths_named(a_flow) == {path}
    assert paths_named(flow(task("train"))) == frozenset()


def test_kinds_run_the_notebooks_that_ship_in_the_folder_of_the_flow() -> None:
    shipped = notebook("sql", "query: str", path="../kinds/sql.ipynb", kernel=None, task=None)
    load = task("load", kind=Kind.SQL, parameters={"query": "select 1"})

    plan = plan_of(flow(load), shelf(shipped={"sql": shipped}))

    assert (plan.targets["load"].path, plan.targets["load"].folder) == (shipped.path, FOLDER)


def test_a_wait_for_a_flow_runs_no_notebook_and_no_kernel() -> None:
    wait = task("other", kind=Kind.WAIT_FOR, parameters={"flow": "other", "timeout": "1h"})
    other = task("more", kind=Kind.WAIT_FOR, expand={"flow": ["x", "y"]})
    a_flow = flow(
        wait, other, defaults=TaskOptions(kernel="none such", pool="none", depends_on_past=True)
    )

    target = plan_of(a_flow, shelf()).targets["other"]

    assert (target.path, target.digest, target.folder) == ("", "", "")
    assert not target.has_notebook
    assert target.policy.depends_on_past


def test_what_is_looked_for_is_looked_for_from_the_folder_of_the_flow() -> None:
    here = task("here", kind=Kind.WAIT_FOR, parameters={"file": "in/*.csv"})
    there = task("there", kind=Kind.WAIT_FOR, expand={"file": ["a"]}, options=TaskOptions(cwd="x"))

    targets = plan_of(flow(here, there), shelf()).targets

    assert (targets["here"].folder, targets["there"].folder) == (FOLDER, f"{FOLDER}/x")
    assert not targets["here"].has_notebook


def test_what_works_now_earns_no_warning() -> None:
    a_flow = flow(
        task("train", options=TaskOptions(notify=("json://x",), on=("failure", "retry"))),
        defaults=TaskOptions(on=("late", "slow"), expected=timedelta(minutes=1), attach=True),
        options=FlowOptions(
            schedule="0 6 * * *",
            deadline=timedelta(minutes=5),
            overlap=Overlap.SKIP,
            max_active_runs=1,
        ),
    )

    assert plan_of(a_flow, shelf(notebook("train")))


def test_the_most_specific_layer_of_options_wins() -> None:
    tagged = notebook("a", options=TaskOptions(retries=2, timeout=timedelta(minutes=2)))
    a_flow = flow(
        task("a", options=TaskOptions(retries=3)),
        defaults=TaskOptions(retries=1, timeout=timedelta(minutes=1), priority=5),
    )

    policy = plan_of(a_flow, shelf(tagged)).targets["a"].policy

    assert (policy.retry.retries, policy.timeout) == (3, timedelta(minutes=2))
    assert policy.priority == 5


@pytest.mark.parametrize(
    ("cwd", "folder"),
    [(None, f"{FOLDER}/sub"), ("x", f"{FOLDER}/x"), ("/data", "/data"), ("C:/data", "C:/data")],
)
def test_a_task_runs_beside_its_notebook_unless_cwd_says_otherwise(
    cwd: str | None, folder: str
) -> None:
    a_flow = flow(task("a", options=TaskOptions(cwd=cwd)))

    plan = plan_of(a_flow, shelf(notebook("a", path="sub/a.ipynb")))

    assert plan.targets["a"].folder == folder


ACCEPTED: list[tuple[str, Any]] = [
    ("n: int = 1", 2),
    ("n = 1", 0.5),
    ("n = 'x'", None),
    ("n: date", "2026-01-31"),
    ("n: date", "{{ ds }}"),
    ("n: list[int]", ["{{ params.known }}", 2]),
    ("n: int", ParamRef("known")),
    ("n: int", ParamRef("empty")),
    ("n: int", ValueRef("up", "x")),
    ("n: int", Compare(Constant(1), "<", Constant(2))),
    ("n: pd.DataFrame", 1),
    ("n = load()", 1),
]


@pytest.mark.parametrize(("cell", "value"), ACCEPTED)
def test_what_fits_or_is_known_only_in_the_run_is_accepted(cell: str, value: Any) -> None:
    params = (FlowParameter(name="known", default=1), FlowParameter(name="empty", default=None))
    a_flow = flow(task("up"), task("a", parameters={"n": value}), params=params)
    up = notebook("up", values=frozenset({"x"}))

    plan_of(a_flow, shelf(up, notebook("a", cell)))


def test_lists_known_only_in_the_run_may_be_expanded() -> None:
    params = (
        FlowParameter(name="models", default=["a", "b"]),
        FlowParameter(name="model", default="a"),
    )
    a_flow = flow(
        task("up"),
        task("a", expand={"n": ValueRef("up", "x")}),
        task("b", "a", expand={"n": ParamRef("models")}),
        task("c", "a", expand={"n": ListOf((Constant("x"), ParamRef("model")))}),
        task("d", "a", expand={"n": []}),
        params=params,
    )

    plan_of(a_flow, shelf(notebook("up", values=None), notebook("a", "n: str")))


def test_nothing_is_refused_where_nothing_is_known() -> None:
    in_r = notebook("a", contract=contract_of("n <- 1", "r"), kernel="ir", language="r")

    plan_of(flow(task("a", parameters={"n": 1, "m": 2})), shelf(in_r))


# -- mistakes --------------------------------------------------------------------------------------

Case = Callable[[], tuple[Flow, Shelf]]
PLACE = Where(path="etl.ipynb", cell=4, line=2, column=0, end_column=5, text="train(n=1) >> report")
TRAIN = notebook("train", "n: int = 1  # how many\nday: date = None", values=frozenset({"auc"}))

CASES: dict[str, tuple[Flow, Shelf]] = {
    "unknown_task_with_a_near_one": (flow(task("trian")), shelf(TRAIN)),
    "unknown_task": (flow(task("report")), shelf(TRAIN)),
    "unknown_task_in_an_empty_folder": (flow(task("report")), shelf()),
    "unknown_task_near_an_untagged_one": (
        flow(task("reprot")),
        shelf(untagged=(f"{FOLDER}/sub/01_report.ipynb",)),
    ),
    "not_tagged": (flow(task("clean")), shelf(untagged=(f"{FOLDER}/sub/01_clean.ipynb",))),
    "not_tagged_with_another_name": (
        flow(task("class_")),
        shelf(untagged=(f"{FOLDER}/class_.ipynb",)),
    ),
    "not_tagged_twice": (
        flow(task("clean")),
        shelf(untagged=(f"{FOLDER}/b/clean.ipynb", f"{FOLDER}/a/it's clean/clean.ipynb")),
    ),
    "two_notebooks_of_one_name": (
        flow(task("train")),
        shelf(notebook("train", path="b/t.ipynb"), notebook("train", path="a/t.ipynb")),
    ),
    "no_such_file": (
        flow(task("x", "sub/trian.ipynb")),
        shelf(notebook("t", path="sub/train.ipynb")),
    ),
    "unreadable_notebook": (
        flow(task("broken")),
        shelf(
            notebook(
                "broken",
                task=None,
                problems=(
                    Problem(
                        code="JF200",
                        what="'broken.ipynb' cannot be read as a notebook: no JSON",
                        where=Where(path="broken.ipynb"),
                    ),
                ),
            )
        ),
    ),
    "unreadable_parameters_cell": (
        flow(task("train", parameters={"n": 1})),
        shelf(
            notebook("train", contract=contract_of("n = ("), problems=contract_of("n = (").problems)
        ),
    ),
    "unknown_parameter": (flow(task("train", parameters={"dya": "x", "n": 1})), shelf(TRAIN)),
    "unknown_parameter_of_none": (
        flow(task("train", parameters={"n": 1})),
        shelf(notebook("train", "import os")),
    ),
    "required_parameter_missing": (
        flow(task("train")),
        shelf(notebook("train", "n: int  # how many\nday: date")),
    ),
    "wrong_type_declared": (flow(task("train", parameters={"n": "abc"})), shelf(TRAIN)),
    "wrong_type_guessed": (
        flow(task("train", parameters={"n": "abc"})),
        shelf(notebook("train", "n = 10")),
    ),
    "wrong_type_of_a_flow_parameter": (
        flow(
            task("train", parameters={"n": ParamRef("n")}),
            params=(FlowParameter(name="n", default="many"),),
        ),
        shelf(TRAIN),
    ),
    "wrong_type_in_an_expanded_list": (
        flow(task("train", expand={"n": [1, "two", 3, None]})),
        shelf(TRAIN),
    ),
    "expanded_over_no_list": (flow(task("train", expand={"n": 5})), shelf(TRAIN)),
    "value_nobody_outputs": (
        flow(task("train"), task("report", parameters={"n": ValueRef("train", "acu")})),
        shelf(TRAIN, notebook("report", "n = 1")),
    ),
    "value_of_a_notebook_without_any": (
        flow(
            task("train"),
            task("report", when=Compare(ValueRef("train", "auc"), ">", Constant(1))),
        ),
        shelf(notebook("train", values=frozenset()), notebook("report")),
    ),
    "no_parameters_cell": (
        flow(task("train", parameters={"n": 1, "m": 2})),
        shelf(notebook("train", None)),
    ),
    "template_with_an_unknown_name": (
        flow(
            task("train", parameters={"day": "{{ dss }}", "n": 1}),
            task("again", "train", parameters={"day": "{{ params.dya }}", "n": 1}),
            task("third", "train", parameters={"day": "{{ 1 + }}", "n": 1}),
            task("fine", "train", parameters={"day": "{{ x | default(ds) }}", "n": 1}),
            params=(FlowParameter(name="day", default="today"),),
        ),
        shelf(TRAIN),
    ),
    "impossible_parameter_name": (
        flow(task("train", parameters={"n=1;import os": 1})),
        shelf(notebook("train", None)),
    ),
    "kernel_not_installed": (
        flow(task("a"), task("b"), task("c")),
        shelf(
            notebook("a", kernel="julia-1.9"),
            notebook("b", kernel="julia-1.9"),
            notebook("c", options=TaskOptions(kernel="irr")),
        ),
    ),
    "unknown_pool": (flow(task("train", options=TaskOptions(pool="gup"))), shelf(TRAIN)),
    "too_many_slots": (
        flow(task("train", options=TaskOptions(pool="gpu", slots=3))),
        shelf(TRAIN),
    ),
    "kind_not_available": (
        flow(task("other", kind=Kind.SHELL, parameters={"command": "true"})),
        shelf(),
    ),
    "unknown_flow": (
        flow(
            task("typo", kind=Kind.WAIT_FOR, parameters={"flow": "salse"}),
            task("there", kind=Kind.WAIT_FOR, parameters={"flow": "sales"}),
            task("itself", kind=Kind.WAIT_FOR, parameters={"flow": "churn"}),
            task("later", kind=Kind.WAIT_FOR, parameters={"flow": "{{ params.x }}"}),
            params=(FlowParameter(name="x", default="sales"),),
        ),
        shelf(),
    ),
    "waits_make_no_attempts": (
        flow(
            task("rows", kind=Kind.WAIT_FOR, parameters={"sql": "select 1", "connection": "x"}),
            task("slow", kind=Kind.WAIT_FOR, parameters={"flow": "x{{ attempt }}"}),
        ),
        shelf(),
    ),
    "options_without_effect": (
        flow(
            task("train", options=TaskOptions(on=("slow", "late"))),
            task("again"),
            task("fine", "train", options=TaskOptions(on=("slow",), expected=timedelta(minutes=1))),
            task("read", "train", options=TaskOptions(inputs=("a.csv",))),
            task(
                "gate",
                kind=Kind.EXPECT,
                parameters={"condition": True},
                options=TaskOptions(cache=True),
            ),
            defaults=TaskOptions(on=("failure", "late")),
            options=FlowOptions(overlap=Overlap.SKIP),
        ),
        shelf(
            notebook("train", "n: int = 1"),
            notebook("again", options=TaskOptions(on=("failure", "slow"))),
        ),
    ),
    "nothing_expected": (
        flow(task("train"), defaults=TaskOptions(on=("slow",))),
        shelf(notebook("train", "n: int = 1")),
    ),
    "all_at_once": (
        flow(
            task("trian"),
            task("train", parameters={"n": "x", "m": 1}, options=TaskOptions(pool="x")),
            task("report"),
        ),
        shelf(TRAIN, untagged=(f"{FOLDER}/report.ipynb",)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_in_these_words(name: str) -> None:
    a_flow, a_shelf = CASES[name]
    spans = {("task", each.name): PLACE for each in a_flow.tasks}
    golden = GOLDEN / f"{name}.txt"

    plan, problems = solve(a_flow, a_shelf, spans)

    said = "\n\n".join(map(str, problems)) + "\n"
    if os.environ.get("FLOW_GOLDEN") == "write":
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
    assert (plan is None) == any(problem.is_error for problem in problems)
    assert {problem.code for problem in problems} <= set(CODES)


def test_every_golden_message_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_places_are_as_fine_as_the_reader_knows_them() -> None:
    a_flow = flow(
        task("train", parameters={"n": "x"}, expand={"m": 5}, options=TaskOptions(pool="x")),
    )
    spans = {
        ("task", "train"): Where(line=1),
        ("parameter", "train", "n"): Where(line=2),
        ("expand", "train", "m"): Where(line=3),
        ("option", "train", "pool"): Where(line=4),
    }

    _, problems = solve(a_flow, shelf(notebook("train", "n = 1\nm = 1\nk: int")), spans)

    lines = {p.code: p.where.line for p in problems if p.where is not None}
    assert lines == {"JF212": 2, "JF213": 3, "JF225": 4, "JF211": 1}


def test_commands_name_paths_from_where_people_work_and_flows_from_where_they_are() -> None:
    a_shelf = shelf(
        notebook("train", path="b/t.ipynb"),
        notebook("train", path="a/t.ipynb"),
        untagged=(f"{FOLDER}/clean.ipynb",),
        root="/lab",
    )

    _, (twice, untagged) = solve(flow(task("train"), task("clean")), a_shelf)

    assert "jupyter flow tag 'project/b/t.ipynb'" in twice.hint
    assert 'notebook("a/t.ipynb")' in twice.hint
    assert untagged.hint == "Tag it: jupyter flow tag 'project/clean.ipynb'"


def test_without_places_the_mistakes_are_told_all_the_same() -> None:
    _, problems = solve(*CASES["all_at_once"])

    assert [problem.code for problem in problems] == ["JF201", "JF210", "JF212", "JF225", "JF202"]


def test_a_warning_does_not_stand_in_the_way() -> None:
    plan, (problem,) = solve(*CASES["value_nobody_outputs"])

    assert plan is not None
    assert problem.severity is Severity.WARNING


# -- parameters of a run ---------------------------------------------------------------------------

DECLARED = flow(
    params=(
        FlowParameter(name="model", default="logit"),
        FlowParameter(name="n", default=10),
        FlowParameter(name="rate", default=0.5),
        FlowParameter(name="fast", default=False),
        FlowParameter(name="names", default=["a"]),
        FlowParameter(name="limit", default=None),
    )
)


def test_what_is_not_given_has_its_default() -> None:
    bound, problems = bind_params(DECLARED, {"n": 20})

    assert problems == []
    assert bound == {
        "model": "logit",
        "n": 20,
        "rate": 0.5,
        "fast": False,
        "names": ["a"],
        "limit": None,
    }


@pytest.mark.parametrize(
    ("name", "value", "bound"),
    [("rate", 1, 1.0), ("limit", 5, 5), ("limit", "x", "x"), ("names", ["b"], ["b"])],
)
def test_a_value_of_the_declared_type_is_taken(name: str, value: Any, bound: Any) -> None:
    found, problems = bind_params(DECLARED, {name: value})

    assert (found[name], type(found[name])) == (bound, type(bound))
    assert problems == []


@pytest.mark.parametrize(
    ("name", "text", "bound"),
    [
        ("n", "20", 20),
        ("rate", "1", 1.0),
        ("fast", "true", True),
        ("model", "20", "20"),
        ("names", '["b", "c"]', ["b", "c"]),
        ("limit", "5", 5),
        ("limit", "five", "five"),
        ("limit", "null", None),
    ],
)
def test_a_text_is_read_as_the_declared_type(name: str, text: str, bound: Any) -> None:
    found, problems = bind_params(DECLARED, {}, {name: text})

    assert (found[name], type(found[name])) == (bound, type(bound))
    assert problems == []


def test_all_wrong_parameters_are_told_together() -> None:
    _, problems = bind_params(DECLARED, {"modle": "x", "fast": 1}, {"n": "2.5"})

    assert [(p.code, p.what, p.hint) for p in problems] == [
        ("JF240", "flow 'churn' has no parameter 'modle'", "Did you mean 'model'?"),
        (
            "JF241",
            "parameter 'n' must be int, got '2.5' (str)",
            "The flow declares it as params(n=10).",
        ),
        (
            "JF241",
            "parameter 'fast' must be bool, got 1 (int)",
            "The flow declares it as params(fast=False).",
        ),
    ]


def test_a_flow_without_parameters_says_how_to_declare_one() -> None:
    _, (problem,) = bind_params(flow(), {"n": 1})

    assert problem.hint == "Declare it in the flow: params(n=…). 'churn' declares none yet."

"""What the text of a flow means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    DictOf,
    Every,
    ListOf,
    Not,
    ParamRef,
    Some,
    ValueRef,
)
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Task
from jupyter_flow.core.language import read
from jupyter_flow.core.options import TaskOptions, TriggerRule


def flow(text: str, line: str = "etl") -> Flow:
    """The flow in *text*, which has nothing wrong with it."""
    reading = read(text, line=line)
    assert not reading.problems, "\n\n".join(map(str, reading.problems))
    assert reading.flow is not None
    return reading.flow


def task(text: str, name: str = "train") -> Task:
    return flow(text)[name]


def codes(text: str, line: str = "etl") -> list[str]:
    return [problem.code for problem in read(text, line=line).problems]


EXAMPLE = """
"Who leaves?"
params(n=10)
extract(day="{{ ds }}") >> clean >> features
models = train(seed=1).expand(model=["logit", "forest", "boost"]).options(retries=3, timeout="20m")
features >> models >> evaluate(scores=models.auc)
evaluate >> [report.options(trigger="all_done"), deploy.when(evaluate.auc > 0.8)]
"""


def test_the_example_of_the_design_is_read() -> None:
    churn = flow(EXAMPLE, line='churn --schedule "0 6 * * 1-5" --tz Europe/Berlin --retries 2')

    assert [each.name for each in churn.tasks] == [
        *("extract", "clean", "features", "models", "evaluate", "report", "deploy")
    ]
    assert churn.graph.order == tuple(each.name for each in churn.tasks)
    assert churn["models"].notebook == "train"
    assert churn["models"].expand == {"model": Constant(["logit", "forest", "boost"])}
    assert churn["evaluate"].parameters == {"scores": ValueRef("models", "auc")}
    assert churn["report"].options.trigger is TriggerRule.ALL_DONE
    assert churn["deploy"].when == Compare(ValueRef("evaluate", "auc"), ">", Constant(0.8))
    assert churn.description == "Who leaves?"
    assert churn.params == (FlowParameter(name="n", default=10),)
    assert churn.options.schedule == "0 6 * * 1-5"
    assert churn.defaults == TaskOptions(retries=2)


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("a >> b", "ab"),
        ("b << a", "ab"),
        ("a >> b >> c", "ab bc"),
        ("c << b << a", "bc ab"),
        ("a >> b << c", "ab cb"),
        ("a >> [b, c] >> d", "ab ac bd cd"),
        ("[a, b] >> c", "ac bc"),
        ("c << (a, b)", "ac bc"),
        ("a.set_downstream(b)", "ab"),
        ("a.set_downstream([b, c])", "ab ac"),
        ("c.set_upstream([a, b])", "ac bc"),
        ("a(x=1).options(retries=1) >> b.when(a.ok)", "ab"),
        ("a >> b\na >> b", "ab"),
        ("a\nb", ""),
        ("[a, b]", ""),
        ("a(x=b.y)", ""),
    ],
)
def test_arrows_are_edges(text: str, edges: str) -> None:
    assert flow(text).edges == {tuple(pair) for pair in edges.split()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", Constant(1)),
        ("-1.5", Constant(-1.5)),
        ("None", Constant(None)),
        ("True", Constant(True)),
        ('"a" "b"', Constant("ab")),
        ("(1, [2, {'a': ()}])", Constant([1, [2, {"a": []}]])),
        ("params.n", ParamRef("n")),
        ('params["n"]', ParamRef("n")),
        ("load.rows", ValueRef("load", "rows")),
        ('load["options"]', ValueRef("load", "options")),
        ("load.name", ValueRef("load", "name")),
        ("[1, load.rows]", ListOf((Constant(1), ValueRef("load", "rows")))),
        ("{'a': params.n}", DictOf((("a", ParamRef("n")),))),
    ],
)
def test_values_are_expressions(text: str, value: object) -> None:
    found = task(f"params(n=1)\ntrain(x={text})").parameters["x"]

    assert repr(found) == repr(value)


A, B = ValueRef("a", "x"), ValueRef("b", "y")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a.x", A),
        ("a.x == 1", Compare(A, "==", Constant(1))),
        (
            "0 < a.x <= 1",
            Every((Compare(Constant(0), "<", A), Compare(A, "<=", Constant(1)))),
        ),
        ("a.x and b.y and True", Every((A, B, Constant(True)))),
        ("a.x or not b.y", Some((A, Not(B)))),
        ("a.x in ['u', 'v']", Compare(A, "in", Constant(["u", "v"]))),
        ("a.x not in b.y", Compare(A, "not in", B)),
        ("(a.x or b.y) and a.x", Every((Some((A, B)), A))),
    ],
)
def test_conditions_are_expressions(text: str, condition: object) -> None:
    assert task(f"train.when({text})").when == condition


@pytest.mark.parametrize(
    ("text", "kind", "parameters"),
    [
        (
            'x = python("pkg.mod:func", a=1)',
            Kind.PYTHON,
            {"function": Constant("pkg.mod:func"), "arguments": Constant({"a": 1})},
        ),
        (
            'x = python("pkg.mod:func", a=load.n)',
            Kind.PYTHON,
            {
                "function": Constant("pkg.mod:func"),
                "arguments": DictOf((("a", ValueRef("load", "n")),)),
            },
        ),
        (
            'x = sql("select :d", connection="dwh", bind={"d": 1}, preview=5)',
            Kind.SQL,
            {
                "query": Constant("select :d"),
                "connection": Constant("dwh"),
                "bind": Constant({"d": 1}),
                "preview": Constant(5),
            },
        ),
        (
            'x = http("POST", "https://example.com", json={"a": 1}, expect_status=[200])',
            Kind.HTTP,
            {
                "method": Constant("POST"),
                "url": Constant("https://example.com"),
                "json": Constant({"a": 1}),
                "expect_status": Constant([200]),
            },
        ),
        ('x = shell("ls")', Kind.SHELL, {"command": Constant("ls")}),
        (
            'x = wait_for(file="in/*.csv", timeout="1h", poke_interval=30)',
            Kind.WAIT_FOR,
            {
                "file": Constant("in/*.csv"),
                "timeout": Constant("1h"),
                "poke_interval": Constant(30),
            },
        ),
        (
            'x = wait_for(flow="other", within="1d", timeout="1h", soft_fail=True)',
            Kind.WAIT_FOR,
            {
                "flow": Constant("other"),
                "within": Constant("1d"),
                "timeout": Constant("1h"),
                "soft_fail": Constant(True),
            },
        ),
        (
            'x = flow("other", n=1)',
            Kind.FLOW,
            {"flow": Constant("other"), "params": Constant({"n": 1})},
        ),
        (
            'x = expect(0 < a.auc and not params.n, "no good")\nparams(n=1)',
            Kind.EXPECT,
            {
                "condition": Every(
                    (Compare(Constant(0), "<", ValueRef("a", "auc")), Not(ParamRef("n")))
                ),
                "message": Constant("no good"),
            },
        ),
        (
            "x = expect(condition=a.ok)",
            Kind.EXPECT,
            {"condition": ValueRef("a", "ok")},
        ),
        (
            'x = approve("Go?", timeout="1d")',
            Kind.APPROVE,
            {"question": Constant("Go?"), "timeout": Constant("1d")},
        ),
        ('x = shell().expand(command=["ls"])', Kind.SHELL, {}),
        ('x = wait_for().expand(flow=["a", "b"])', Kind.WAIT_FOR, {}),
    ],
)
def test_the_other_kinds_are_tasks(text: str, kind: Kind, parameters: object) -> None:
    found = task(text, "x")

    assert found.kind is kind
    assert found.notebook is None
    assert found.parameters == parameters


@pytest.mark.parametrize(
    ("text", "name", "notebook"),
    [
        ("train", "train", "train"),
        ("x = train", "x", "train"),
        ("x = train()", "x", "train"),
        ("train = train(seed=1)", "train", "train"),
        ('notebook("sub/01_train model.ipynb")', "train_model", "sub/01_train model.ipynb"),
        ('x = notebook("sub/train.ipynb", a=1)', "x", "sub/train.ipynb"),
        ('x = notebook("options")', "x", "options"),
    ],
)
def test_a_task_has_a_name_and_a_notebook(text: str, name: str, notebook: str) -> None:
    assert task(text, name).notebook == notebook


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('python("pkg.mod:Class.func")', ["func"]),
        ('sql("a", connection="c") >> sql("b", connection="c")', ["sql_1", "sql_2"]),
        ('sql_1 >> sql("a", connection="c")', ["sql_1", "sql_2"]),
        ('shell("ls") >> http("GET", "https://example.com")', ["shell_1", "http_1"]),
        ('wait_for(file="a")', ["wait_for_1"]),
        ('flow("other-one")', ["other_one"]),
        ("expect(a.auc > 0.8) >> b", ["expect_1", "a", "b"]),
    ],
)
def test_a_task_without_a_name_gets_one(text: str, names: list[str]) -> None:
    assert [each.name for each in flow(text).tasks] == names


def test_a_bare_name_is_one_task_wherever_it_stands() -> None:
    etl = flow("train.options(retries=1)\ntrain(a=1) >> report(x=train.y)\ntrain(b=2)(a=1)")

    assert etl["train"].parameters == {"a": Constant(1), "b": Constant(2)}
    assert etl["train"].options == TaskOptions(retries=1)
    assert len(etl.tasks) == 2


def test_a_name_may_be_used_before_the_line_that_gives_it() -> None:
    etl = flow("load >> models\nmodels = train(seed=1)\nload >> rows\nrows = shell('ls')")

    assert [each.name for each in etl.tasks] == ["load", "models", "rows"]
    assert etl["models"].notebook == "train"
    assert etl["rows"].kind is Kind.SHELL


def test_a_notebook_named_by_path_is_known_by_its_name() -> None:
    etl = flow('notebook("sub/train.ipynb") >> report(x=train.auc)\ntrain.options(retries=1)')

    assert [each.name for each in etl.tasks] == ["train", "report"]
    assert etl["train"].notebook == "sub/train.ipynb"
    assert etl["train"].options.retries == 1


def test_only_a_first_text_is_the_description() -> None:
    assert flow('"""\n  One\n  two\n"""\na').description == "One\ntwo"
    assert codes('a\n"late"') == ["JF104"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/x/01_My flow.ipynb", "My_flow"),
        (r"C:\x\etl.ipynb", "etl"),
        ("01.ipynb", "flow"),
        (None, "flow"),
    ],
)
def test_a_flow_without_a_name_is_called_as_its_file(path: str | None, name: str) -> None:
    reading = read("a", path=path)

    assert reading.flow is not None
    assert reading.flow.name == name


def test_a_whole_cell_is_read_as_its_line_and_its_body() -> None:
    cell = read("\n%%flow etl --retries 2\na >> a\n")

    assert cell.flow == Flow(
        name="etl",
        tasks=(Task(name="a", notebook="a"),),
        defaults=TaskOptions(retries=2),
    )
    assert [problem.where.line for problem in cell.problems if problem.where] == [3]


def test_places_are_told_in_characters_of_the_line() -> None:
    spans = read('é = train(x="ü", y=ä.b)\né.options(retries=1) >> ä', line="etl --pool é").spans

    told = {key: (w.line, w.text[w.column : w.end_column]) for key, w in spans.items()}
    assert told == {
        ("flow",): (1, "%%flow etl --pool é"),
        ("option", "", "pool"): (1, "é"),
        ("task", "é"): (2, "train"),
        ("parameter", "é", "x"): (2, 'x="ü"'),
        ("task", "ä"): (2, "ä"),
        ("value", "ä", "b"): (2, "ä.b"),
        ("parameter", "é", "y"): (2, "y=ä.b"),
        ("option", "é", "retries"): (3, "retries=1"),
        ("edge", "é", "ä"): (3, "ä"),
    }


def test_mistakes_of_all_sorts_are_found_together() -> None:
    text = "a >> b >> a\nb.options(retry=1)\nc(x=f())\nd(x=params.y)\n[a] >> [b]"

    assert codes(text, line="etl --tz Berlin") == [
        *("JF125", "JF101", "JF120", "JF105", "JF118", "JF107")
    ]


def test_what_is_left_of_a_wrong_flow_can_be_looked_at_further() -> None:
    reading = read("a >> b >> a\nb.options(retry=1)\nc(x=f(), y=1)", line="etl")

    assert reading.flow is not None
    assert reading.flow.graph.order
    assert set(reading.flow["c"].parameters) == {"x", "y"}
    assert read("a(x=b.y)\nb(x=a.y)").flow is None
    assert read("a >>").flow is None
    assert read("import x\na").flow is None


def test_a_pattern_in_a_text_is_no_mistake() -> None:
    assert task(r'train(pattern="\d+")').parameters == {"pattern": Constant(r"\d+")}


@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "x = '\ud800'",
        "(" * 500,
        "-" * 3000 + "1",
        "a" + ".b" * 5000,
        "a(" * 150,
        "not " * 900,
    ],
)
def test_hostile_texts_are_mistakes_like_others(text: str) -> None:
    reading = read(text, line="etl")

    assert any(problem.is_error for problem in reading.problems)


WORDS = (
    *("a", "b", "params", "python", "notebook", "sql", "secret", "x", "'t'", '"m:f"', "1", "f''"),
    *("(", ")", "[", "]", "{", "}", ",", ".", "=", ">>", "<<", ">", "==", "*", "**", ":", "\n"),
    *("when", "options", "expand", "retries", "and", "not", "in", "for", "import", "lambda", "-"),
    *("set_upstream", "set_downstream", "if", "else", "model", "connection", " "),
)


@given(
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=40),
    st.lists(st.sampled_from([*WORDS, "--retries", "--tz", "--env"])).map(" ".join) | st.text(),
)
def test_nothing_is_raised_whatever_the_text(text: str, line: str) -> None:
    reading = read(text, line=line)

    for problem in reading.problems:
        assert str(problem)
    if reading.flow is not None:
        assert reading.flow.graph.order

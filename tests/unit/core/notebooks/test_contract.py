"""What the parameters cell of a notebook says, read without running it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.notebooks.contract import Contract, Parameter, contract_of


def only(source: str) -> Parameter:
    (parameter,) = contract_of(source).parameters
    return parameter


@pytest.mark.parametrize(
    ("source", "type_text", "default", "help_text"),
    [
        ("n = 10", "int", "10", ""),
        ("n = 10  # how many", "int", "10", "how many"),
        ("n: int = 10  # type: ignore  # how many", "int", "10", "how many"),
        ("n = 10  # how many  # noqa: E501", "int", "10", "how many"),
        ("n = 10  # noqa", "int", "10", ""),
        ("n = 1  # type: float the ratio", "float", "1", "the ratio"),
        ("n = None", "", "None", ""),
        ("n: int | None = None", "int | None", "None", ""),
        ("n: 'int | None' = None", "int | None", "None", ""),
        ("n: Literal['a', 'b'] = 'a'", "Literal['a', 'b']", "'a'", ""),
        ("n: date", "date", None, ""),
        ("n = -1.5", "float", "-1.5", ""),
        ("n = 'a=b'", "str", "'a=b'", ""),
        ("n = '#fff'  # a colour", "str", "'#fff'", "a colour"),
        ("n = Path('x')", "", "Path('x')", ""),
        ("n = 1 << 3", "", "1 << 3", ""),
        ("n = dict(a=1)", "", "dict(a=1)", ""),
        ("n = lambda x=1: x", "", "lambda x=1: x", ""),
        ("n = {\n  'a': 1,  # one\n}  # all", "dict", "{'a': 1}", "all"),
        ("n = [  # all\n  1,\n]", "list", "[1]", "all"),
        ("n = (1, 2)", "tuple", "(1, 2)", ""),
        ("n = !ls", "", "get_ipython()", ""),
    ],
)
def test_an_assignment_is_a_parameter(
    source: str, type_text: str, default: str | None, help_text: str
) -> None:
    found = only(source)

    assert (found.type, found.default, found.help) == (type_text, default, help_text)
    assert found.is_required is (default is None)


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n    n = 1",
        '"""n = 1\nm = 2"""',
        "for n in range(3): pass",
        "import n",
        "def f(n=1): m = 2",
        "n.m = 1",
        "n[0] = 1",
        "n += 1",
        "print(n := 1)",
        "# n = 1",
        "%matplotlib inline",
        "!pip list",
        "len?",
        "",
    ],
)
def test_only_what_is_assigned_at_the_top_level_is_a_parameter(source: str) -> None:
    assert contract_of(source) == Contract(has_cell=True)


def test_names_that_are_assigned_together_each_get_their_part() -> None:
    found = contract_of("a, b = 1, 'x'\nc = d = 2.0\ne, f = load()").parameters

    assert [(p.name, p.type, p.default) for p in found] == [
        ("a", "int", "1"),
        ("b", "str", "'x'"),
        ("c", "float", "2.0"),
        ("d", "float", "2.0"),
        ("e", "", "load()"),
        ("f", "", "load()"),
    ]


def test_the_last_assignment_counts_and_a_declared_type_stays() -> None:
    found = only("n: float\nn = 1  # first\nn = 2")

    assert (found.type, found.default, found.help) == ("float", "2", "first")


def test_magics_do_not_hide_the_parameters() -> None:
    found = contract_of("%%capture\n%load_ext x\nn = 1\n!echo hi\nm = 2  # two\nm?").parameters

    assert [(p.name, p.help) for p in found] == [("n", ""), ("m", "two")]


def test_a_cell_that_is_no_python_is_a_problem_with_its_place() -> None:
    contract = contract_of("a = 1\nb = (\n")

    assert not contract.is_checked
    (problem,) = contract.problems
    assert problem.code == "JF216"
    assert problem.where is not None
    assert (problem.where.line, problem.where.text) == (2, "b = (")


def test_no_cell_and_another_language_say_nothing() -> None:
    assert contract_of(None) == Contract(has_cell=False)
    assert contract_of("n <- 1", "R") == Contract(has_cell=True, is_checked=False)
    assert contract_of(None, "R") == Contract(has_cell=False, is_checked=False)


def test_a_guessed_type_is_loose_and_a_declared_one_is_strict() -> None:
    types = contract_of("a = 1\nb: int = 1\nc = 'x'\nd = None\ne: int = None").types

    assert types == {
        "a": "int | float | None",
        "b": "int",
        "c": "str | None",
        "e": "int | None",
    }


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(source: str) -> None:
    contract_of(source)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.integers() | st.text()))
def test_what_is_written_is_read(defaults: dict[str, int | str]) -> None:
    source = "\n".join(f"p_{name} = {value!r}" for name, value in defaults.items())

    found = contract_of(source).parameters

    assert [(p.name, p.type) for p in found] == [
        (f"p_{name}", type(value).__name__) for name, value in defaults.items()
    ]

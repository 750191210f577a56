"""Parameters as source: what is written is what was meant, or nothing is."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_flow.core.errors import DefinitionError
from jupyter_flow.execution.parameters import inject, literal, python_source

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(ZoneInfo("Europe/Berlin"))),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=8,
)


class Colour(IntEnum):
    RED = 1


@given(plain)
def test_what_is_written_is_read_back_the_same(value: Any) -> None:
    scope: dict[str, Any] = {}
    exec(python_source({"value": value}), scope)
    assert scope["value"] == value
    assert type(scope["value"]) is type(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, Path("a b/ü"), (), (1,), set(), {1, 2}])
def test_odd_values_are_written_too(value: Any) -> None:
    assert eval(literal(value)) == value


def test_nan_is_nan() -> None:
    assert math.isnan(eval(literal(math.nan)))


def test_no_name_of_the_notebook_is_touched() -> None:
    values = {"day": date(2026, 1, 1), "path": Path("x"), "at": time(1, tzinfo=UTC)}
    scope: dict[str, Any] = {}
    exec(python_source(values | {"for_": timedelta(1), "then": datetime(2026, 1, 1)}), scope)  # noqa: DTZ001
    assert scope.keys() - {"__builtins__"} == {"day", "path", "at", "for_", "then"}


@pytest.mark.parametrize("value", [object(), Colour.RED, [1, object()], {"a": len}, 1j])
def test_what_cannot_be_made_again_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be passed"):
        literal(value)


def test_a_list_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(DefinitionError) as refused:
        put({"loop": loop})
    assert refused.value.problems[0].code == "JF223"


def put(parameters: dict[str, Any], *sources: tuple[str, str], language: str = "python") -> Any:
    cells = [new_code_cell(source, metadata={"tags": [tag]}) for source, tag in sources]
    notebook = new_notebook(cells=cells)
    inject(notebook, parameters, language=language, kernel="", path="n.ipynb")
    return [cell.source for cell in notebook.cells]


def test_the_cell_comes_after_the_parameters_cell() -> None:
    cells = put({"n": 2}, ("first", "a"), ("n = 1", "parameters"), ("last", "b"))
    assert cells == ["first", "n = 1", "# Parameters\nn = 2", "last"]


def test_all_that_is_wrong_is_told_together() -> None:
    with pytest.raises(DefinitionError) as refused:
        put({"a b": 1, "n": "many", "x": object(), "good": 1}, ("n: int = 1", "parameters"))
    assert [problem.code for problem in refused.value.problems] == ["JF221", "JF222", "JF223"]
    assert all(str(problem.where) == "n.ipynb" for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("language", "value", "code"),
    [
        ("R", date(2026, 1, 1), "JF223"),
        ("R", (1, 2), "JF223"),
        ("R", math.nan, "JF223"),
        ("bash", {"a": 1}, "JF224"),
        ("cobol", 1, "JF224"),
        ("scala", "ü", "JF224"),
    ],
)
def test_other_languages_get_only_what_json_knows(language: str, value: Any, code: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        put({"x": value}, language=language)
    assert refused.value.problems[0].code == code


def test_letters_beyond_ascii_reach_r() -> None:
    (source,) = put({"x": "ü\\xe4 漢"}, language="R")
    assert source == '# Parameters\nx = "\\u00fc\\\\xe4 \\u6f22"'

"""What fits which type, what is said when it does not, and what a text means."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.notebooks.parameter_types import (
    PathText,
    check,
    convert,
    convert_text,
    type_of,
)

FITS = [
    (1, "int"),
    (1, "float"),
    (1.5, "float"),
    ("a", "str"),
    (True, "bool"),
    (None, "None"),
    ([1, "a"], "list"),
    ([1, 2], "list[int]"),
    ((1, 2), "List[int]"),
    ({"a": 1}, "dict"),
    ({"a": 1}, "Dict[str, float]"),
    ([1, "a"], "tuple[int, str]"),
    ([1, 2, 3], "tuple[int, ...]"),
    ([1, 2], "set[int]"),
    ("2026-01-31", "date"),
    ("2026-01-31", "datetime.date"),
    (date(2026, 1, 31), "date"),
    ("2026-01-31T06:00:00+01:00", "datetime"),
    ("a/b", "pathlib.Path"),
    (Path("a"), "Path"),
    ("a", "Literal['a', 'b']"),
    ("a", "typing.Literal['a', 'b']"),
    (None, "Optional[int]"),
    (3, "Optional[int]"),
    (None, "int | None"),
    ("x", "Union[int, str]"),
    ("x", "'int | str'"),
    ({"a": [1]}, "dict[str, list[int]]"),
    (object(), "Any"),
    (object(), "pd.DataFrame"),
    (object(), "int | pd.DataFrame"),
    (object(), "not ( python"),
    (object(), ""),
    (1, "Final[int]"),
]


@pytest.mark.parametrize(("value", "type_text"), FITS)
def test_a_value_of_the_type_fits(value: Any, type_text: str) -> None:
    assert check(value, type_text) is None


WRONG = [
    ("abc", "int", "must be int, got 'abc' (str)"),
    ("3", "int", "must be int, got '3' (str)"),
    (True, "int", "must be int, got True (bool)"),
    (True, "float", "must be float, got True (bool)"),
    (2.5, "int", "must be int, got 2.5 (float)"),
    (1, "bool", "must be bool, got 1 (int)"),
    (1, "str", "must be str, got 1 (int)"),
    (None, "str", "must be str, got None"),
    ("x", "list", "must be list, got 'x' (str)"),
    ([1, "a"], "list[int]", "must be list[int], but item 2 is 'a' (str)"),
    ([[1], ["a"]], "list[list[int]]", "must be list[list[int]], but item 1 of item 2 is 'a' (str)"),
    ({"a": "x"}, "dict[str, float]", "must be dict[str, float], but the value of 'a' is 'x' (str)"),
    ({1: 2}, "dict[str, int]", "must be dict[str, int], but key 1 is 1 (int)"),
    ([1], "tuple[int, str]", "must be tuple[int, str], got [1] (list)"),
    ("31.1.2026", "date", "must be a date (like 2026-01-31), got '31.1.2026' (str)"),
    (
        datetime(2026, 1, 31),  # noqa: DTZ001
        "date",
        "must be a date (like 2026-01-31), got datetime.datetime(2026, 1, 31, 0, 0) (datetime)",
    ),
    ("c", "Literal['a', 'b']", "must be 'a' or 'b', got 'c' (str)"),
    (1, "Literal[True]", "must be True, got 1 (int)"),
    ("x", "int | None", "must be int or None, got 'x' (str)"),
    (["x"], "list[int] | None", "must be list[int] or None, but item 1 is 'x' (str)"),
    ("x" * 99, "int", f"must be int, got '{'x' * 58}… (str)"),
]


@pytest.mark.parametrize(("value", "type_text", "words"), WRONG)
def test_a_value_of_another_type_is_refused_in_words(
    value: Any, type_text: str, words: str
) -> None:
    assert check(value, type_text) == words
    with pytest.raises(ValueError, match="must be"):
        convert(value, type_text)


CONVERTED = [
    (1, "float", 1.0),
    ("2026-01-31", "date", date(2026, 1, 31)),
    (["2026-01-31"], "list[date]", [date(2026, 1, 31)]),
    ("2026-01-31T06:00", "datetime", datetime(2026, 1, 31, 6)),  # noqa: DTZ001
    ([1, 2], "tuple[int, ...]", (1, 2)),
    ([1, 2], "tuple[int, float]", (1, 2.0)),
    ([1, 2], "set", {1, 2}),
    (1, "int | float", 1),
    (1, "float | int", 1),
    (1, "float | str", 1.0),
    ("2026-01-31", "date | str", "2026-01-31"),
    ("3", "str", "3"),
    ("3", "", "3"),
]


@pytest.mark.parametrize(("value", "type_text", "wanted"), CONVERTED)
def test_converting_keeps_the_meaning(value: Any, type_text: str, wanted: Any) -> None:
    found = convert(value, type_text)

    assert (found, type(found)) == (wanted, type(wanted))


def test_a_text_for_a_path_is_marked_as_one() -> None:
    found = convert("a/b", "Path")

    assert found == "a/b"
    assert isinstance(found, PathText)


READ = [
    ("20", "int", 20),
    ("20", "", "20"),
    ("20", "str", "20"),
    ("20", "int | str", 20),
    ("2.5", "int | float", 2.5),
    ("2", "float", 2.0),
    ("true", "bool", True),
    ("False", "bool", False),
    ("no", "bool", False),
    ("null", "int | None", None),
    ("None", "str | None", "None"),
    ("2026-01-31", "date", date(2026, 1, 31)),
    ("2026-01-31", "date | None", date(2026, 1, 31)),
    ("[1, 2]", "list[int]", [1, 2]),
    ("['a', 'b']", "list", ["a", "b"]),
    ('{"a": 1}', "dict[str, float]", {"a": 1.0}),
    ("5", "Literal[5, 'x']", 5),
    ("x", "Literal[5, 'x']", "x"),
    ("anything", "pd.DataFrame", "anything"),
]


@pytest.mark.parametrize(("text", "type_text", "wanted"), READ)
def test_a_text_is_read_as_the_type_wants_it(text: str, type_text: str, wanted: Any) -> None:
    found = convert_text(text, type_text)

    assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("text", "type_text"),
    [("x", "int"), ("2.5", "int"), ("maybe", "bool"), ("x", "list"), ("5", "list"), ("", "int")],
)
def test_a_text_that_cannot_be_read_so_is_refused(text: str, type_text: str) -> None:
    with pytest.raises(ValueError, match=f"must be {type_text}, got {text!r}"):
        convert_text(text, type_text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
types = st.recursive(
    st.sampled_from(["int", "float", "str", "bool", "None", "date", "Path", "list", "dict", "X"]),
    lambda inner: st.one_of(
        inner.map("list[{}]".format),
        inner.map("dict[str, {}]".format),
        inner.map("Optional[{}]".format),
        st.tuples(inner, inner).map(" | ".join),
    ),
    max_leaves=4,
)


@given(value=values, type_text=types)
def test_what_fits_is_converted_and_fits_again(value: Any, type_text: str) -> None:
    if check(value, type_text) is None:
        assert check(convert(value, type_text), type_text) is None


@given(value=values)
def test_a_default_fits_the_type_it_hints_at(value: Any) -> None:
    assert check(value, type_of(value)) is None


@given(text=st.text(max_size=20), type_text=types)
def test_reading_a_text_never_breaks(text: str, type_text: str) -> None:
    try:
        found = convert_text(text, type_text)
    except ValueError:
        return
    assert check(found, type_text) is None

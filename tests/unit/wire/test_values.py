"""Users' values are written as strict JSON and read back as they were."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.errors import UsageError
from jupyter_flow.wire.values import from_json, to_json

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()))
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC))
    | st.timedeltas()
)
names = st.text(max_size=5) | st.sampled_from(["$", "$float", "$dict", "$date", "$unknown"])
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=20,
)


@given(values)
def test_any_value_comes_back(value: Any) -> None:
    text = json.dumps(to_json(value), allow_nan=False)

    assert from_json(json.loads(text)) == value


@given(values)
def test_what_is_written_is_text_in_any_encoding_of_unicode(value: Any) -> None:
    json.dumps(to_json(value), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": [1, 2.5, None, True, "x"]}, {"a": [1, 2.5, None, True, "x"]}),
        (math.inf, {"$float": "inf"}),
        (-math.inf, {"$float": "-inf"}),
        (date(2026, 1, 31), {"$date": "2026-01-31"}),
        (datetime(2026, 1, 31, 6, tzinfo=UTC), {"$datetime": "2026-01-31T06:00:00+00:00"}),
        (timedelta(days=-1, microseconds=5), {"$timedelta": [-1, 0, 5]}),
        (Path("in/a.csv"), {"$path": "in/a.csv"}),
        ((1, (2,)), {"$tuple": [1, {"$tuple": [2]}]}),
        ({"$date": 1}, {"$dict": {"$date": 1}}),
        ({"$date": 1, "b": 2}, {"$date": 1, "b": 2}),
        ({"$dict": {"$dict": {}}}, {"$dict": {"$dict": {"$dict": {"$dict": {}}}}}),
        ("\ud800", {"$text": "\\ud800"}),
    ],
)
def test_the_words_for_what_json_lacks(value: Any, written: Any) -> None:
    assert to_json(value) == written
    assert from_json(written) == value
    assert type(from_json(written)) is type(value) or isinstance(value, Path)


def test_nan_comes_back_as_nan() -> None:
    assert to_json([math.nan]) == [{"$float": "nan"}]
    assert math.isnan(from_json({"$float": "nan"}))


def test_the_sign_of_zero_comes_back() -> None:
    assert math.copysign(1, from_json(json.loads(json.dumps(to_json(-0.0))))) == -1


def test_a_moment_keeps_the_offset_it_was_said_with() -> None:
    said = datetime(1890, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=41, seconds=16)))

    kept = from_json(to_json(said))
    assert kept == said
    assert kept.utcoffset() == said.utcoffset()


class Number(float):
    """As numpy's are."""


class Word(str):
    """As an enumeration's are."""

    __slots__ = ()


@pytest.mark.parametrize("value", [Number(0.5), Word("a"), Number("inf")])
def test_a_number_or_a_text_of_another_class_is_kept_as_what_it_is(value: Any) -> None:
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({1, 2}, "a value of the type 'set'"),
        (b"bytes", "a value of the type 'bytes'"),
        ([object()], "a value of the type 'object'"),
        (1j, "a value of the type 'complex'"),
        ({1: "a"}, "an object with the key 1, which is no string,"),
    ],
)
def test_what_cannot_be_kept_is_refused(value: Any, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        to_json(value)

    assert caught.value.code == "JF510"
    assert caught.value.what == f"{what} cannot be kept with a run"
    assert "hand on its path" in caught.value.hint


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(UsageError, match="contains itself"):
        to_json(value)


def test_a_word_of_a_newer_version_is_not_taken_for_a_value() -> None:
    with pytest.raises(ValueError, match=r"the word '\$frame' is not known"):
        from_json({"a": {"$frame": []}})

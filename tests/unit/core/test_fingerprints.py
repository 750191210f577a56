"""Fingerprints: the same for what would come to the same, and words for what differs."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.fingerprints import Fingerprint, changes, text_of

texts = st.text(max_size=9)
parts = st.dictionaries(texts, texts, max_size=3)
fingerprints = st.builds(
    Fingerprint,
    **{f.name: parts if "Mapping" in str(f.type) else texts for f in fields(Fingerprint)},
)

ONE = Fingerprint(
    notebook="train.ipynb",
    snapshot="a" * 64,
    code="b" * 64,
    folder="/lab",
    kernel='["python3"]',
    environment="c" * 64,
    parameters={"n": "1", "old": "2"},
    upstream={"load": "made by r1 load attempt 1"},
    inputs={"a.csv": "d" * 64},
)


@given(fingerprints, fingerprints)
def test_the_same_key_and_nothing_changed_are_one_thing(one: Fingerprint, two: Fingerprint) -> None:
    assert (one.key == two.key) == (not changes(one, two))


@given(fingerprints)
def test_names_for_people_make_no_difference(one: Fingerprint) -> None:
    other = replace(one, notebook="elsewhere.ipynb", snapshot="0")

    assert other.key == one.key
    assert not changes(one, other)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "e" * 64}, ["its code has changed"]),
        ({"folder": "/x"}, ["the folder was /lab, now is /x"]),
        ({"environment": ""}, ["what is installed for its kernel has changed"]),
        (
            {"parameters": {"n": "2", "new": text_of("x" * 300)}},
            [
                "the parameter n was 1, now is 2",
                "the parameter new is new",
                "the parameter old is gone",
            ],
        ),
        ({"variables": {"A": "1"}}, ["the environment variable A is new (1)"]),
        ({"inputs": {"a.csv": "f" * 64}}, ["the file a.csv has changed"]),
        (
            {"inputs": {"a.csv": "missing"}},
            ["the file a.csv has changed"],
        ),
        ({"modules": {"prep.py": "f" * 64}}, ["the module prep.py is new"]),
        (
            {"upstream": {"load": "made by r2"}},
            [
                "what comes from 'load' was made by r1 load attempt 1, now is made by r2",
            ],
        ),
    ],
)
def test_what_changed_is_said_in_words(change: dict[str, Any], said: list[str]) -> None:
    assert [str(each) for each in changes(ONE, replace(ONE, **change))] == said


def test_a_text_stays_readable_while_it_is_short() -> None:
    assert text_of({"b": 1, "a": [True, None]}) == '{"a": [true, null], "b": 1}'
    assert text_of("x" * 500).startswith("sha256:")
    assert text_of("x" * 500) != text_of("y" * 500)

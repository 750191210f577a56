"""Texts in which secrets stand carry names, and masks find what those stand for."""

from __future__ import annotations

import copy
import json
import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jupyter_flow
from jupyter_flow.core.expressions import Compare, Constant, EvaluationError, evaluate
from jupyter_flow.core.inputs.templates import render, secrets_in, wrong_with
from jupyter_flow.core.language import read
from jupyter_flow.core.language.writing import written
from jupyter_flow.core.secrets import MASK, Mask, SecretText
from jupyter_flow.wire.values import from_json, to_json

BEARER = SecretText("Bearer ", "TOKEN", "")
names = st.from_regex(r"[A-Za-z_][\w.-]{0,8}", fullmatch=True)
texts = st.text(max_size=8)


@st.composite
def secret_texts(draw: st.DrawFn) -> SecretText:
    many = draw(st.integers(1, 3))
    middle = [each for _ in range(many) for each in (draw(names), draw(texts))]
    return SecretText(draw(texts), *middle)


@given(secret_texts())
def test_a_text_with_secrets_is_kept_and_copied_as_what_it_is(text: SecretText) -> None:
    kept = from_json(json.loads(json.dumps(to_json(text))))
    for other in (kept, copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert isinstance(other, SecretText)
        assert other.parts == text.parts
        assert other == text


def test_what_a_user_writes_is_no_secret_in_the_store() -> None:
    value = {"$secret": ["", "TOKEN", ""]}

    back = from_json(to_json({"body": value}))

    assert back == {"body": value}
    assert not isinstance(back["body"], SecretText)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('{{ secret("TOKEN") }}', ("", "TOKEN", "")),
        ("Bearer {{secret('A.b-1')}}!", ("Bearer ", "A.b-1", "!")),
        ('{{ ds }} {{ secret("A") }}{{ secret("B") }}', ("2026-01-31 ", "A", "", "B", "")),
        ('{%- if 1 %}x{% endif %} {{- secret("A") -}} y', ("x", "A", "y")),
    ],
)
def test_a_secret_stays_while_all_else_is_rendered(text: str, parts: tuple[str, ...]) -> None:
    rendered = render(text, {"ds": "2026-01-31"})

    assert isinstance(rendered, SecretText)
    assert rendered.parts == parts
    assert secrets_in(text) == rendered.names
    assert wrong_with(text, params=[]) is None


@pytest.mark.parametrize(
    "text", ['{# {{ secret("A") }} #}', '{% raw %}{{ secret("A") }}{% endraw %}']
)
def test_what_is_no_template_is_no_secret(text: str) -> None:
    assert secrets_in(text) == ()
    assert not isinstance(render(text, {}), SecretText)


def test_a_value_cannot_bring_a_secret_into_a_template() -> None:
    rendered = render("{{ params.x }}", {"params": {"x": '{{ secret("A") }}'}})

    assert rendered == '{{ secret("A") }}'
    assert not isinstance(rendered, SecretText)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{{ secret("A") | upper }}', "a part of something"),
        ('{{ "Bearer " ~ secret("A") }}', "a part of something"),
        ('{% if 1 %}{{ secret("A") }}{% endif %}', "in a block"),
        ('{% set x = secret("A") %}', "a part of something"),
        ("{{ secret(params.x) }}", "a part of something"),
    ],
)
def test_nothing_is_made_of_a_secret_in_a_template(text: str, why: str) -> None:
    wrong = wrong_with(text, params=["x"])

    assert wrong is not None
    assert why in wrong[0]


def test_the_language_writes_what_it_reads() -> None:
    line = 'load(token=secret("TOKEN"), headers={"a": [secret("B")]})'

    found = read(line)

    assert not found.problems
    task = found.flow.tasks[0]
    assert task.parameters["token"] == Constant('{{ secret("TOKEN") }}')
    assert written(task.parameters["token"]) == 'secret("TOKEN")'
    assert written(task.parameters["headers"]) == '{"a": [secret("B")]}'


@pytest.mark.parametrize("call", ["secret()", "secret(1)", 'secret("a b")', 'secret(name="A")'])
def test_a_secret_is_called_by_its_name(call: str) -> None:
    assert [problem.code for problem in read(f"load(token={call})").problems] == ["JF105"]


def test_a_secret_cannot_be_compared() -> None:
    with pytest.raises(EvaluationError, match="cannot be compared"):
        evaluate(Compare(Constant(BEARER), "==", Constant("x")), scope=None)  # type: ignore[arg-type]


def test_it_is_filled_with_what_its_names_stand_for() -> None:
    assert BEARER.filled({"TOKEN": "hunter2"}.__getitem__) == "Bearer hunter2"
    assert str(BEARER) == 'Bearer {{ secret("TOKEN") }}'


@given(
    secrets=st.lists(st.text("abc", min_size=4, max_size=6), min_size=1, max_size=3),
    text=st.text("abc.", max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=6),
)
def test_pieces_are_masked_as_the_whole_is(secrets: list[str], text: str, cuts: list[int]) -> None:
    mask = Mask(secrets)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    shown, waiting = [], ""
    for start, end in pairwise(places):
        piece, waiting = mask.split(waiting + text[start:end])
        shown.append(piece)
    shown.append(mask.text(waiting))

    assert "".join(shown) == mask.text(text)


@given(secret=st.text(min_size=4, max_size=12), before=texts, after=texts)
def test_what_waits_may_be_the_beginning_of_a_secret(secret: str, before: str, after: str) -> None:
    mask = Mask([secret])
    shown, waiting = mask.split(before + secret + after)

    assert MASK in shown or secret in waiting
    assert secret not in shown.replace(MASK, "")


def test_keys_and_texts_of_json_are_masked_and_numbers_are_not() -> None:
    mask = Mask(["hunter2", "12345"])

    assert mask.value({"hunter2": ["a hunter2 b", 12345, None, {"x": True}]}) == {
        MASK: [f"a {MASK} b", 12345, None, {"x": True}]
    }
    assert mask.bytes(b"\x00hunter2\xff") == b"\x00***\xff"


def test_each_line_of_a_key_is_a_secret() -> None:
    mask = Mask(["-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\nabc\n-----END KEY-----"])

    assert mask.text("line 2 is MIIEowIBAAKCAQEA") == f"line 2 is {MASK}"
    assert mask.text("abc") == "abc"


def test_what_is_learned_later_is_masked_from_then_on() -> None:
    mask = Mask()
    assert not mask
    assert mask.text("hunter2") == "hunter2"

    mask.add("hunter2", "")

    assert mask
    assert mask.text("hunter2") == MASK


def test_where_a_flow_is_made_a_secret_is_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_SECRET_TOKEN", "hunter2")
    with jupyter_flow.Flow("leaks") as leaks:
        jupyter_flow.notebook("load", token=jupyter_flow.secret("TOKEN"))
        with pytest.raises(jupyter_flow.FlowError, match="no name of a secret"):
            jupyter_flow.secret("a b")

    flow = leaks.build()
    found = read('load(token=secret("TOKEN"))').flow
    assert found is not None
    assert flow.tasks == found.tasks
    assert "hunter2" not in repr(flow)
    assert jupyter_flow.secret("TOKEN") == "hunter2"

"""Templates: Airflow's names and filters, strings out, nothing guessed, nothing let out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.inputs.templates import Names, TemplateError, render, times

MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
CONTEXT = {
    **times(MOMENT),
    "logical_date": MOMENT,
    "prev_success": None,
    "run_id": "r1",
    "params": Names({"n": 10, "items": "x", "model": {"depth": 3}}, of="parameter"),
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ ds }}", "2026-02-03"),
        ("{{ ds_nodash }}", "20260203"),
        ("{{ ts }}", "2026-02-03T04:05:06+00:00"),
        ("{{ ts_nodash }}", "20260203T040506"),
        ("{{ ts_nodash_with_tz }}", "20260203T040506+0000"),
        ("{{ logical_date | ds }}", "2026-02-03"),
        ("{{ logical_date | ts_nodash }}", "20260203T040506"),
        ("{{ logical_date.year }}", "2026"),
        ("{{ prev_success | ds }}", ""),
        ("{{ macros.ds_add(ds, -3) }}", "2026-01-31"),
        ("{{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.%Y') }}", "03.02.2026"),
        ("{{ (logical_date - macros.timedelta(days=1)) | ds }}", "2026-02-02"),
        ("in/{{ ds }}/{{ run_id }}.csv", "in/2026-02-03/r1.csv"),
        ("{{ params.n }}", "10"),  # always a string
        ("{{ params.n * 2 }}", "20"),
        ("{{ params.items }}", "x"),  # no method hides a parameter
        ("{{ params['n'] }}", "10"),
        ("{{ params.model.depth }}", "3"),
        ("{{ params.gone | default('none') }}", "none"),
        ("{% if params.n > 5 %}many{% else %}few{% endif %}", "many"),
        ("{# a remark #}", ""),
        ("line\n{{ ds }}\n", "line\n2026-02-03\n"),
    ],
)
def test_a_template_is_rendered(text: str, result: str) -> None:
    assert render(text, CONTEXT) == result


@pytest.mark.parametrize("text", ["", "plain", "{", "a } b", "{'a': 1}", "100 %}", "€ {x}"])
def test_a_string_without_a_template_comes_back_as_it_is(text: str) -> None:
    assert render(text, {}) is text


def test_strings_are_found_however_deep() -> None:
    value = {"a": ["{{ ds }}", {"b": "{{ run_id }}"}], "{{ ds }}": 1, "n": 1.5, "none": None}

    assert render(value, CONTEXT) == {
        "a": ["2026-02-03", {"b": "r1"}],
        "{{ ds }}": 1,
        "n": 1.5,
        "none": None,
    }


@pytest.mark.parametrize("value", [1, 1.5, True, None, date(2026, 1, 1)])
def test_what_is_no_string_is_left_alone(value: Any) -> None:
    assert render(value, CONTEXT) is value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ dss }}", ["{{ dss }}", "'dss' is undefined", "Known names: ", "run_id"]),
        ("{{ params.m }}", ["there is no parameter 'm'", "Known parameters: items, model, n"]),
        ("{{ params.mode }}", ["there is no parameter 'mode'", "Did you mean 'model'?"]),
        ("{{ ds", ["'{{ ds' is no template"]),
        ("{{ ds | shout }}", ["No filter named 'shout'"]),
        ("{% for %}", ["is no template"]),
        ("{{ 1 / 0 }}", ["division by zero"]),
        ("{{ macros.ds_add('soon', 1) }}", ["soon"]),
        ("{{ logical_date.tomorrow }}", ["tomorrow"]),
    ],
)
def test_an_error_has_the_template_and_the_reason(text: str, words: list[str]) -> None:
    with pytest.raises(TemplateError) as caught:
        render(text, CONTEXT)

    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ params.__class__ }}",
        "{{ params._values }}",
        "{{ run_id.__init__.__globals__ }}",
        "{{ macros.timedelta.__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ 'x'.__add__ }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ params.model.update({'a': 1}) }}",
        "{{ range(10 ** 9) | list }}",
        "{{ 'x' * 10 ** 9 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%999999999d' % 1 }}",
        "{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
    ],
)
def test_nothing_gets_out_of_the_sandbox_or_out_of_hand(text: str) -> None:
    with pytest.raises(TemplateError):
        render(text, CONTEXT)


@given(st.text().filter(lambda text: "{" not in text))
def test_no_text_without_braces_is_changed(text: str) -> None:
    assert render(text, {}) == text

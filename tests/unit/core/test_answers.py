"""What a person is asked: whom the question goes to, and what an answer hands on."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_flow.core.answers import addresses_of, form_of, values_of_answer
from jupyter_flow.core.errors import UsageError
from jupyter_flow.core.flow import Task
from jupyter_flow.core.language import read


def asking(arguments: str) -> Task:
    found = read(f'approve("Deploy?", {arguments})')
    assert not found.problems
    return found.flow.tasks[0]


FORM = asking('form={"share": 0.1, "note": "", "urgent": False, "extra": None}')


def test_without_a_form_what_is_given_is_handed_on() -> None:
    task = asking("timeout='1d'")

    assert form_of(task) == ()
    assert values_of_answer(task, by="ada", texts={"n": "3", "why": "so it is"}) == {
        "n": 3,
        "why": "so it is",
        "by": "ada",
    }
    assert values_of_answer(task, by="") == {}


def test_a_form_is_handed_on_whole_and_typed() -> None:
    usual = {"share": 0.1, "note": "", "urgent": False, "extra": None, "by": "ada"}

    assert values_of_answer(FORM, by="ada") == usual
    assert values_of_answer(FORM, by="ada", given={"share": 1, "note": "3"}) == usual | {
        "share": 1.0,
        "note": "3",
    }
    assert values_of_answer(
        FORM, by="ada", texts={"share": "0.5", "note": "3", "urgent": "yes", "extra": "[1]"}
    ) == usual | {"share": 0.5, "note": "3", "urgent": True, "extra": [1]}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"share": "much"}, "'share' must be float"),
        ({"shaer": 0.3}, "asks for no value 'shaer'"),
        ({"by": "me"}, "says who answers"),
        ({"urgent": 1}, "'urgent' must be bool"),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        values_of_answer(FORM, by="ada", given=values)
    assert refused.value.code == "JF332"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ('to="nobody"', "'to' must be a URL"),
        ("to=[1]", "'to' must be an address"),
        ("to=params.x", "'to' must be an address"),
        ("form={}", "a form is an object"),
        ('form={"a b": 1}', "'a b' cannot be the name"),
        ('form={"by": ""}', "'by' cannot be the name"),
        ('form={"sizes": [1, 2]}', "must be a text, a number"),
        ('form={"n": params.x}', "a form has constants only"),
    ],
)
def test_what_cannot_be_asked_is_told_early(arguments: str, why: str) -> None:
    problems = read(f'params(x=1)\napprove("Deploy?", {arguments})').problems

    assert [problem.code for problem in problems] == ["JF113"]
    assert why in problems[0].what


def test_addresses_are_as_they_are_written() -> None:
    one = "'mailto://me:{{ secret(\"PW\") }}@example.com'"

    assert addresses_of(asking("timeout='1d'")) == ()
    assert addresses_of(asking(f"to={one}")) == ('mailto://me:{{ secret("PW") }}@example.com',)
    assert addresses_of(asking('to=["mailto://a.de", "slack://b"]')) == (
        "mailto://a.de",
        "slack://b",
    )

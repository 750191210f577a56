"""What users may import is a short list, and all of it is there and explained."""

from __future__ import annotations

import inspect

import pytest

import jupyter_flow

PUBLIC = getattr(jupyter_flow, "__all__", [])


def test_the_public_names_are_listed_in_order_and_once() -> None:
    assert PUBLIC, "jupyter_flow has no __all__"
    assert list(PUBLIC) == sorted(set(PUBLIC))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    thing = getattr(jupyter_flow, name)

    assert name in dir(jupyter_flow)
    assert not inspect.ismodule(thing)
    if callable(thing):
        assert inspect.getdoc(thing), f"jupyter_flow.{name} has no docstring"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        jupyter_flow.no_such_name  # noqa: B018

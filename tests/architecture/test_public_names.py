"""What users may import is a short list, and all of it is there and explained."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

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


def test_every_action_of_the_log_is_explained(repository: Path) -> None:
    package = repository / "jupyter_flow"
    actions = {
        action
        for path in package.rglob("*.py")
        # A log of Jupyter's own, and what is said to those who look for a mistake in here.
        if path.relative_to(package).parts[0] not in ("panel", "server", "magic")
        for action in re.findall(r'"action": "(\w+)"', path.read_text("utf-8"))
    } - {"no_cgroups"}
    page = (repository / "docs" / "howto" / "unattended.md").read_text("utf-8")

    assert actions
    assert not [action for action in actions if f"`{action}`" not in page]

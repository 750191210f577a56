"""What the checks of calls share: how a wrong argument is told, and what is known of one."""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression

#: Which argument is wrong: its position, its name, or None for the whole call.
At = int | str | None
Found = tuple[At, Problem]


def wrong_call(what: str, hint: str) -> Problem:
    """A kind of task is called in a wrong way."""
    return Problem(code="JF113", what=what, hint=hint)


def constant(given: Mapping[str, Expression], name: str) -> object:
    """The value of a constant; a template or a reference is None, nothing is known of it."""
    value = given.get(name)
    known = value.value if isinstance(value, Constant) else None
    return None if isinstance(known, str) and ("{{" in known or "{%" in known) else known

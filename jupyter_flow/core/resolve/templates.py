"""Can the templates of a task be rendered, as far as reading them tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_flow.core.errors import Problem, Where
from jupyter_flow.core.expressions import Constant, Expression, walk
from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.inputs.templates import (
    NAMES,
    NAMES_OF_ATTEMPTS,
    is_template,
    wrong_with,
)

from .lookup import Lookup


def check_templates(task: Task, lookup: Lookup) -> Iterator[Problem]:
    """Templates that are none, and names in them that nothing gives."""
    params = [param.name for param in lookup.flow.params]
    makes_none = task.kind in (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE)
    names = NAMES - NAMES_OF_ATTEMPTS if makes_none else NAMES
    for text, where in _written(task, lookup):
        wrong = wrong_with(text, params=params, names=names)
        if wrong is not None:
            what, hint = wrong
            yield Problem(code="JF217", what=what, hint=hint, where=where)


def _written(task: Task, lookup: Lookup) -> Iterator[tuple[str, Where | None]]:
    """The templates that the flow gives to *task*, each with its place."""
    for name, expression in (*task.parameters.items(), *task.expand.items()):
        if task.kind is Kind.APPROVE and name == "to":
            continue  # addresses are not rendered
        for text in templates_in(expression):
            yield text, lookup.place_of(task, name)
    for text in filter(is_template, (task.options.env or {}).values()):
        yield text, lookup.place(task.name, "option", "env")
    for text in filter(is_template, task.options.inputs or ()):
        yield text, lookup.place(task.name, "option", "inputs")


def templates_in(expression: Expression) -> Iterator[str]:
    """The texts of *expression* in which there is something to render."""
    constants = (part.value for part in walk(expression) if isinstance(part, Constant))
    return (text for value in constants for text in texts_in(value) if is_template(text))


def texts_in(value: Any) -> Iterator[str]:
    """The texts in *value*, however deep in its lists and objects."""
    match value:
        case str():
            yield value
        case list() | tuple():
            for item in value:
                yield from texts_in(item)
        case Mapping():
            for item in value.values():
                yield from texts_in(item)

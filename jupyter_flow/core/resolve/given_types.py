"""Are the values that a flow writes down of the types that its notebooks want.

What is known only in the run (values of tasks, templates) is left to the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression, ListOf, ParamRef
from jupyter_flow.core.flow import Task
from jupyter_flow.core.inputs.templates import is_template
from jupyter_flow.core.notebooks.contract import Contract, Parameter
from jupyter_flow.core.notebooks.parameter_types import check

from .lookup import Lookup


def wrong_types(task: Task, contract: Contract, lookup: Lookup) -> Iterator[Problem]:
    """The parameters whose values, as far as the flow tells them, are not of their types."""
    for name, expression in task.parameters.items():
        parameter = contract.get(name)
        if parameter is not None:
            yield from _wrong_type(task, parameter, expression, lookup)
    for name, expression in task.expand.items():
        parameter = contract.get(name)
        for place, item in enumerate(_items(expression, lookup), start=1):
            if parameter is not None:
                yield from _wrong_type(task, parameter, item, lookup, place=place)


def _wrong_type(
    task: Task, parameter: Parameter, expression: Expression, lookup: Lookup, *, place: int = 0
) -> Iterator[Problem]:
    known, value = _value(expression, lookup)
    if not known or holds_template(value):
        return
    wrong = check(value, parameter.accepts)
    if wrong is None:
        return
    item = f"item {place} of " if place else ""
    source = ""
    if isinstance(expression, ParamRef):
        source = f" (the default of params.{expression.name})"
    yield Problem(
        code="JF212",
        what=f"{item}parameter {parameter.name!r} of task {task.name!r} {wrong}{source}",
        hint=_about(parameter),
        where=lookup.place_of(task, parameter.name),
    )


def _about(parameter: Parameter) -> str:
    if parameter.is_annotated:
        return f"The notebook says: {parameter.name}: {parameter.type}."
    return (
        f"Its default is {parameter.default}. If it takes other types too, say so in the "
        f"notebook: {parameter.name}: {parameter.type} | … = {parameter.default}"
    )


def no_lists(task: Task, lookup: Lookup) -> Iterator[Problem]:
    """The names that a task is expanded over and that hold, as far as is known, no list."""
    for name, expression in task.expand.items():
        known, value = _value(expression, lookup)
        if known and not isinstance(value, list | tuple) and not holds_template(value):
            yield Problem(
                code="JF213",
                what=f"task {task.name!r} cannot be expanded over {name} = {value!r}, "
                f"which is no list",
                hint=f"Write .expand({name}=[…]), or use a value of another task.",
                where=lookup.place_of(task, name),
            )


def _items(expression: Expression, lookup: Lookup) -> tuple[Expression, ...]:
    """The items of a list as far as they are known before the run."""
    if isinstance(expression, ListOf):
        return expression.items
    known, value = _value(expression, lookup)
    is_list = known and isinstance(value, list | tuple)
    return tuple(Constant(each) for each in value) if is_list else ()


def _value(expression: Expression, lookup: Lookup) -> tuple[bool, Any]:
    """Whether the value of *expression* is known before the run, and that value.

    A parameter of the flow stands for its default; without one (None) nothing is known.
    """
    if isinstance(expression, Constant):
        return True, expression.value
    if isinstance(expression, ParamRef):
        for param in lookup.flow.params:
            if param.name == expression.name and param.default is not None:
                return True, param.default
    return False, None


def holds_template(value: Any) -> bool:
    """Whether *value* is, or has in it, a string whose meaning is not known yet."""
    if isinstance(value, str):
        return is_template(value)
    if isinstance(value, Mapping):
        return any(holds_template(each) for pair in value.items() for each in pair)
    return isinstance(value, list | tuple | set) and any(holds_template(each) for each in value)

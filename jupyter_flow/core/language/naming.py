"""Which tasks of a flow are given names, and the names of those that are not.

Looked through before anything is read, so that a task may be named before the line that makes it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jupyter_flow.core.flow import Kind
from jupyter_flow.core.task_names import wrong_with

from .kinds import name_of

#: The functions of the language that make tasks.
FUNCTIONS = {kind.value: kind for kind in Kind}


@dataclass(slots=True, kw_only=True)
class Names:
    """``kinds`` has every name that the flow gives; ``given`` the name of each call of a function;
    ``groups`` its groups by name, each with the one that it is in.

    Calls are told apart by their identity, which lasts as long as their tree.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    given: dict[int, str] = field(default_factory=dict)
    groups: dict[str, str | None] = field(default_factory=dict)


def links_of(part: ast.expr) -> tuple[ast.expr, list[ast.Call]]:
    """What *part* begins with, and what is then called, in order: ``root(…).method(…)``."""
    calls: list[ast.Call] = []
    while isinstance(part, ast.Call):
        calls.append(part)
        part = part.func.value if isinstance(part.func, ast.Attribute) else part.func
    return part, calls[::-1]


def function_call(part: ast.expr) -> tuple[Kind, ast.Call] | None:
    """The call of a function that *part* begins with, if it does."""
    root, calls = links_of(part)
    if not isinstance(root, ast.Name) or root.id not in FUNCTIONS or not calls:
        return None
    return (FUNCTIONS[root.id], calls[0]) if calls[0].func is root else None


def names_in(module: ast.Module) -> Names:
    """The names of the tasks that *module* makes."""
    names = Names()
    for statement, parent in _statements(module.body, None):
        group = group_name(statement)
        if group is not None:
            names.groups.setdefault(group, parent)
        for target in _targets(statement):
            made = function_call(statement.value)  # type: ignore[attr-defined]
            names.kinds.setdefault(target.id, made[0] if made else Kind.NOTEBOOK)
            if made:
                names.given[id(made[1])] = target.id
    taken = {part.id for part in ast.walk(module) if isinstance(part, ast.Name)}
    for kind, call in _function_calls(module):
        if id(call) not in names.given:
            name = name_of(kind, _first(call)) or _numbered(kind, taken)
            taken.add(name)
            names.given[id(call)] = name
            names.kinds.setdefault(name, kind)
    return names


def group_call(statement: ast.stmt) -> ast.Call | None:
    """The call of ``group`` in ``with group("prepare"):``."""
    match statement:
        case ast.With(
            items=[ast.withitem(context_expr=ast.Call(func=ast.Name(id="group")) as call)]
        ):
            return call
        case _:
            return None


def group_name(statement: ast.stmt) -> str | None:
    """The name of the group that *statement* makes; None when it makes none, or has none."""
    match group_call(statement):
        case ast.Call(args=[ast.Constant(value=str(name))]) if wrong_with(name) is None:
            return name
        case _:
            return None


def _statements(
    body: Sequence[ast.stmt], group: str | None
) -> Iterator[tuple[ast.stmt, str | None]]:
    """All statements, those in groups included, each with its group."""
    for statement in body:
        yield statement, group
        if isinstance(statement, ast.With):
            yield from _statements(statement.body, group_name(statement) or group)


def _targets(statement: ast.stmt) -> list[ast.Name]:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return []
    return [target for target in statement.targets if isinstance(target, ast.Name)]


def _function_calls(module: ast.Module) -> Iterator[tuple[Kind, ast.Call]]:
    """The calls of functions in the order of the text."""
    calls = [
        part
        for part in ast.walk(module)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    ]
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in FUNCTIONS:
            yield FUNCTIONS[call.func.id], call


def _first(call: ast.Call) -> str | None:
    """The text of the first argument, if it is one."""
    first = call.args[0] if call.args else None
    if first is None and call.keywords and call.keywords[0].arg in ("function", "flow"):
        first = call.keywords[0].value
    match first:
        case ast.Constant(value=str(text)):
            return text
        case _:
            return None


def _numbered(kind: Kind, taken: set[str]) -> str:
    """``sql_1``: always with a number, because ``sql`` alone is the function."""
    number = 1
    while f"{kind}_{number}" in taken:
        number += 1
    return f"{kind}_{number}"

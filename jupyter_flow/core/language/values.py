"""Values and conditions of a flow, from syntax to `Expression`. Nothing is computed.

What cannot be a value is noted as a mistake, and `UNKNOWN` stands for it so that reading goes on
and finds the others.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import pairwise
from typing import Protocol

from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    Every,
    Expression,
    Not,
    Operator,
    ParamRef,
    Some,
    ValueRef,
)
from jupyter_flow.core.secrets import is_name, template_of

from . import refusals
from .composing import UNKNOWN, dict_of, is_number, list_of
from .findings import Findings
from .writing import METHODS

_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


class Mentions(Protocol):
    """Whoever keeps the tasks of the flow that is read."""

    def mention(self, name: ast.Name) -> str | None:
        """Note that the task is named there. None, with a mistake noted, when it cannot be one."""


class Values:
    """Reads the values of one flow."""

    def __init__(self, findings: Findings, tasks: Mentions) -> None:
        self._findings = findings
        self._tasks = tasks

    def value(self, part: ast.expr) -> Expression:
        """The value that *part* is: a constant, a reference, or a list or dict of such."""
        match part:
            case ast.Constant():
                return self._constant(part)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=value)) if (
                isinstance(value, int | float) and is_number(value)
            ):
                return Constant(-value if isinstance(part.op, ast.USub) else value)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return list_of([self.value(item) for item in items])
            case ast.Dict():
                return self._dict(part)
            case ast.Attribute() | ast.Subscript():
                return self._reference(part)
            case ast.Call(func=ast.Name(id="secret")):
                return self._secret(part)
            case _:
                self._findings.refuse(*refusals.no_value(part), part)
                return UNKNOWN

    def condition(self, part: ast.expr) -> Expression:
        """The condition that *part* is; a bare value is one too."""
        match part:
            case ast.BoolOp(op=op, values=items):
                kind = Every if isinstance(op, ast.And) else Some
                return kind(tuple(self.condition(item) for item in items))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.condition(operand))
            case ast.Compare():
                return self._comparison(part)
            case _:
                return self.value(part)

    def _comparison(self, part: ast.Compare) -> Expression:
        sides = [self.condition(side) for side in (part.left, *part.comparators)]
        links: list[Expression] = []
        for sign, (left, right) in zip(part.ops, pairwise(sides), strict=True):
            operator = _OPERATORS.get(type(sign))
            if operator is None:
                instead = "==" if isinstance(sign, ast.Is) else "!="
                what = "'is' asks for the same object, which a flow does not know"
                self._findings.refuse("JF105", what, f"Write {instead}.", part)
                return UNKNOWN
            links.append(Compare(left, operator, right))
        return links[0] if len(links) == 1 else Every(tuple(links))

    def _constant(self, part: ast.Constant) -> Expression:
        value = part.value
        if value is None or isinstance(value, str | bool) or is_number(value):
            return Constant(value)
        if isinstance(value, float):
            what, hint = "the number is too large", "Write a smaller one."
        elif value is ...:
            what, hint = "'...' is no value", "Write the value itself."
        else:
            what = f"a value cannot be of the type {type(value).__name__}"
            hint = "Write a text, a number, True, False, None, a list or a dict."
        return self._refuse(part, what, hint)

    def _secret(self, part: ast.Call) -> Expression:
        """``secret("NAME")``: a text in which nothing but that secret stands."""
        match part:
            case ast.Call(args=[ast.Constant(value=str(name))], keywords=[]) if is_name(name):
                return Constant(template_of(name))
        what = "a secret is given by its name, a text of letters, digits, _, - and ."
        return self._refuse(part, what, 'Write secret("NAME").')

    def _dict(self, part: ast.Dict) -> Expression:
        pairs: dict[str, Expression] = {}
        for key, item in zip(part.keys, part.values, strict=True):
            value = self.value(item)
            if key is None:
                self._refuse(item, "** cannot be written in a dict", "Write the names out.")
            elif not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                hint = 'Put it in quotes: {"name": value}.'
                self._refuse(key, "a name in a dict must be a text", hint)
            elif key.value in pairs:
                what = f"{key.value!r} stands in the dict twice"
                self._refuse(key, what, "Take one away.")
            else:
                pairs[key.value] = value
        return dict_of(pairs)

    def _reference(self, part: ast.Attribute | ast.Subscript) -> Expression:
        """``train.auc``, ``train["auc"]`` or ``params.n``."""
        owner = part.value
        if not isinstance(owner, ast.Name):
            self._findings.refuse(*refusals.no_owner(part), part)
            return UNKNOWN
        name = part.attr if isinstance(part, ast.Attribute) else self._key(part)
        if name is None:
            return UNKNOWN
        if owner.id == "params":
            self._findings.mark(("param_ref", name), part)
            return ParamRef(name)
        if isinstance(part, ast.Attribute) and name in METHODS:
            what = f"{owner.id}.{name} is a method, not a value"
            hint = f'Call it, or write {owner.id}["{name}"] for the value of that name.'
            self._findings.refuse("JF115", what, hint, part)
            return UNKNOWN
        task = self._tasks.mention(owner)
        if task is None:
            return UNKNOWN
        self._findings.mark(("value", task, name), part)
        return ValueRef(task, name)

    def _key(self, part: ast.Subscript) -> str | None:
        key = part.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value:
            return key.value
        hint = 'Write a name in quotes: train["auc"]. Take lists apart in a notebook.'
        self._findings.refuse("JF115", "the name of a value must be a text", hint, key)
        return None

    def _refuse(self, part: ast.expr, what: str, hint: str) -> Expression:
        self._findings.refuse("JF105", what, hint, part)
        return UNKNOWN

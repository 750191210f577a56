"""What may stand for a value in a flow: constants, parameters, values of tasks, comparisons.

An expression is data. It is evaluated against a `Scope`, never executed as code, so a flow file
can compute nothing but this. Strings in it may be templates; rendering those is the business of
`jupyter_flow.core.inputs.templates`, not of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, assert_never

from .artifacts import ArtifactRef
from .secrets import SecretText

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the flow. A string may hold a template."""

    value: Any
    kind: Literal["constant"] = "constant"


@dataclass(frozen=True, slots=True)
class ParamRef:
    """``params.n``: a parameter of the flow."""

    name: str
    kind: Literal["param"] = "param"


@dataclass(frozen=True, slots=True)
class ValueRef:
    """``train.auc``: a value that a task hands on. Of a mapped task it is the list of them."""

    task: str
    name: str
    kind: Literal["value"] = "value"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of which at least one item is no constant."""

    items: tuple[Expression, ...]
    kind: Literal["list"] = "list"


@dataclass(frozen=True, slots=True)
class DictOf:
    """An object of which at least one value is no constant. Keys are strings."""

    items: tuple[tuple[str, Expression], ...]
    kind: Literal["dict"] = "dict"


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right``. Chains (``0 < a < 1``) are read as `Every` of their links."""

    left: Expression
    operator: Operator
    right: Expression
    kind: Literal["compare"] = "compare"


@dataclass(frozen=True, slots=True)
class Every:
    """``a and b``: evaluated from the left, ends at the first that is false. Gives a bool."""

    items: tuple[Expression, ...]
    kind: Literal["every"] = "every"


@dataclass(frozen=True, slots=True)
class Some:
    """``a or b``: evaluated from the left, ends at the first that is true. Gives a bool."""

    items: tuple[Expression, ...]
    kind: Literal["some"] = "some"


@dataclass(frozen=True, slots=True)
class Not:
    """``not a``. Gives a bool."""

    item: Expression
    kind: Literal["not"] = "not"


Expression = Constant | ParamRef | ValueRef | ListOf | DictOf | Compare | Every | Some | Not


class Scope(Protocol):
    """What an expression is evaluated against."""

    def param(self, name: str) -> Any:
        """The flow's parameter *name*. Raises LookupError when there is none."""

    def value(self, task: str, name: str) -> Any:
        """The value *name* of *task*. Raises LookupError, saying why, when there is none."""


class EvaluationError(Exception):
    """An expression has no value; the message says why."""


def evaluate(expression: Expression, scope: Scope) -> Any:
    """The value of *expression* in *scope*.

    Raises:
        EvaluationError: a name has no value, or two values cannot be compared.
    """
    match expression:
        case Constant(value=value):
            return value
        case ParamRef(name=name):
            return _looked_up(lambda: scope.param(name))
        case ValueRef(task=task, name=name):
            return _looked_up(lambda: scope.value(task, name))
        case ListOf(items=items):
            return [evaluate(item, scope) for item in items]
        case DictOf(items=pairs):
            return {key: evaluate(item, scope) for key, item in pairs}
        case Compare(left=left, operator=operator, right=right):
            return _compare(evaluate(left, scope), operator, evaluate(right, scope))
        case Every(items=items):
            return all(evaluate(item, scope) for item in items)
        case Some(items=items):
            return any(evaluate(item, scope) for item in items)
        case Not(item=item):
            return not evaluate(item, scope)
        case _:
            assert_never(expression)


def walk(expression: Expression) -> Iterator[Expression]:
    """*expression* and everything in it, outermost first."""
    yield expression
    match expression:
        case ListOf(items=items) | Every(items=items) | Some(items=items):
            for item in items:
                yield from walk(item)
        case DictOf(items=pairs):
            for _, item in pairs:
                yield from walk(item)
        case Compare(left=left, right=right):
            yield from walk(left)
            yield from walk(right)
        case Not(item=item):
            yield from walk(item)


def values_used(expression: Expression) -> Iterator[ValueRef]:
    """The values of tasks that *expression* needs."""
    return (part for part in walk(expression) if isinstance(part, ValueRef))


def _looked_up(look_up: Any) -> Any:
    try:
        return look_up()
    except LookupError as error:
        raise EvaluationError(
            str(error.args[0]) if error.args else "there is no such value"
        ) from error


def _compare(left: Any, operator: Operator, right: Any) -> bool:
    if any(isinstance(side, SecretText) for side in (left, right)):
        raise EvaluationError("a secret cannot be compared: what came of it would tell what it is")
    for ref in filter(None, map(ArtifactRef.read, (left, right))):
        message = f"an artifact ({ref.line}) cannot be compared: let its task hand on a small value"
        raise EvaluationError(message)
    try:
        return bool(_COMPARISONS[operator](left, right))
    except TypeError as error:
        message = f"{left!r} {operator} {right!r} cannot be compared"
        raise EvaluationError(message) from error


_COMPARISONS: Mapping[str, Any] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}

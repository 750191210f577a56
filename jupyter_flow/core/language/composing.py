"""Expressions made of expressions, as constants where they can be.

Shared by the text and by the Python API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from jupyter_flow.core.expressions import (
    Constant,
    DictOf,
    Expression,
    ListOf,
    ParamRef,
    walk,
)

#: A parameter of no flow: stands for what could not be read. Checks know nothing of it.
UNKNOWN = ParamRef("")


def is_number(value: object) -> bool:
    """Whether *value* is a number that JSON has."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def list_of(items: Sequence[Expression]) -> Expression:
    """A list, as a constant when all of its items are."""
    if all(isinstance(item, Constant) for item in items):
        return Constant([item.value for item in items if isinstance(item, Constant)])
    return ListOf(tuple(items))


def dict_of(pairs: Mapping[str, Expression]) -> Expression:
    """A dict, as a constant when all of its values are."""
    if all(isinstance(item, Constant) for item in pairs.values()):
        return Constant(
            {key: item.value for key, item in pairs.items() if isinstance(item, Constant)}
        )
    return DictOf(tuple(pairs.items()))


def is_known(expression: Expression) -> bool:
    """Whether all of *expression* could be read."""
    return UNKNOWN not in list(walk(expression))

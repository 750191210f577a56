"""Expressions as a person writes them in a flow: ``params.n``, ``train.auc > 0.8``, lists.

What is written is read as the same expression again. Knows no line lengths.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    DictOf,
    Every,
    Expression,
    ListOf,
    Not,
    ParamRef,
    Some,
    ValueRef,
)
from jupyter_flow.core.secrets import name_in

#: What can be called on a task, so that no value of these names can be written with a dot.
METHODS = (
    *("as_setup", "as_teardown", "expand", "options", "set_downstream", "set_upstream", "when"),
)

_RISING, _FALLING = frozenset({"<", "<="}), frozenset({">", ">="})


def written(expression: Expression) -> str:
    """*expression* as text."""
    match expression:
        case Constant(value=value):
            return written_constant(value)
        case ParamRef(name=name):
            return _member("params", name, ())
        case ValueRef(task=task, name=name):
            return _member(task, name, METHODS)
        case ListOf(items=items):
            return f"[{', '.join(map(written, items))}]"
        case DictOf(items=pairs):
            return _object((key, written(item)) for key, item in pairs)
        case Compare(left=left, operator=operator, right=right):
            return f"{_operand(left)} {operator} {_operand(right)}"
        case Every(items=items):
            return _chain(items) or " and ".join(_in_and(item) for item in items)
        case Some(items=items):
            return " or ".join(_in_or(item) for item in items)
        case Not(item=item):
            return f"not {_in_and(item)}"


def written_constant(value: Any) -> str:
    """A constant as text: JSON's values as Python writes them."""
    if isinstance(value, str):
        name = name_in(value)
        return written_text(value) if name is None else f'secret("{name}")'
    if isinstance(value, dict):
        return _object((key, written_constant(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written_constant, value))}]"
    return repr(value)


def written_text(text: str) -> str:
    """*text* in double quotes, where that is possible with plain signs."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return json.dumps(text, ensure_ascii=False)
    return repr(text)


def is_bare(name: str) -> bool:
    """Whether *name* can be written without quotes and is read as it is."""
    return name.isidentifier() and not iskeyword(name) and normalize("NFKC", name) == name


def _member(owner: str, name: str, taken: tuple[str, ...]) -> str:
    if is_bare(name) and name not in taken:
        return f"{owner}.{name}"
    return f"{owner}[{written_text(name)}]"


def _object(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{written_text(key)}: {item}" for key, item in pairs) + "}"


def _operand(expression: Expression) -> str:
    is_condition = isinstance(expression, Compare | Every | Some | Not)
    return f"({written(expression)})" if is_condition else written(expression)


def _in_and(expression: Expression) -> str:
    is_looser = isinstance(expression, Some) or (
        isinstance(expression, Every) and not _chain(expression.items)
    )
    return f"({written(expression)})" if is_looser else written(expression)


def _in_or(expression: Expression) -> str:
    return f"({written(expression)})" if isinstance(expression, Some) else written(expression)


def _chain(items: tuple[Expression, ...]) -> str:
    """``0 < a < 1`` when *items* are the links of such a chain, else nothing."""
    links = [item for item in items if isinstance(item, Compare)]
    operators = {link.operator for link in links}
    if len(links) < max(2, len(items)) or not (operators <= _RISING or operators <= _FALLING):
        return ""
    if any(repr(one.right) != repr(two.left) for one, two in pairwise(links)):
        return ""
    return _operand(links[0].left) + "".join(
        f" {link.operator} {_operand(link.right)}" for link in links
    )

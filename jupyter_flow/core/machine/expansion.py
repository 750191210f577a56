"""The items of a mapped task: one for each instance, from the lists given to ``.expand``.

Says what the items are, or why there are none to be had; making instances of them is the business
of `jupyter_flow.core.machine.planning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.expressions import EvaluationError, Expression, values_used
from jupyter_flow.core.flow import Task
from jupyter_flow.core.inputs import MissingValueError, context_of, scope_of, value_of
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Signal

#: A task mapped over more than this is taken for a mistake.
LONGEST_MAP = 1024

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """There are no items: which signal that is to the task, and why, in words."""

    signal: Signal
    reason: str


def items_of(run: Run, task: Task) -> list[Item] | Refusal:
    """One item for each instance of *task*: the cross product of its lists, the last fastest.

    Templates in the lists are rendered now, so ``attempt`` and ``map_index`` are not known there.
    """
    lists: dict[str, list[Any]] = {}
    for name, expression in task.expand.items():
        found = _list(run, task, name, expression)
        if isinstance(found, Refusal):
            return found
        lists[name] = found
    size = prod(len(each) for each in lists.values())
    if size > LONGEST_MAP:
        reason = f"it would be mapped to {size:,} instances; at most {LONGEST_MAP:,} are allowed"
        return Refusal(Signal.FAIL, reason)
    if size == 0:
        empty = next(name for name, each in lists.items() if not each)
        return Refusal(Signal.SKIP, f"there is nothing to map over: {empty!r} is an empty list")
    return [dict(zip(lists, each, strict=True)) for each in product(*lists.values())]


def _list(run: Run, task: Task, name: str, expression: Expression) -> list[Any] | Refusal:
    missing = _missing_value(run, expression)
    if missing is not None:
        return Refusal(Signal.BLOCK, f"cannot be mapped over {name!r}: {missing}")
    try:
        found = value_of(expression, run, context_of(run, task.name))
    except EvaluationError as error:
        return Refusal(Signal.FAIL, f"cannot be mapped over {name!r}: {error}")
    ref = ArtifactRef.read(found)
    if ref is not None:
        words = f"it is an artifact ({ref.line}), and no list of values"
        return Refusal(Signal.FAIL, f"cannot be mapped over {name!r}: {words}")
    match found:
        case list() | tuple():
            return list(found)
        case Mapping():
            return [[key, value] for key, value in found.items()]
        case _:
            kind = type(found).__name__
            return Refusal(Signal.FAIL, f"cannot be mapped over {name!r}: {kind} is no list")


def _missing_value(run: Run, expression: Expression) -> MissingValueError | None:
    scope = scope_of(run)
    for used in values_used(expression):
        try:
            scope.value(used.task, used.name)
        except MissingValueError as error:
            return error
    return None

"""What stands for a value in a flow that is made in Python: ``train.auc``, ``params.n > 3``.

A `Term` looks like the value and is only its description. Comparing terms compares nothing, it
makes the condition that is looked at when the flow runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from jupyter_flow.core.errors import DefinitionError, Problem
from jupyter_flow.core.expressions import Compare, Constant, Every, Expression, Not, Operator, Some
from jupyter_flow.core.language.composing import dict_of, is_number, list_of


class Term:
    """A value of a task, a parameter of the flow, or a condition made of such.

    Compare it with ``==``, ``<``, `in_` and so on; join conditions with ``&``, ``|`` and ``~``.
    Mind Python's precedence: ``(a.auc > 0.8) & (a.rows > 0)``.
    """

    __slots__ = ("_expression",)
    __hash__ = None  # type: ignore[assignment]  # equality makes a condition

    def __init__(self, expression: Expression) -> None:
        self._expression = expression

    def __repr__(self) -> str:
        from jupyter_flow.core.language.writing import written

        return f"<{written(self._expression)}>"

    def __bool__(self) -> bool:
        raise TypeError(
            "what a term is will be known in the run only: write & | ~ for and, or, not, "
            "and (a < b) & (b < c) for a < b < c"
        )

    def __eq__(self, other: object) -> Term:  # type: ignore[override]
        return self._compared("==", other)

    def __ne__(self, other: object) -> Term:  # type: ignore[override]
        return self._compared("!=", other)

    def __lt__(self, other: object) -> Term:
        return self._compared("<", other)

    def __le__(self, other: object) -> Term:
        return self._compared("<=", other)

    def __gt__(self, other: object) -> Term:
        return self._compared(">", other)

    def __ge__(self, other: object) -> Term:
        return self._compared(">=", other)

    def in_(self, others: object) -> Term:
        """The condition that it is one of *others*: a list, or a term that holds one."""
        return self._compared("in", others)

    def not_in(self, others: object) -> Term:
        """The condition that it is none of *others*."""
        return self._compared("not in", others)

    def __and__(self, other: object) -> Term:
        mine = self._expression
        before = mine.items if isinstance(mine, Every) else (mine,)
        return Term(Every((*before, expression_of(other))))

    def __or__(self, other: object) -> Term:
        mine = self._expression
        before = mine.items if isinstance(mine, Some) else (mine,)
        return Term(Some((*before, expression_of(other))))

    def __invert__(self) -> Term:
        return Term(Not(self._expression))

    def _compared(self, operator: Operator, other: object) -> Term:
        return Term(Compare(self._expression, operator, expression_of(other)))


def expression_of(value: Any) -> Expression:
    """The expression that *value* stands for. Raises DefinitionError when it stands for none."""
    if isinstance(value, Term):
        return value._expression  # noqa: SLF001  its only reader; a term has no public parts
    if value is None or isinstance(value, bool | str) or is_number(value):
        return Constant(value)
    if isinstance(value, list | tuple):
        return list_of([expression_of(item) for item in value])
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return dict_of({key: expression_of(item) for key, item in value.items()})
    problem = Problem(
        code="JF105",
        what=f"{value!r} cannot be a value in a flow: it is of the type {type(value).__name__}",
        hint='Write it as a text: "2026-01-31".'
        if isinstance(value, date)
        else "Use a text, a number, True, False, None, a list, a dict, task.value or params.name.",
    )
    raise DefinitionError([problem])

"""The arguments of calls, by name, and what is said with them to a draft."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Expression

from .drafts import Draft
from .findings import Findings
from .values import Values


class Arguments:
    """Reads the arguments of calls of one flow."""

    def __init__(self, findings: Findings, values: Values) -> None:
        self._findings = findings
        self.values = values

    def named(
        self,
        call: ast.Call,
        shown: str,
        *,
        code: str = "JF113",
        read: Callable[[ast.expr], Expression] | None = None,
    ) -> Iterator[tuple[str, Expression, ast.keyword]]:
        """The arguments of *call* that have names, with their places; *read* as values unless said
        otherwise."""
        read = read or self.values.value
        for keyword in call.keywords:
            if keyword.arg is None:
                what = f"** cannot be written in {shown}"
                self._findings.refuse(code, what, "Write the names out.", keyword.value)
            else:
                yield keyword.arg, read(keyword.value), keyword

    def give(self, draft: Draft, name: str, value: Expression, at: ast.expr | ast.keyword) -> None:
        """The task is given the parameter *name*."""
        self._findings.mark(("parameter", draft.name, name), at)
        self.note(draft.say_parameter(name, value), at)

    def note(self, problem: Problem | None, at: ast.expr | ast.keyword) -> None:
        """Note *problem*, if there is one."""
        if problem is not None:
            self._findings.note(problem, at)

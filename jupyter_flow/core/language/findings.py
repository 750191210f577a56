"""What reading finds on its way: problems, and where things stand."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jupyter_flow.core.errors import Problem, Where

from .places import Page

#: Where something stands: ("flow",), ("task", name), ("parameter", task, name),
#: ("expand", task, name), ("when", task), ("option", task, option; "" for the magic line),
#: ("value", task, name), ("edge", up, down), ("param", name), ("role", task), ("group", name),
#: ("group_option", group, option).
#: A task stands where its notebook or its kind is written.
Spans = Mapping[tuple[str, ...], Where]


@dataclass(slots=True, kw_only=True)
class Findings:
    """Collects the problems and the places of one page."""

    page: Page
    problems: list[Problem] = field(default_factory=list)
    spans: dict[tuple[str, ...], Where] = field(default_factory=dict)

    def refuse(self, code: str, what: str, hint: str, at: ast.AST | Where) -> None:
        """Note a mistake at a part of the page."""
        self.problems.append(Problem(code=code, what=what, hint=hint, where=self._where(at)))

    def note(self, problem: Problem, at: ast.AST | Where) -> None:
        """Note *problem*, found by somebody who knows no places."""
        self.problems.append(replace(problem, where=self._where(at)))

    def mark(self, key: tuple[str, ...], at: ast.AST | Where) -> None:
        """Keep where *key* stands. The first place stays."""
        if key not in self.spans:
            self.spans[key] = self._where(at)

    def line_of(self, *key: str) -> str:
        """`` (line 3)``, for a message that speaks of two places."""
        where = self.spans.get(key)
        return f" (line {where.line})" if where is not None and where.line is not None else ""

    def _where(self, at: ast.AST | Where) -> Where:
        if isinstance(at, Where):
            return at
        assert isinstance(at, ast.expr | ast.stmt | ast.keyword)
        return self.page.where(at)

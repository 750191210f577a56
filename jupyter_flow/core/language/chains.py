"""Who waits for whom: ``a >> [b, c] >> d``, ``b << a``, ``a.set_downstream(b)``."""

from __future__ import annotations

import ast

from .calls import Calls
from .edges import Edges
from .findings import Findings
from .tasks import shown

#: The tasks at one place of a chain; None when they could not be read.
_End = list[str] | None


class Chains:
    """Reads statements that have no value of their own, for the edges that they say."""

    def __init__(self, findings: Findings, calls: Calls, edges: Edges) -> None:
        self._findings = findings
        self._calls = calls
        self._edges = edges

    def read(self, part: ast.expr) -> None:
        """Read a chain, a single task, a list of tasks, or ``a.set_upstream(…)``."""
        if isinstance(part, ast.BinOp) and _is_arrow(part):
            self._chain(part)
        elif (call := _sentence(part)) is not None:
            self._sentence(call)
        else:
            self._end(part)

    def _chain(self, part: ast.expr) -> None:
        """A chain from the left; the tree has its last arrow at the top."""
        arrows: list[ast.BinOp] = []
        while isinstance(part, ast.BinOp) and _is_arrow(part):
            arrows.append(part)
            part = part.left
        left_part, left = part, self._end(part)
        for arrow in reversed(arrows):
            right_part, right = arrow.right, self._end(arrow.right)
            if _is_list(left_part) and _is_list(right_part):
                self._two_lists(left, right, right_part)
            elif isinstance(arrow.op, ast.RShift):
                self._connect(left, right, right_part)
            else:
                self._connect(right, left, right_part)
            left_part, left = right_part, right

    def _sentence(self, call: ast.Call) -> None:
        """``a.set_downstream(b)``, ``b.set_upstream([a, c])``"""
        assert isinstance(call.func, ast.Attribute)
        method = call.func.attr
        here = self._end(call.func.value)
        if len(call.args) != 1 or call.keywords:
            what = f"{method}(…) takes one task or one list of tasks"
            hint = f"For example: train.{method}([clean, load])."
            self._findings.refuse("JF113", what, hint, call)
            return
        there = self._end(call.args[0])
        if method == "set_downstream":
            self._connect(here, there, call.args[0])
        else:
            self._connect(there, here, call.args[0])

    def _end(self, part: ast.expr) -> _End:
        """The tasks of one place of a chain."""
        if isinstance(part, ast.BinOp) and _is_arrow(part):
            what = "a chain cannot be a part of another one"
            hint = "Write the inner one on a line of its own."
            self._findings.refuse("JF108", what, hint, part)
            return None
        if isinstance(part, ast.Name) and self._calls.is_group(part.id):
            self._calls.groups.place(part.id, part)
            return [part.id]
        if not isinstance(part, ast.List | ast.Tuple):
            name = self._calls.task(part)
            return None if name is None else [name]
        if not part.elts:
            hint = "Name the tasks in it, or take it away."
            self._findings.refuse("JF109", "an empty list has no tasks", hint, part)
            return None
        names: list[str] = []
        for item in part.elts:
            if isinstance(item, ast.List | ast.Tuple):
                what, hint = "a list of tasks cannot be in a list", "Put all into one list."
                self._findings.refuse("JF109", what, hint, item)
            else:
                names += self._end(item) or []
        return names

    def _two_lists(self, left: _End, right: _End, at: ast.expr) -> None:
        instead = (
            " and ".join(f"{shown(left)} >> {name}" for name in right) if left and right else ""
        )
        self._findings.refuse(
            "JF107",
            "a list cannot follow a list: it is not plain who waits for whom",
            f"If each is to wait for all, write {instead or '[a, b] >> c and [a, b] >> d'}.",
            at,
        )

    def _connect(self, ups: _End, downs: _End, at: ast.expr) -> None:
        self._edges.connect(ups or (), downs or (), at)


def _is_arrow(part: ast.BinOp) -> bool:
    return isinstance(part.op, ast.RShift | ast.LShift)


def _is_list(part: ast.expr) -> bool:
    return isinstance(part, ast.List | ast.Tuple)


def _sentence(part: ast.expr) -> ast.Call | None:
    is_call = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    if is_call and part.func.attr in ("set_upstream", "set_downstream"):  # type: ignore[attr-defined]
        return part  # type: ignore[return-value]
    return None

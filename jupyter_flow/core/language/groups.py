"""The groups of the flow that is read: ``with group("prepare", retries=2):`` and what is in it.

A task belongs to the group in which it is first named, by an arrow or by itself; using its value
or naming it as a set-up is not enough.
"""

from __future__ import annotations

import ast
from typing import Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Group
from jupyter_flow.core.grouping import Grouping
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.task_names import wrong_with

from .arguments import Arguments
from .composing import is_known
from .findings import Findings
from .naming import Names, group_call
from .option_reading import contradictions, read_option
from .option_specs import TASK_OPTIONS

_EXAMPLE = 'with group("prepare"):'


class Groups:
    """Knows which group is open, and who is in which."""

    def __init__(self, findings: Findings, arguments: Arguments, names: Names) -> None:
        self._findings = findings
        self._arguments = arguments
        self._open: list[str | None] = [None]
        self._options: dict[str, dict[str, Any]] = {}
        self.grouping = Grouping(parents=names.groups)

    def enter(self, statement: ast.With) -> bool:
        """What follows is in the group that *statement* names. False when it names none."""
        call = group_call(statement)
        if call is None:
            what = "a with is no part of a flow, but for groups"
            self._findings.refuse(
                "JF104", what, f"Write {_EXAMPLE}", statement.items[0].context_expr
            )
            return False
        name = self._name(call)
        if statement.items[0].optional_vars is not None:
            what, hint = "a group is not given a name by as", f"Its own stands for it: {_EXAMPLE}"
            self._findings.refuse("JF142", what, hint, statement.items[0].optional_vars)
        if name is not None:
            self._findings.mark(("group", name), call)
            self._options[name] = self._read_options(name, call)
        self._open.append(name if name is not None else self._open[-1])
        return True

    def leave(self) -> None:
        """The group that was entered last ends."""
        self._open.pop()

    def place(self, name: str, at: ast.expr) -> None:
        """The task or group *name* is named in the group that is open."""
        here = self._open[-1]
        if name in self.grouping.parents:
            home = self.grouping.parents[name]
        else:
            home = self.grouping.homes.setdefault(name, here)
        if self.grouping.are_apart(home, here):
            self._findings.refuse(
                "JF143",
                f"{name!r} is in the group {home!r}, so it cannot be named in the group {here!r}",
                "Put the arrows between groups outside of them.",
                at,
            )

    def groups(self, members: list[str], names: list[str]) -> tuple[Group, ...]:
        """The groups *names*, with those of the tasks *members* that are right in them."""
        homes = self.grouping.homes
        return tuple(
            Group(
                name=name,
                members=tuple(task for task in members if homes.get(task) == name),
                parent=self.grouping.parents[name],
                options=TaskOptions(**self._options[name]),
            )
            for name in names
        )

    def refuse_empty(self) -> None:
        """Note the groups that nothing is in."""
        for name in self._options:
            if not self.grouping.tasks_in(name):
                what, hint = f"the group {name!r} has no tasks", "Name some in it, or take it away."
                self._findings.refuse("JF142", what, hint, self._findings.spans["group", name])

    def _name(self, call: ast.Call) -> str | None:
        match call.args:
            case [ast.Constant(value=str(name)) as at]:
                return self._checked(name, at)
            case _:
                what = "a group is given one name, in quotes"
                self._findings.refuse("JF142", what, f"For example: {_EXAMPLE}", call)
                return None

    def _checked(self, name: str, at: ast.expr) -> str | None:
        wrong = wrong_with(name)
        if wrong is not None:
            what = f"{name!r} cannot be the name of a group: it {wrong}"
            self._findings.refuse("JF142", what, f"For example: {_EXAMPLE}", at)
            return None
        if name in self._options:
            line = self._findings.line_of("group", name)
            what = f"there is a group {name!r} already{line}"
            self._findings.refuse("JF142", what, "Put all of its tasks there.", at)
            return None
        return name

    def _read_options(self, group: str, call: ast.Call) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, given, keyword in self._arguments.named(call, "group(…)"):
            if not is_known(given):
                continue
            value: Any = Problem(
                code="JF121",
                what=f"option {name!r} must be a constant",
                hint="It is needed before the run begins, so it cannot be a value of a task.",
            )
            if isinstance(given, Constant):
                value = read_option(name, given.value, TASK_OPTIONS)
            if isinstance(value, Problem):
                self._findings.note(value, keyword)
            else:
                self._findings.mark(("group_option", group, name), keyword)
                said[name] = value
        for problem in contradictions(said):
            self._findings.note(problem, call)
        return said

"""The body of a flow, statement by statement: chains, tasks that get names, declarations.

Reads the syntax tree into tasks, edges, parameters and a description; checks that need the
whole flow come later.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Group, Role, Task
from jupyter_flow.core.grouping import Edge

from . import refusals
from .calls import Calls
from .chains import Chains
from .composing import is_known
from .edges import Edges
from .findings import Findings
from .naming import FUNCTIONS, links_of, names_in
from .tasks import Tasks


class Body:
    """What a body says. After `read`, all of it is in the attributes."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.description = ""
        self.params: dict[str, Any] = {}
        self.is_whole = True
        self._declared: ast.Call | None = None

    def read(self, module: ast.Module) -> None:
        """Read all statements of *module*."""
        names = names_in(module)
        self.tasks = Tasks(self._findings, names)
        self._edges = Edges(self._findings)
        self._calls = Calls(self._findings, self.tasks, names, self._edges)
        self._chains = Chains(self._findings, self._calls, self._edges)
        match module.body:
            case [ast.Expr(value=ast.Constant(value=str(text))), *rest]:
                self.description = cleandoc(text).strip()
                self._read_all(rest)
            case statements:
                self._read_all(statements)
        self._calls.groups.refuse_empty()
        self.is_whole = self.is_whole and self.tasks.is_whole

    def made(self) -> tuple[tuple[Task, ...], frozenset[Edge], tuple[Group, ...]]:
        """The tasks, the edges and the groups that were read; what they lack is noted."""
        tasks = {task.name: task for task in self.tasks.tasks()}
        groups = self._calls.groups
        groups.grouping.setups = {name for name in tasks if tasks[name].role is Role.SETUP}
        groups.grouping.teardowns = {name for name in tasks if tasks[name].is_teardown}
        used = [(up, task.name) for task in tasks.values() for up in task.uses()]
        edges = self._edges.between_tasks(groups.grouping, used)
        order, names = groups.grouping.in_order(tasks)
        return tuple(tasks[name] for name in order), edges, groups.groups(order, names)

    def _read_all(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            match statement:
                case ast.Expr(value=ast.Constant(value=str())):
                    hint = "The description is the first line; anywhere else, write a comment: # …"
                    self._findings.refuse("JF104", "a text does nothing here", hint, statement)
                case ast.Expr(value=value) if _is_declaration(value):
                    self._declare(value)  # type: ignore[arg-type]
                case ast.Expr(value=ast.JoinedStr() as value):
                    noun, hint = refusals.VALUES[ast.JoinedStr]
                    self._findings.refuse("JF105", f"{noun} cannot be written here", hint, value)
                case ast.Expr(value=value):
                    self._chains.read(value)
                case ast.Assign():
                    self._assign(statement)
                case ast.With():
                    self._group(statement)
                case _:
                    self._refuse(statement)

    def _group(self, statement: ast.With) -> None:
        """``with group("prepare"):``"""
        if self._calls.groups.enter(statement):
            self._read_all(statement.body)
            self._calls.groups.leave()
        else:
            self.is_whole = False

    def _refuse(self, statement: ast.stmt) -> None:
        noun, hint = refusals.STATEMENTS.get(type(statement), ("this", "Take it out."))
        self._findings.refuse("JF104", f"{noun} is no part of a flow", hint, statement)
        self.is_whole = False

    def _declare(self, call: ast.Call) -> None:
        """``params(model="logit", n=10)``"""
        if self._declared is not None:
            hint = f"Put all of them into line {self._findings.page.where(self._declared).line}."
            self._findings.refuse("JF117", "the parameters are declared twice", hint, call)
        self._declared = self._declared or call
        for argument in call.args:
            what, hint = "a parameter is declared by its name", "Write params(n=10)."
            self._findings.refuse("JF117", what, hint, argument)
        for name, default, keyword in self._calls.declared(call):
            if is_known(default) and not isinstance(default, Constant):
                what = f"the default of parameter {name!r} must be a constant"
                hint = f"Values of tasks are known in the run only. Write params({name}=10)."
                self._findings.refuse("JF117", what, hint, keyword.value)
            elif name in self.params and repr(self.params[name]) != repr(_known(default)):
                what = f"the parameter {name!r} is declared twice"
                self._findings.refuse("JF117", what, "Take one away.", keyword)
            self.params.setdefault(name, _known(default))
            self._findings.mark(("param", name), keyword)

    def _assign(self, statement: ast.Assign) -> None:
        """``models = train(seed=1)``"""
        target, value = statement.targets[0], statement.value
        if len(statement.targets) > 1 or not isinstance(target, ast.Name):
            text = ast.unparse(target)
            what = f"{text} cannot be given a value" if len(statement.targets) == 1 else ""
            what = what or "one task cannot be given two names"
            hint = "Write one line for each task: name = train(…)."
            self._findings.refuse("JF104", what, hint, target)
            self.is_whole = False
        elif (refused := self._refused(target.id, value)) is not None:
            self._findings.refuse(*refused, value)
            self.is_whole = False
        else:
            self._calls.task(value, target)

    def _refused(self, name: str, value: ast.expr) -> tuple[str, str, str] | None:
        """Why *value* cannot be given a name, if it cannot."""
        root, calls = links_of(value)
        last = calls[-1].func if calls else None
        is_sentence = isinstance(last, ast.Attribute) and last.attr.startswith("set_")
        if isinstance(value, ast.BinOp) or is_sentence:
            hint = "Put the chain on a line of its own; name tasks one by one: name = train(…)."
            return "JF108", "a chain cannot be given a name", hint
        if isinstance(value, ast.List | ast.Tuple):
            hint = "Write the list where it is needed: [a, b] >> c."
            return "JF108", "a list of tasks cannot be given a name", hint
        if isinstance(value, ast.Attribute | ast.Subscript):
            text = ast.unparse(value)
            return "JF108", "a value cannot be given a name", f"Write {text} where it is needed."
        if isinstance(root, ast.Name) and root.id == "params":
            return "JF117", "'params' is no task", "Write params(n=10) on a line of its own."
        if not isinstance(root, ast.Name):
            hint = f"Constants of a flow are its parameters: params({name}=…), then params.{name}."
            return "JF109", f"{name} = … makes a task, and this is none", hint
        if isinstance(value, ast.Name) and value.id in FUNCTIONS:
            return "JF109", f"{value.id!r} is no task", f"Call it: {name} = {value.id}(…)."
        return None


def _known(default: object) -> Any:
    return default.value if isinstance(default, Constant) else None


def _is_declaration(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name):
        return False
    return value.func.id == "params"

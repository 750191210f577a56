"""Tasks where they are written: ``train(seed=1).expand(model=[…]).options(retries=3)``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind, Role

from .arguments import Arguments
from .composing import is_known
from .drafts import Draft
from .edges import Edges
from .findings import Findings
from .groups import Groups
from .making import Makers
from .naming import FUNCTIONS, Names, links_of
from .option_reading import read_option
from .option_specs import TASK_OPTIONS
from .refusals import no_task
from .tasks import Tasks
from .values import Values
from .writing import METHODS

#: What Airflow has for chains.
_CHAIN_FUNCTIONS = ("chain", "chain_linear", "cross_downstream")


class Calls:
    """Reads what describes a task into the task's draft."""

    def __init__(
        self,
        findings: Findings,
        tasks: Tasks,
        names: Names,
        edges: Edges,
    ) -> None:
        self._findings = findings
        self._edges = edges
        self._tasks = tasks
        self._values = Values(findings, tasks)
        self._arguments = Arguments(findings, self._values)
        self.groups = Groups(findings, self._arguments, names)
        self._makers = Makers(findings, tasks, names, self._arguments)
        self._methods: Mapping[str, Callable[[Draft, ast.Call], None]] = {
            "expand": self._expand,
            "options": self._options,
            "when": self._when,
            "as_setup": self._as_setup,
            "as_teardown": self._as_teardown,
        }

    def task(self, part: ast.expr, given: ast.Name | None = None) -> str | None:
        """The name of the task that *part* describes, *given* it or its own.

        It is in the group that is open, unless it was in another one before. None, with a mistake
        noted, when it is no task.
        """
        name = self._described(part, given)
        if name is not None:
            self.groups.place(name, part)
        return name

    def _described(self, part: ast.expr, given: ast.Name | None = None) -> str | None:
        root, calls = links_of(part)
        if not isinstance(root, ast.Name) or root.id == "params":
            self._findings.refuse(*no_task(root), root)
            return None
        draft = self._draft(root, calls, given)
        if draft is None:
            return None
        for call in calls:
            self._link(draft, call)
        for problem in draft.contradictions():
            self._findings.note(problem, self._findings.spans["option", draft.name, "no_retry_on"])
        return draft.name

    def is_group(self, name: str) -> bool:
        """Whether *name* stands for a group."""
        return self._tasks.is_group(name)

    def declared(self, call: ast.Call) -> Iterator[tuple[str, Expression, ast.keyword]]:
        """The names, defaults and places of ``params(…)``."""
        return self._arguments.named(call, "params(…)", code="JF117")

    def _draft(self, root: ast.Name, calls: list[ast.Call], given: ast.Name | None) -> Draft | None:
        """The draft of what *root* begins; a call that makes it is taken from *calls*."""
        if root.id in FUNCTIONS and calls and calls[0].func is root:
            kind, call = FUNCTIONS[root.id], calls.pop(0)
            if kind is not Kind.NOTEBOOK:
                return self._makers.from_function(kind, call, given)
            draft = self._makers.from_path(call, given)
            if draft is not None:
                self._parameters(draft, call, skip=1)
            return draft
        if given is not None:
            return self._makers.from_name(root, given)
        name = self._tasks.mention(root)
        return self._tasks[name] if name is not None else None

    def _link(self, draft: Draft, call: ast.Call) -> None:
        """One call in ``task(…).method(…)``."""
        if not isinstance(call.func, ast.Attribute):
            self._parameters(draft, call)
            return
        name = call.func.attr
        if name in self._methods:
            self._methods[name](draft, call)
        elif name in METHODS:
            what = f"{name}(…) is a sentence of its own"
            hint = "Write it on a line of its own, with nothing behind it."
            self._findings.refuse("JF108", what, hint, call)
        else:
            hint = suggestion(name, METHODS, noun="method")
            hint = "Give parameters by calling the task: train(x=1)." if name == "partial" else hint
            self._findings.refuse("JF114", f"tasks have no method {name!r}", hint, call)

    def _parameters(self, draft: Draft, call: ast.Call, *, skip: int = 0) -> None:
        """``train(seed=1)``"""
        if call.args[skip:] and draft.name in _CHAIN_FUNCTIONS:
            what = f"there is no {draft.name}() here"
            self._findings.refuse("JF113", what, "Write a >> [b, c] >> d.", call)
            return
        for argument in call.args[skip:]:
            what, hint = "parameters are given by name", f"Write {draft.name}(name=value)."
            self._findings.refuse("JF113", what, hint, argument)
        if draft.kind is not Kind.NOTEBOOK:
            what = f"task {draft.name!r} is given its arguments where it is made"
            self._findings.refuse("JF113", what, f"Write them into {draft.kind}(…).", call)
            return
        for name, value, keyword in self._arguments.named(call, f"{draft.name}(…)"):
            self._arguments.give(draft, name, value, keyword)

    def _expand(self, draft: Draft, call: ast.Call) -> None:
        """``.expand(model=["logit", "forest"])``"""
        if call.args or not call.keywords:
            what = "expand(…) needs the name of a parameter and a list"
            hint = 'For example: .expand(model=["logit", "forest"]).'
            self._findings.refuse("JF116", what, hint, call.args[0] if call.args else call)
        for name, values, keyword in self._arguments.named(call, ".expand(…)", code="JF116"):
            self._findings.mark(("expand", draft.name, name), keyword)
            self._arguments.note(draft.say_expand(name, values), keyword)

    def _when(self, draft: Draft, call: ast.Call) -> None:
        """``.when(evaluate.auc > 0.8)``"""
        if len(call.args) != 1 or call.keywords:
            what, hint = "when(…) takes one condition", "For example: .when(evaluate.auc > 0.8)."
            self._findings.refuse("JF113", what, hint, call)
            return
        condition = call.args[0]
        self._findings.mark(("when", draft.name), condition)
        self._arguments.note(draft.say_when(self._values.condition(condition)), condition)

    def _as_setup(self, draft: Draft, call: ast.Call) -> None:
        """``.as_setup()``"""
        if call.args or call.keywords:
            what, hint = (
                "as_setup() takes no arguments",
                "What cleans up says: .as_teardown(setups=…).",
            )
            self._findings.refuse("JF113", what, hint, call)
        self._has_role(draft, Role.SETUP, call)

    def _as_teardown(self, draft: Draft, call: ast.Call) -> None:
        """``.as_teardown(setups=cluster_up, fails_run=True)``"""
        for argument in call.args:
            what, hint = (
                "the arguments of as_teardown(…) have names",
                "Write as_teardown(setups=…).",
            )
            self._findings.refuse("JF113", what, hint, argument)
        self._has_role(draft, Role.TEARDOWN, call)
        for keyword in call.keywords:
            match keyword:
                case ast.keyword(arg="setups", value=part):
                    self._setups(draft, part)
                case ast.keyword(arg="fails_run", value=ast.Constant(value=bool(said))):
                    self._arguments.note(draft.say_fails_run(said), keyword)
                case ast.keyword(arg="fails_run", value=part):
                    what = "fails_run says yes or no"
                    self._findings.refuse("JF113", what, "Write fails_run=True.", part)
                case _:
                    what = f"as_teardown() takes no {keyword.arg!r}"
                    hint = suggestion(keyword.arg or "", ("setups", "fails_run"), noun="argument")
                    if keyword.arg == "on_failure_fail_dagrun":
                        hint = "Here it is called fails_run."
                    self._findings.refuse("JF113", what, hint, keyword)

    def _setups(self, draft: Draft, part: ast.expr) -> None:
        """The set-ups of a teardown, which come before it: one task, or a list of tasks."""
        items = part.elts if isinstance(part, ast.List | ast.Tuple) else [part]
        for item in items:
            name = self._described(item)
            if name is not None:
                self._has_role(self._tasks[name], Role.SETUP, item)
                self._edges.connect([name], [draft.name], item)

    def _has_role(self, draft: Draft, role: Role, at: ast.expr) -> None:
        self._findings.mark(("role", draft.name), at)
        self._arguments.note(draft.say_role(role), at)

    def _options(self, draft: Draft, call: ast.Call) -> None:
        """``.options(retries=3, timeout="20m")``"""
        for argument in call.args:
            what, hint = "options are given by name", "For example: .options(retries=3)."
            self._findings.refuse("JF113", what, hint, argument)
        for name, given, keyword in self._arguments.named(call, ".options(…)"):
            if not is_known(given):
                continue
            if not isinstance(given, Constant):
                what = f"option {name!r} must be a constant"
                hint = "It is needed before the run begins, so it cannot be a value of a task."
                self._findings.refuse("JF121", what, hint, keyword.value)
            else:
                self._option(draft, name, given.value, keyword)

    def _option(self, draft: Draft, name: str, given: object, keyword: ast.keyword) -> None:
        value = read_option(name, given, TASK_OPTIONS)
        if isinstance(value, Problem):
            is_known_name = name in TASK_OPTIONS
            at = keyword.value if is_known_name else self._findings.page.where_name(keyword)
            self._findings.note(value, at)
        else:
            self._findings.mark(("option", draft.name, name), keyword)
            self._arguments.note(draft.say_option(name, value), keyword)

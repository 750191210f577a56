"""A task while it is being described, here a parameter and there an option.

Saying the same thing twice in the same way is fine; in different ways it is a problem. Shared by
the text and by the Python API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind, Role, Task
from jupyter_flow.core.options import TaskOptions

from .composing import UNKNOWN
from .kinds import expand_problem, missing_of, missing_problem
from .option_reading import contradictions
from .option_specs import TASK_OPTIONS
from .writing import written, written_constant


@dataclass(slots=True, kw_only=True)
class Draft:
    """What has been said of one task so far."""

    name: str
    kind: Kind = Kind.NOTEBOOK
    notebook: str | None = None
    parameters: dict[str, Expression] = field(default_factory=dict)
    expand: dict[str, Expression] = field(default_factory=dict)
    when: Expression | None = None
    options: dict[str, Any] = field(default_factory=dict)
    role: Role = Role.WORK
    fails_run: bool | None = None

    def say_parameter(self, name: str, value: Expression) -> Problem | None:
        """The task is given the parameter *name*."""
        if self.kind is not Kind.NOTEBOOK and name in self.expand and value == Constant({}):
            return None
        before = self.parameters.setdefault(name, value)
        if repr(before) != repr(value):
            return self._twice(f"parameter {name!r}", written(before), written(value))
        return self._clash(name)

    def say_expand(self, name: str, values: Expression) -> Problem | None:
        """The task is mapped over *values*, as its parameter *name*."""
        problem = expand_problem(self.kind, name) or _no_list(name, values)
        if problem is not None:
            return problem
        before = self.expand.setdefault(name, values)
        if repr(before) != repr(values):
            return self._twice(f"list for {name!r}", written(before), written(values))
        if self.kind is not Kind.NOTEBOOK and self.parameters.get(name) == Constant({}):
            # No argument was given, so none is lost.
            del self.parameters[name]
        return self._clash(name)

    def say_when(self, condition: Expression) -> Problem | None:
        """The task runs only if *condition* holds."""
        self.when = before = condition if self.when is None else self.when
        if repr(before) != repr(condition):
            return self._twice("condition", written(before), written(condition))
        return None

    def say_option(self, name: str, value: Any) -> Problem | None:
        """The task has the option *name*, its value read already."""
        before = self.options.setdefault(name, value)
        if before != value:
            write = TASK_OPTIONS[name].type.write
            shown = (written_constant(write(each)) for each in (before, value))
            return self._twice(f"option {name!r}", *shown)
        return None

    def say_role(self, role: Role) -> Problem | None:
        """The task is there for *role*."""
        before, self.role = self.role, role if self.role is Role.WORK else self.role
        if before in (Role.WORK, role):
            return None
        return Problem(
            code="JF140",
            what=f"task {self.name!r} is both a set-up and a teardown",
            hint="What a task sets up, another one takes away: make two tasks.",
        )

    def say_fails_run(self, fails_run: bool) -> Problem | None:
        """Whether the run is judged by this task, a teardown, too."""
        self.fails_run = before = fails_run if self.fails_run is None else self.fails_run
        if before is not fails_run:
            return self._twice("argument 'fails_run'", str(before), str(fails_run))
        return None

    def complete(self) -> Problem | None:
        """Whether all that its kind needs was said; what is missing becomes `UNKNOWN`."""
        missing = missing_of(self.kind, {**self.parameters, **self.expand})
        self.parameters |= dict.fromkeys(missing, UNKNOWN)
        return missing_problem(self.kind, missing) if missing else None

    def say_all_of(self, other: Draft) -> Iterator[Problem]:
        """Say everything that *other*, a draft of the same task, says; what clashes is given."""
        said = [self.say_parameter(name, value) for name, value in other.parameters.items()]
        said += [self.say_expand(name, value) for name, value in other.expand.items()]
        said += [self.say_option(name, value) for name, value in other.options.items()]
        said += [self.say_when(other.when)] if other.when is not None else []
        said += [self.say_role(other.role)] if other.role is not Role.WORK else []
        said += [self.say_fails_run(other.fails_run)] if other.fails_run is not None else []
        return (problem for problem in said if problem is not None)

    def contradictions(self) -> list[Problem]:
        """What its options cannot mean together."""
        return contradictions(self.options)

    def task(self) -> Task:
        """The task as it is described."""
        return Task(
            name=self.name,
            kind=self.kind,
            notebook=self.notebook,
            parameters=self.parameters,
            expand=self.expand,
            when=self.when,
            options=TaskOptions(**self.options),
            role=self.role,
            fails_run=bool(self.fails_run) and self.role is Role.TEARDOWN,
        )

    def _twice(self, what: str, before: str, after: str) -> Problem:
        return Problem(
            code="JF112",
            what=f"the {what} of task {self.name!r} is given twice: {before} and {after}",
            hint=f"Take one away, or make another task of it: other = {self.name}(…).",
        )

    def _clash(self, name: str) -> Problem | None:
        if name not in self.parameters or name not in self.expand:
            return None
        return Problem(
            code="JF116",
            what=f"task {self.name!r} is both given {name!r} and expanded over it",
            hint="Take one away.",
        )


def _no_list(name: str, values: Expression) -> Problem | None:
    if not isinstance(values, Constant) or isinstance(values.value, list):
        return None
    return Problem(
        code="JF116",
        what=f"{name} = {written(values)} is no list to expand over",
        hint=f"Write .expand({name}=[…]), or use a value of another task.",
    )


def merged(drafts: Iterable[Draft]) -> tuple[tuple[Task, ...], list[Problem]]:
    """The tasks of *drafts*: those of one name and one notebook are one. And what is wrong."""
    problems: list[Problem] = []
    whole: dict[str, Draft] = {}
    for draft in drafts:
        first = whole.get(draft.name)
        if first is None:
            whole[draft.name] = copy = Draft(name=draft.name, kind=draft.kind)
            copy.notebook = draft.notebook
            problems += copy.say_all_of(draft)
        elif draft.notebook is not None and first.notebook == draft.notebook:
            problems += first.say_all_of(draft)
        else:
            what = f"two tasks are called {draft.name!r}"
            problems.append(Problem(code="JF110", what=what, hint="Name one of them otherwise."))
    for draft in whole.values():
        missing = draft.complete()
        problems += [missing] if missing is not None else []
    return tuple(draft.task() for draft in whole.values()), problems

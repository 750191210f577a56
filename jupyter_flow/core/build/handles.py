"""A task of a flow that is made in Python, to be configured, chained and asked for its values.

What is said of it goes into a `Draft`, as when a text is read, so both refuse the same things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_flow.core.errors import DefinitionError, Problem, UsageError, raise_if_any
from jupyter_flow.core.expressions import Expression, ValueRef
from jupyter_flow.core.flow import Kind, Role
from jupyter_flow.core.language.drafts import Draft
from jupyter_flow.core.language.option_reading import read_task_options
from jupyter_flow.core.language.writing import is_bare
from jupyter_flow.core.task_names import wrong_with

from .chaining import Connect, End, ends
from .terms import Term, expression_of


class TaskHandle(End):
    """One task. ``train(seed=1).options(retries=2)`` configures it, ``train.auc`` is its value.

    Everything that is no method is a value; a value with a method's name is ``train["options"]``.
    """

    __slots__ = ("_draft", "_is_used")

    def __init__(self, draft: Draft, connect: Connect) -> None:
        super().__init__(connect)
        self._draft = draft
        self._is_used = False

    def __repr__(self) -> str:
        return f"<task {self._draft.name!r}>"

    def __call__(self, /, **parameters: Any) -> TaskHandle:
        """Give the notebook parameters. Raises DefinitionError for what cannot be passed."""
        if self._draft.kind is not Kind.NOTEBOOK:
            what = f"task {self._draft.name!r} is given its arguments where it is made"
            hint = f"Write them into {self._draft.kind}(…)."
            raise DefinitionError([Problem(code="JF113", what=what, hint=hint)])
        for name, value in named_expressions(parameters).items():
            _must(self._draft.say_parameter(name, value))
        return self

    def named(self, name: str) -> TaskHandle:
        """Call the task so; it must not have been chained, and none of its values used."""
        if self._is_used:
            what = f"task {self._draft.name!r} was used before it was named {name!r}"
            raise UsageError(what, hint="Name it where it is made: notebook(…).named(…).")
        wrong = wrong_with(name)
        if wrong is not None:
            what = f"{name!r} cannot be the name of a task: it {wrong}"
            _must(Problem(code="JF111", what=what, hint="Give it another name."))
        self._draft.name = name
        return self

    def expand(self, /, **lists: Any) -> TaskHandle:
        """Run one instance for each value; several names make the cross product."""
        if not lists:
            what = "expand() needs the name of a parameter and a list"
            hint = 'For example: .expand(model=["logit", "forest"]).'
            _must(Problem(code="JF116", what=what, hint=hint))
        for name, values in named_expressions(lists).items():
            _must(self._draft.say_expand(name, values))
        return self

    def when(self, condition: Any) -> TaskHandle:
        """Run only if *condition* holds, else be skipped."""
        _must(self._draft.say_when(expression_of(condition)))
        return self

    def as_setup(self) -> TaskHandle:
        """Other tasks need that this one succeeded, so it is done again with them."""
        _must(self._draft.say_role(Role.SETUP))
        return self

    def as_teardown(
        self,
        *,
        setups: TaskHandle | Sequence[TaskHandle] = (),
        fails_run: bool | None = None,
    ) -> TaskHandle:
        """Clean up after *setups*, whatever happens in between; that makes them set-ups.

        The run is judged by this task too if *fails_run*.
        """
        _must(self._draft.say_role(Role.TEARDOWN))
        if fails_run is not None:
            _must(self._draft.say_fails_run(fails_run))
        for setup in ends(setups):
            if not isinstance(setup, TaskHandle):
                hint = "Name the tasks in it that set up."
                _must(Problem(code="JF142", what=f"{setup!r} is no set-up", hint=hint))
            else:
                setup.as_setup().set_downstream(self)
        return self

    def options(self, /, **options: Any) -> TaskHandle:
        """Say how the task is run: ``retries=3, timeout="20m"``."""
        read, problems = read_task_options(options)
        raise_if_any(problems)
        for name, value in read.said().items():
            _must(self._draft.say_option(name, value))
        raise_if_any(self._draft.contradictions())
        return self

    def __getattr__(self, name: str) -> Term:
        # Libraries look for names such as _repr_html_ and __deepcopy__; those are no values.
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Term:
        if not name or not isinstance(name, str):
            raise TypeError("the name of a value must be a text")
        self._is_used = True
        return Term(ValueRef(self._draft.name, name))

    def _ends(self) -> str:
        return self._draft.name

    def _used(self) -> None:
        self._is_used = True


def named_expressions(given: Mapping[str, Any]) -> dict[str, Expression]:
    """The expressions of arguments. Raises DefinitionError for names that no argument can have."""
    for name in given:
        if not is_bare(name):
            hint = "Use letters, digits and underscores, not beginning with a digit."
            what = f"{name!r} cannot be the name of a parameter"
            raise DefinitionError([Problem(code="JF113", what=what, hint=hint)])
    return {name: expression_of(value) for name, value in given.items()}


def _must(problem: Problem | None) -> None:
    if problem is not None:
        raise DefinitionError([problem])

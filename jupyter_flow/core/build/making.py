"""A flow while it is being made in Python: its tasks, its edges, its parameters.

Mutable, and the only thing here that is: `Flow.build` gives the frozen definition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar, Token
from inspect import cleandoc
from types import TracebackType
from typing import Any

from jupyter_flow.core.errors import DefinitionError, Problem, UsageError, raise_if_any
from jupyter_flow.core.expressions import Constant, ParamRef
from jupyter_flow.core.flow import Flow as Definition
from jupyter_flow.core.flow import FlowParameter, Group, Kind, Role, Task
from jupyter_flow.core.grouping import Grouping
from jupyter_flow.core.inputs.templates import literal
from jupyter_flow.core.language.checks import check
from jupyter_flow.core.language.drafts import Draft, merged
from jupyter_flow.core.language.kind_checks import notebook_problem
from jupyter_flow.core.language.kinds import name_of, parameters_of
from jupyter_flow.core.language.line import is_flow_name
from jupyter_flow.core.language.option_reading import read_line_options, read_task_options
from jupyter_flow.core.task_names import wrong_with

from .chaining import End
from .functions import source_of
from .groups import GroupHandle
from .handles import TaskHandle, named_expressions
from .terms import Term, expression_of


class Flow:
    """A flow that is being made. `build` gives the definition that can be checked and run.

    Within ``with Flow(…)`` the functions of this module add to it; its methods of the same names
    do so anywhere. *options* are those of a magic line: options of the flow, and options of tasks
    as defaults for all of them.
    """

    def __init__(self, name: str, *, description: str = "", **options: Any) -> None:
        if not is_flow_name(name):
            what = f"{name!r} cannot be the name of a flow"
            hint = "Use letters, digits, underscores and hyphens."
            raise DefinitionError([Problem(code="JF119", what=what, hint=hint)])
        self.name = name
        self.description = cleandoc(description).strip()
        self._options, self._defaults, problems = read_line_options(options)
        raise_if_any(problems)
        self._params: dict[str, Any] = {}
        # By identity: a handle has no equality, comparing is for its values.
        self._drafts: dict[int, Draft] = {}
        self._handles: list[TaskHandle] = []
        self._edges: list[tuple[End, End]] = []
        self._groups: dict[str, GroupHandle] = {}
        # The group in which each task was made, by the identity of its handle.
        self._homes: dict[int, str | None] = {}
        self._open: list[str | None] = [None]
        self._tokens: list[Token[Flow | None]] = []

    def __repr__(self) -> str:
        return f"<flow {self.name!r}>"

    def __enter__(self) -> Flow:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _current.reset(self._tokens.pop())

    def build(self) -> Definition:
        """The flow as it is by now.

        Raises:
            DefinitionError: it has loops, tasks of one name, parameters that it does not declare.
        """
        named, problems = merged(self._drafts.values())
        tasks = {task.name: task for task in named}
        grouping, found = self._grouping(tasks)
        raise_if_any([*problems, *found])
        used = [(up, task.name) for task in named for up in task.uses()]
        said = {(up._ends(), down._ends()) for up, down in self._edges}  # noqa: SLF001
        apart = {edge for edge in said if not _is_within(grouping, *edge)}
        problems += [_within(*edge) for edge in sorted(said - apart)]
        edges = grouping.between_tasks(apart, used)
        order, groups = grouping.in_order(tasks)
        built = Definition(
            name=self.name,
            tasks=tuple(tasks[name] for name in order),
            edges=frozenset(pair for pairs in edges.values() for pair in pairs),
            groups=tuple(self._group(name, order, grouping) for name in groups),
            params=tuple(
                FlowParameter(name=name, default=self._params[name]) for name in self._params
            ),
            options=self._options,
            defaults=self._defaults,
            description=self.description,
        )
        raise_if_any([*problems, *check(built, {})])
        return built

    def group(self, name: str, /, **options: Any) -> GroupHandle:
        """``with churn.group("prepare", retries=2) as prepare:`` What is made in it is in it.

        *options* are defaults for its tasks. Raises DefinitionError for a name that is taken.
        """
        wrong = wrong_with(name)
        what = f"{name!r} cannot be the name of a group: it {wrong}" if wrong else ""
        what = f"there is a group {name!r} already" if name in self._groups else what
        if what:
            hint = "Give it another name."
            raise DefinitionError([Problem(code="JF142", what=what, hint=hint)])
        read, problems = read_task_options(options)
        raise_if_any(problems)
        made = GroupHandle(name, read, self._connected, enter=self._entered, leave=self._left)
        self._groups[name] = made
        return made

    def _entered(self, group: GroupHandle) -> None:
        self.__enter__()
        if group.name not in self._open:
            group.parent = self._open[-1]
        self._open.append(group.name)

    def _left(self) -> None:
        self._open.pop()
        self.__exit__(None, None, None)

    def _grouping(self, tasks: Mapping[str, Task]) -> tuple[Grouping, list[Problem]]:
        """Who is in which group, and what is wrong with that."""
        grouping = Grouping(
            parents={group.name: group.parent for group in self._groups.values()},
            setups={name for name in tasks if tasks[name].role is Role.SETUP},
            teardowns={name for name in tasks if tasks[name].is_teardown},
        )
        problems: list[Problem] = []
        for handle, draft in self._drafts.items():
            here = self._homes[handle]
            home = grouping.homes.setdefault(draft.name, here)
            if grouping.are_apart(home, here):
                what = f"{draft.name!r} is in the group {home!r} and in the group {here!r}"
                problems.append(Problem(code="JF143", what=what, hint="Make it in one of them."))
        for name in self._groups:
            if name in tasks:
                what, hint = f"{name!r} is a group and a task", "Give one another name."
                problems.append(Problem(code="JF142", what=what, hint=hint))
            if not grouping.tasks_in(name):
                what, hint = f"the group {name!r} has no tasks", "Make some in it: with ….group(…):"
                problems.append(Problem(code="JF142", what=what, hint=hint))
        return grouping, problems

    def _group(self, name: str, order: Sequence[str], grouping: Grouping) -> Group:
        members = tuple(task for task in order if grouping.homes.get(task) == name)
        group = self._groups[name]
        return Group(name=name, members=members, parent=group.parent, options=group.options)

    @property
    def params(self) -> Params:
        """``churn.params(n=10)`` declares parameters, ``churn.params.n`` is the value of one."""
        return Params(self)

    def notebook(self, notebook: str, /, **parameters: Any) -> TaskHandle:
        """A task that runs a notebook: the one tagged so, or the one at that path."""
        problem = notebook_problem(Constant(notebook))
        if problem is not None:
            raise DefinitionError([problem])
        draft = Draft(name=name_of(Kind.NOTEBOOK, notebook) or notebook, notebook=notebook)
        return self._added(draft)(**parameters)

    def python(self, function: str | Callable[..., Any], /, **arguments: Any) -> TaskHandle:
        """A task that calls ``package.module:function``, or a function whose source travels."""
        if isinstance(function, str):
            return self._made(Kind.PYTHON, [function], arguments)
        found = source_of(function, arguments)
        source = Constant(literal(found.source))
        return self._made(Kind.PYTHON, [found.function], arguments, source=source)

    def sql(self, query: str, /, **arguments: Any) -> TaskHandle:
        """A task that runs a query: *connection*, *bind* (its values), *preview*, *save*."""
        return self._made(Kind.SQL, [query], arguments)

    def http(self, method: str, url: str, /, **arguments: Any) -> TaskHandle:
        """A task that makes a request.

        *headers*, *query*, *json* or *body*, *timeout*, *tries*, *retry_status*, *expect_status*,
        *expect_json*, *save*, *preview*.
        """
        return self._made(Kind.HTTP, [method, url], arguments)

    def shell(self, command: str, /, **arguments: Any) -> TaskHandle:
        """A task that runs a command; ``output="json"`` reads its last line as JSON."""
        return self._made(Kind.SHELL, [command], arguments)

    def wait_for(self, **arguments: Any) -> TaskHandle:
        """A task that waits: for a *file*, *sql*, *http* or *flow*; *timeout*, *poke_interval*."""
        return self._made(Kind.WAIT_FOR, [], arguments)

    def expect(self, condition: Any, message: str = "") -> TaskHandle:
        """A task that fails, saying *message*, unless *condition* holds."""
        return self._made(Kind.EXPECT, [condition, message] if message else [condition], {})

    def approve(self, question: str, **arguments: Any) -> TaskHandle:
        """A task that asks a person *question*, and goes on when the answer is yes."""
        return self._made(Kind.APPROVE, [question], arguments)

    def flow(self, name: str, /, **params: Any) -> TaskHandle:
        """A task that runs another flow with these parameters."""
        return self._made(Kind.FLOW, [name], params)

    def _made(
        self, kind: Kind, positional: Sequence[Any], keywords: dict[str, Any], **own: Constant
    ) -> TaskHandle:
        parameters, problems = parameters_of(
            kind, [expression_of(value) for value in positional], named_expressions(keywords)
        )
        raise_if_any(problem for _, problem in problems)
        first = positional[0] if positional and isinstance(positional[0], str) else None
        taken = {draft.name for draft in self._drafts.values()}
        numbers = (f"{kind}_{number}" for number in range(1, len(taken) + 2))
        name = name_of(kind, first) or next(each for each in numbers if each not in taken)
        return self._added(Draft(name=name, kind=kind, parameters=parameters | own))

    def _added(self, draft: Draft) -> TaskHandle:
        handle = TaskHandle(draft, self._connected)
        self._handles.append(handle)
        self._drafts[id(handle)] = draft
        self._homes[id(handle)] = self._open[-1]
        return handle

    def _connected(self, up: End, down: End) -> None:
        for handle in (up, down):
            if id(handle) not in self._drafts and handle not in self._groups.values():
                what = f"{handle!r} is of another flow than {self.name!r}"
                hint = "Tasks of different flows cannot be chained; make it in this one."
                raise DefinitionError([Problem(code="JF102", what=what, hint=hint)])
        self._edges.append((up, down))

    def _declared(self, defaults: dict[str, Any]) -> None:
        for name, value in named_expressions(defaults).items():
            if not isinstance(value, Constant) or name in self._params:
                is_known = name in self._params
                what = f"the parameter {name!r} is declared twice" if is_known else ""
                what = what or f"the default of parameter {name!r} must be a constant"
                hint = "Take one away." if is_known else f"For example: params({name}=10)."
                raise DefinitionError([Problem(code="JF117", what=what, hint=hint)])
            self._params[name] = value.value


def _is_within(grouping: Grouping, one: str, other: str) -> bool:
    return one in grouping.of(other) or other in grouping.of(one)


def _within(up: str, down: str) -> Problem:
    what = f"of {up!r} and {down!r}, one is in the other: neither can wait for the other"
    return Problem(code="JF106", what=what, hint="Chain the tasks that wait.")


class Params:
    """``params(n=10)`` declares parameters of the flow that is being made, ``params.n`` is one.

    The default gives the type.
    """

    __slots__ = ("_flow",)

    def __init__(self, flow: Flow | None = None) -> None:
        self._flow = flow

    def __call__(self, /, **defaults: Any) -> Params:
        flow = self._flow or here()
        flow._declared(defaults)  # noqa: SLF001  one thing in two classes
        return self

    def __getattr__(self, name: str) -> Term:
        if name.startswith("_"):
            raise AttributeError(name)
        return Term(ParamRef(name))

    def __getitem__(self, name: str) -> Term:
        return Term(ParamRef(name))


#: The flow of the innermost ``with``, of each thread and each asyncio task its own.
_current: ContextVar[Flow | None] = ContextVar("jupyter_flow_current", default=None)


def is_being_made() -> bool:
    """Whether a flow is being made here: within its ``with``."""
    return _current.get() is not None


def here() -> Flow:
    """The flow of the innermost ``with``. Raises UsageError outside of all."""
    flow = _current.get()
    if flow is None:
        hint = 'Write it within `with Flow("name"):`, or call the method of a flow.'
        raise UsageError("no flow is being made here", hint=hint)
    return flow

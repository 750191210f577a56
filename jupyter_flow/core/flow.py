"""A flow: the frozen definition of tasks, their order, their parameters and their policies.

A flow is a value. It knows no file contents, no state and no time. It comes from the text of a
``%%flow`` cell (`jupyter_flow.core.language`) or from the Python API (`jupyter_flow.core.build`),
which make the same objects. Resolving its names to notebooks gives each task its `Target`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .expressions import Expression, values_used
from .options import ANEW, FlowOptions, Policy, TaskOptions, TriggerRule

if TYPE_CHECKING:
    from .graph import Graph
    from .scopes import Scopes


class Kind(StrEnum):
    """What sort of thing a task runs. Each but `NOTEBOOK` ships its own notebook, or runs none."""

    NOTEBOOK = "notebook"
    PYTHON = "python"
    SQL = "sql"
    HTTP = "http"
    SHELL = "shell"
    WAIT_FOR = "wait_for"
    EXPECT = "expect"
    APPROVE = "approve"
    FLOW = "flow"


class Role(StrEnum):
    """What a task is for. The meanings are Airflow's."""

    #: What the flow is about.
    WORK = "work"
    #: Provides what other tasks need.
    SETUP = "setup"
    #: Takes that away again, whatever happened in between.
    TEARDOWN = "teardown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One node of a flow: what to run, with which parameters, by which rules.

    ``notebook`` is the task name of a tagged notebook, or a path when it ends in a notebook's
    suffix; it is set for `Kind.NOTEBOOK` only. ``parameters`` are passed as they are (strings
    rendered as templates); ``expand`` maps the task over lists; ``when`` is its condition.
    ``fails_run`` says of a teardown that the run is judged by it too.
    """

    name: str
    kind: Kind = Kind.NOTEBOOK
    notebook: str | None = None
    parameters: Mapping[str, Expression] = field(default_factory=dict)
    expand: Mapping[str, Expression] = field(default_factory=dict)
    when: Expression | None = None
    options: TaskOptions = TaskOptions()
    role: Role = Role.WORK
    fails_run: bool = False

    @property
    def is_teardown(self) -> bool:
        return self.role is Role.TEARDOWN

    @property
    def is_mapped(self) -> bool:
        return bool(self.expand)

    def uses(self) -> frozenset[str]:
        """The tasks whose values this one uses; each of them is upstream of it."""
        expressions = [*self.parameters.values(), *self.expand.values()]
        expressions += [self.when] if self.when is not None else []
        return frozenset(ref.task for expr in expressions for ref in values_used(expr))


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowParameter:
    """A parameter of a flow, as ``params(n=10)`` declares it: its default gives its type."""

    name: str
    default: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tasks that belong together, for those who look; how a flow runs does not depend on it.

    ``members`` are the tasks that are right in it, ``parent`` is the group that it is right in.
    ``options`` are defaults for all the tasks in it, those of inner groups included.
    """

    name: str
    members: tuple[str, ...] = ()
    parent: str | None = None
    options: TaskOptions = TaskOptions()


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A named, immutable, acyclic set of tasks.

    ``tasks`` keep the order in which they were first named, those of a group side by side.
    ``edges`` are the explicit ones, as (upstream, downstream); those that follow from values are
    added by `graph`. ``defaults`` are the task options given on the flow's own line. ``groups``
    come in the order of their first tasks, outer ones before inner ones.
    """

    name: str
    tasks: tuple[Task, ...] = ()
    edges: frozenset[tuple[str, str]] = frozenset()
    params: tuple[FlowParameter, ...] = ()
    options: FlowOptions = FlowOptions()
    defaults: TaskOptions = TaskOptions()
    description: str = ""
    groups: tuple[Group, ...] = ()

    def __getitem__(self, name: str) -> Task:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> Mapping[str, Task]:
        return {task.name: task for task in self.tasks}

    @cached_property
    def graph(self) -> Graph:
        """The order of the tasks. Raises ValueError when they wait for each other."""
        from .graph import Graph

        used = ((up, task.name) for task in self.tasks for up in task.uses())
        return Graph.of((task.name for task in self.tasks), {*self.edges, *used})

    @cached_property
    def scopes(self) -> Scopes:
        """What its set-ups and teardowns mean for its tasks."""
        from .scopes import Scopes

        setups = {task.name for task in self.tasks if task.role is Role.SETUP}
        teardowns = {task.name for task in self.tasks if task.is_teardown}
        return Scopes.of(self.graph, setups, teardowns)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The tasks by which a run is judged.

        As in Airflow, a teardown is left out, unless it says otherwise or there is nothing else.
        """
        aside = {task.name for task in self.tasks if task.is_teardown and not task.fails_run}
        downstream = self.graph.downstream
        counted = [name for name in self.graph.order if name not in aside]
        return tuple(name for name in counted if aside.issuperset(downstream[name])) or (
            self.graph.leaves
        )

    def policy(self, task: Task, tag: TaskOptions = TaskOptions()) -> Policy:
        """How *task* is run, *tag* being the options of its notebook: every layer merged."""
        policy = Policy.of(task.options, tag, *self._options_around(task.name), self.defaults)
        if task.is_teardown:
            return replace(
                policy, trigger=TriggerRule.ALL_DONE_SETUP_SUCCESS, depends_on_past=False
            )
        return policy

    def groups_of(self, task: str) -> Iterator[Group]:
        """The groups that *task* is in, the innermost first."""
        name = self._homes.get(task)
        while name is not None:
            group = self._groups[name]
            yield group
            name = group.parent

    def tasks_in(self, group: str) -> tuple[str, ...]:
        """All tasks in *group*, those of inner groups included; none if there is no such group."""
        if group not in self._groups:
            return ()
        inside = (
            task.name
            for task in self.tasks
            if any(each.name == group for each in self.groups_of(task.name))
        )
        return tuple(inside)

    def _options_around(self, task: str) -> Iterator[TaskOptions]:
        return (group.options for group in self.groups_of(task))

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {group.name: group for group in self.groups}

    @cached_property
    def _homes(self) -> Mapping[str, str]:
        return {name: group.name for group in self.groups for name in group.members}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a task runs, once its name is resolved: a notebook as it was at that moment.

    ``path`` is the source (shown to people, opened in the lab); ``digest`` names the snapshot that
    is executed; ``folder`` is where its kernel runs. ``kernel`` is None when the notebook
    names none. ``policy`` has every layer merged. ``types`` are what its parameters accept, by
    name, in the words of their annotations (`core.notebooks.parameter_types` reads them).

    A task that only waits, expects, or runs another flow has no notebook: the target's path and
    digest are empty. Its folder too, unless something is looked for from there.
    """

    path: str
    digest: str
    folder: str
    kernel: str | None = None
    policy: Policy = Policy()
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_notebook(self) -> bool:
        return bool(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A flow whose names are resolved: what a run is made from. ``targets`` go by task name.

    ``children`` has the plan of the other flow for each task that runs one, by the task's name.
    """

    flow: Flow
    targets: Mapping[str, Target]
    origin: str = ""
    children: Mapping[str, Plan] = field(default_factory=dict)

    def policy(self, task: str) -> Policy:
        return self.targets[task].policy

    @property
    def is_cached(self) -> bool:
        """Whether a result of one of its tasks may be restored."""
        return any(each.policy.is_cached for each in self.targets.values())

    def anew(self) -> Plan:
        """The same plan, with nothing restored; what comes out is kept for later runs."""
        targets = {
            name: replace(each, policy=replace(each.policy, cache=ANEW))
            if each.policy.is_cached
            else each
            for name, each in self.targets.items()
        }
        children = {name: each.anew() for name, each in self.children.items()}
        return replace(self, targets=targets, children=children)

    def with_all_children(self) -> Iterator[Plan]:
        """This plan, and all those within it."""
        yield self
        for each in self.children.values():
            yield from each.with_all_children()

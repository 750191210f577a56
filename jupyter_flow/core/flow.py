"""A flow: the frozen definition of tasks, their order, their parameters and their policies.

A flow is a value. It knows no file contents, no state and no time. It comes from the text of a
``%%flow`` cell (`jupyter_flow.core.language`) or from the Python API (`jupyter_flow.core.build`),
which make the same objects. Resolving its names to notebooks gives each task its `Target`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .expressions import Expression, values_used
from .options import FlowOptions, Policy, TaskOptions

if TYPE_CHECKING:
    from .graph import Graph


class Kind(StrEnum):
    """What sort of thing a task runs. Each but `NOTEBOOK` ships its own notebook, or runs none."""

    NOTEBOOK = "notebook"
    PYTHON = "python"
    SQL = "sql"
    HTTP = "http"
    SHELL = "shell"
    WAIT_FOR = "wait_for"
    EXPECT = "expect"
    FLOW = "flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One node of a flow: what to run, with which parameters, by which rules.

    ``notebook`` is the task name of a tagged notebook, or a path when it ends in a notebook's
    suffix; it is set for `Kind.NOTEBOOK` only. ``parameters`` are passed as they are (strings
    rendered as templates); ``expand`` maps the task over lists; ``when`` is its condition.
    """

    name: str
    kind: Kind = Kind.NOTEBOOK
    notebook: str | None = None
    parameters: Mapping[str, Expression] = field(default_factory=dict)
    expand: Mapping[str, Expression] = field(default_factory=dict)
    when: Expression | None = None
    options: TaskOptions = TaskOptions()

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


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A named, immutable, acyclic set of tasks.

    ``tasks`` keep the order in which they were first named. ``edges`` are the explicit ones, as
    (upstream, downstream); those that follow from values are added by `graph`.
    ``defaults`` are the task options given on the flow's own line.
    """

    name: str
    tasks: tuple[Task, ...] = ()
    edges: frozenset[tuple[str, str]] = frozenset()
    params: tuple[FlowParameter, ...] = ()
    options: FlowOptions = FlowOptions()
    defaults: TaskOptions = TaskOptions()
    description: str = ""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a task runs, once its name is resolved: a notebook as it was at that moment.

    ``path`` is the source (shown to people, opened in the lab); ``digest`` names the snapshot that
    is executed; ``folder`` is where its kernel runs. ``kernel`` is None when the notebook
    names none. ``policy`` has every layer merged. ``types`` are what its parameters accept, by
    name, in the words of their annotations (`core.notebooks.parameter_types` reads them).

    A task that only waits, or expects, has no notebook: the target's path, digest and folder are
    empty.
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
    """A flow whose names are resolved: what a run is made from. ``targets`` go by task name."""

    flow: Flow
    targets: Mapping[str, Target]
    origin: str = ""

    def policy(self, task: str) -> Policy:
        return self.targets[task].policy

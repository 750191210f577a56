"""What resolving looks things up in: the flow, the shelf, and the places in its text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from jupyter_flow.core.errors import Where
from jupyter_flow.core.flow import Flow, Task
from jupyter_flow.core.notebooks.notebook import Notebook, Shelf
from jupyter_flow.core.options import TaskOptions

#: Where in the flow's text something stands: ("task", name), ("parameter", task, name),
#: ("expand", task, name), ("option", task, option), ("value", task, value).
Spans = Mapping[tuple[str, ...], Where]

Layer = Literal["task", "tag", "group", "flow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Everything that a flow is held against.

    ``flows`` are the names of all, ``connections`` and ``secrets`` those that are there of the ones
    that the flow names; None where that is not known.
    """

    flow: Flow
    shelf: Shelf
    spans: Spans
    kernels: Collection[str]
    pools: Mapping[str, int]
    flows: Collection[str] | None = None
    connections: Collection[str] | None = None
    secrets: Collection[str] | None = None

    def place(self, task: str, *finer: str) -> Where | None:
        """Where in the flow *finer* stands, else where the task does, if that is known."""
        kind, *rest = finer or ("task",)
        return self.spans.get((kind, task, *rest)) or self.spans.get(("task", task))

    def place_of(self, task: Task, parameter: str) -> Where | None:
        """Where the flow gives *parameter* to the task."""
        kind = "expand" if parameter in task.expand else "parameter"
        return self.place(task.name, kind, parameter)

    def place_of_option(self, task: Task, notebook: Notebook, option: str) -> Where | None:
        """Where the layer that decides *option* says so."""
        match self.layer(task, notebook, option):
            case "tag":
                return Where(path=self.shelf.shown(notebook.path))
            case "group":
                groups = (group.name for group in self.flow.groups_of(task.name))
                places = (self.spans.get(("group_option", group, option)) for group in groups)
                return next(filter(None, places), None)
            case "flow":
                return self.spans.get(("option", "", option)) or self.spans.get(("flow",))
            case _:
                return self.place(task.name, "option", option)

    def layer(self, task: Task, notebook: Notebook, option: str) -> Layer | None:
        """The most specific layer that says anything about *option*."""
        layers: tuple[tuple[Layer, TaskOptions], ...] = (
            ("task", task.options),
            ("tag", notebook.options),
            *(("group", group.options) for group in self.flow.groups_of(task.name)),
            ("flow", self.flow.defaults),
        )
        for layer, options in layers:
            if getattr(options, option) is not None:
                return layer
        return None

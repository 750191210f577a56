"""Are there the flows that a flow waits for. They may be another project's, so it is a warning."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.errors import Problem, Severity, suggestion
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Task

from .lookup import Lookup
from .notebooks import waits_for_flow


def check_awaited(task: Task, lookup: Lookup) -> Iterator[Problem]:
    """The flow that *task* waits for, if nobody knows it and that can be told before the run."""
    named = task.parameters.get("flow")
    if lookup.flows is None or not waits_for_flow(task) or not isinstance(named, Constant):
        return
    name = named.value
    if not isinstance(name, str) or "{" in name or name in {*lookup.flows, lookup.flow.name}:
        return
    yield Problem(
        code="JF218",
        what=f"task {task.name!r} waits for the flow {name!r}, which is not in this project",
        hint=suggestion(name, sorted(lookup.flows), noun="flow"),
        where=lookup.place_of(task, "flow"),
        severity=Severity.WARNING,
    )

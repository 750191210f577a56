"""Are there the connections that a flow names. A service elsewhere may know them: a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_flow.core.errors import Problem, Severity
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.inputs.templates import is_template

from .lookup import Lookup

_WITH = (Kind.SQL, Kind.HTTP, Kind.WAIT_FOR)


def connections_named(flow: Flow) -> frozenset[str]:
    """The connections that *flow* names, as far as that is known before a run."""
    return frozenset(name for task in flow.tasks if (name := _named(task)) is not None)


def check_connections(task: Task, lookup: Lookup) -> Iterator[Problem]:
    """The connection that *task* names, if nobody here knows it."""
    name = _named(task)
    if name is None or lookup.connections is None or name in lookup.connections:
        return
    if _variable_of(name) in lookup.flow.policy(task).env:
        return  # the flow says it itself
    yield Problem(
        code="JF228",
        what=f"task {task.name!r} needs the connection {name!r}, which is not known here",
        hint="See where connections are looked for: jupyter flow connections",
        where=lookup.place_of(task, "connection"),
        severity=Severity.WARNING,
    )


def _variable_of(name: str) -> str:
    """As `jupyter_flow.connections.variable_of`, which knows more than the core may."""
    return "JUPYTER_FLOW_CONN_" + re.sub(r"\W", "_", name).upper()


def _named(task: Task) -> str | None:
    given = task.parameters.get("connection") if task.kind in _WITH else None
    name = given.value if isinstance(given, Constant) else None
    return name if isinstance(name, str) and not is_template(name) else None

"""Do the notebooks hand on the values that are used of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_flow.core.errors import Problem, Severity, suggestion
from jupyter_flow.core.expressions import values_used
from jupyter_flow.core.flow import Task
from jupyter_flow.core.notebooks.notebook import Notebook

from .lookup import Lookup


def check_values(
    task: Task, notebooks: Mapping[str, Notebook], lookup: Lookup
) -> Iterator[Problem]:
    """The values that *task* uses and that their notebooks, as far as reading tells, lack."""
    expressions = [*task.parameters.values(), *task.expand.values()]
    expressions += [task.when] if task.when is not None else []
    seen = set()
    for ref in (ref for expression in expressions for ref in values_used(expression)):
        notebook = notebooks.get(ref.task)
        known = notebook.values if notebook is not None else None
        if notebook is None or known is None or ref.name in known or ref in seen:
            continue
        seen.add(ref)
        path = lookup.shelf.shown(notebook.path)
        add = f"In {path}: jupyter_flow.output({ref.name}=…)"
        yield Problem(
            code="JF214",
            what=f"task {ref.task!r} hands on no value {ref.name!r}",
            hint=suggestion(ref.name, sorted(known), noun="value") if known else f"{add}.",
            where=lookup.spans.get(("value", ref.task, ref.name)) or lookup.place(task.name),
            severity=Severity.WARNING,
        )

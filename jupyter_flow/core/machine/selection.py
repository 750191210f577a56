"""Which task runs a person means: one instance, a mapped task as a whole, a plain task."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_flow.core.errors import ConflictError, suggestion
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run, TaskRun


def runs_named(run: Run, keys: Iterable[TaskKey]) -> list[TaskRun]:
    """The task runs that *keys* name, each once. A mapped task without index means all of it.

    Raises ConflictError when the run has no such task or no such instance.
    """
    found: dict[TaskKey, TaskRun] = {}
    for key in keys:
        _check(run, key)
        whole = run.runs_of(key.task) if key.index is None else [run.task_runs[key]]
        found |= {each.key: each for each in whole}
    return list(found.values())


def run_named(run: Run, key: TaskKey) -> TaskRun:
    """The one task run with exactly that key. Raises ConflictError when there is none."""
    _check(run, key)
    if key not in run.task_runs:
        raise ConflictError(f"task {key.task!r} is mapped: say which instance", code="JF312")
    return run.task_runs[key]


def _check(run: Run, key: TaskKey) -> None:
    if key.task not in run.plan.flow:
        hint = suggestion(key.task, list(run.plan.flow.graph.order), noun="task")
        raise ConflictError(f"run {run.id} has no task {key.task!r}", hint=hint, code="JF312")
    if key.index is not None and key not in run.task_runs:
        width = run.widths.get(key.task)
        known = f"It has 0 to {width - 1}." if width else "It is not mapped, or not yet."
        raise ConflictError(
            f"task {key.task!r} has no instance {key.index}", hint=known, code="JF312"
        )

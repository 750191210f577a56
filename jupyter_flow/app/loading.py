"""`load`: what a task was given and what it made, for a person with an open notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import NotFoundError, UsageError
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.ports.artifacts import ArtifactStore

from .flows import Flows
from .naming import unknown_task
from .objects import loaded
from .wiring import open_flows

#: How many runs back a task is looked for when none is named.
_RECENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One task of one run: its inputs, its values and its files.

    ``loaded["auc"]`` is a value that it handed on; a frame or a model is loaded then.
    ``globals().update(loaded.parameters)`` gives an open notebook the inputs that the task had.
    In ``values`` a file is told by its reference.
    """

    task: str
    run: str
    attempt: int
    inputs: Mapping[str, Any]
    values: Mapping[str, Any]
    notebook: Path
    artifacts: Path
    _store: ArtifactStore = field(repr=False)
    _load_limit: int = field(repr=False)

    @property
    def parameters(self) -> dict[str, Any]:
        """The inputs as the notebook had them: loaded, unless they are large."""
        return {name: self._loaded(value) for name, value in self.inputs.items()}

    def __getitem__(self, name: str) -> Any:
        return self._loaded(self.values[name])

    def _loaded(self, value: Any) -> Any:
        return loaded(value, self._store, limit=self._load_limit)


def load(task: str, run: str = "latest", *, flow: str | None = None) -> Loaded:
    """What *task* (``train``, or ``train[2]`` of a mapped one) was given and handed on.

    *run* is an id, a unique part of one, or "latest": the newest run (of *flow*, if named) in which
    the task was tried. Raises NotFoundError when there is no such attempt.
    """
    try:
        key = TaskKey.parse(task)
    except ValueError as error:
        raise UsageError(str(error), code="JF405") from error
    with open_flows() as flows:
        found = _latest(flows, key, flow) if run == "latest" else flows.run(run)
        if key.task not in found.plan.flow:
            raise unknown_task(key.task, found)
        notebook = flows.files.path_of(found, key)
        task_run = found.task_runs[key]
        attempt = task_run.attempts[-1]
        return Loaded(
            task=str(key),
            run=found.id,
            attempt=attempt.number,
            inputs=attempt.parameters,
            values=task_run.values,
            notebook=notebook,
            artifacts=flows.files.path_of(found, key, what="artifacts"),
            _store=flows.artifacts,
            _load_limit=flows.settings.load_limit,
        )


def _latest(flows: Flows, key: TaskKey, flow: str | None) -> Run:
    for summary in flows.runs(flow=flow, limit=_RECENT):
        run = flows.run(summary.id)
        task_run = run.task_runs.get(key)
        if task_run is not None and task_run.attempts:
            return run
    raise NotFoundError(
        f"task '{key}' has not run yet",
        hint=f"Looked at the last {_RECENT} runs of {flows.settings.home}.",
        code="JF404",
    )

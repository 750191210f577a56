"""What came of a flow in run after run, as a browser is told: shapes beside those of `api`."""

from __future__ import annotations

from dataclasses import dataclass, field

from .api import RunView, TaskRunView


@dataclass(frozen=True, slots=True, kw_only=True)
class PastView:
    """A task in one of its flow's runs. No ``task_runs``: the run does not have the task."""

    run: RunView
    task_runs: list[TaskRunView]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridField:
    """A task in one run: one state for all ``instances`` (null: it is not mapped)."""

    task: str
    state: str
    instances: int | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """A run with the states of all its tasks, by their names."""

    run: RunView
    tasks: list[GridField]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRunsRequest:
    """The newest runs of a flow; of one task in them, if it is named."""

    flow: str
    task: str = ""
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesRequest:
    """The pages of these runs."""

    runs: list[str] = field(default_factory=list)

"""Datasets on the wire: when they were updated, and what that was made from. Shapes only."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateView:
    """An update of a dataset. Without a ``run`` somebody said so by hand, in the words ``note``."""

    dataset: str
    at: str
    run: str | None
    task: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetView:
    """A dataset, its last update, and the schedules that wait for it."""

    name: str
    last: UpdateView | None
    consumers: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeView:
    """A task run that something was made by, or from: its notebook, and which version of it."""

    task: str
    source: str
    digest: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageView:
    """What led to an update: the task that made it, the tasks before that, and the updates that its
    run was made for."""

    update: UpdateView
    flow: str
    made: MadeView | None
    sources: list[MadeView] = field(default_factory=list)
    causes: list[LineageView] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRequest:
    """Say that a dataset was updated, by something that is no task."""

    dataset: str
    note: str = ""

"""Schedules: flows that are run by themselves. Values only.

When a schedule is due is computed in `jupyter_flow.core.timetable`, and kept in a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .flow import Plan
from .options import Catchup, OnUpdate, Overlap
from .timetable import Missed, Timetable

__all__ = ["Missed", "Schedule", "Snapshot", "Timetable"]


class Snapshot(StrEnum):
    """Which flow a schedule runs."""

    #: The flow and its notebooks as they are when it fires.
    FOLLOW = "follow"
    #: The flow and its notebooks as they were when it was scheduled.
    PINNED = "pinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A flow that is run by itself: what, when, with which parameters.

    ``name`` is unique in a store (the flow's name, unless another was given). ``origin`` is where
    the flow is written (``/path.ipynb::NAME``; empty for one made in Python). ``is_own`` says that
    the timetable was given to the schedule itself and not on the flow's line, so an edit of that
    line does not change it. ``plan`` is there when the schedule is pinned. ``notify`` and ``on``
    are those of the flow as it was last read, for when it cannot be read any more. ``next_fire`` is
    the fire time that it waits for: None when it is over.

    ``on_update`` says which updates it waits for besides; ``seen`` is the last update that it had
    its run for. ``updated_at`` is the moment since which it has what it waits for, up to the update
    ``updated_to``; None while it waits.
    """

    name: str
    flow: str
    origin: str
    timetable: Timetable
    is_own: bool = False
    catchup: Catchup = Catchup.NONE
    overlap: Overlap = Overlap.QUEUE
    params: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan | None = None
    notify: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    is_paused: bool = False
    next_fire: datetime | None = None
    on_update: OnUpdate | None = None
    seen: int = 0
    updated_at: datetime | None = None
    updated_to: int = 0
    created_at: datetime

    @property
    def when(self) -> str:
        """When it fires, in words: ``0 6 * * 1-5 UTC, and when sales & prices were updated``."""
        times = f"{self.timetable.cron} {self.timetable.tz}" if self.timetable.cron else ""
        updates = ""
        if self.on_update is not None:
            are_many = len(self.on_update.names) > 1 and self.on_update.of == "all"
            updates = f"when {self.on_update} {'were' if are_many else 'was'} updated"
        return ", and ".join(filter(None, (times, updates)))

    @property
    def is_over(self) -> bool:
        """Whether it will not fire any more."""
        return self.next_fire is None and self.on_update is None

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot.FOLLOW if self.plan is None else Snapshot.PINNED

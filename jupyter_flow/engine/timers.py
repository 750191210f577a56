"""The moments that a run waits for, soonest first."""

from __future__ import annotations

import heapq
from datetime import datetime
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class Timers(Generic[T]):
    """A heap of things to do later. Does not wait itself: ask for `soonest` and wait elsewhere."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, T]] = []
        self._order = count()

    def add(self, at: datetime, what: T) -> None:
        heapq.heappush(self._heap, (at, next(self._order), what))

    @property
    def soonest(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None

    def due(self, now: datetime) -> list[T]:
        """Take out all whose moment has come, in their order."""
        ready = []
        while self._heap and self._heap[0][0] <= now:
            ready.append(heapq.heappop(self._heap)[2])
        return ready

"""The system's clock: the only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class SystemClock:
    """`jupyter_flow.ports.clock.Clock` over the machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, inbox: SimpleQueue[T], until: datetime | None) -> T | None:
        if until is None:
            return inbox.get()
        seconds = (until - self.now()).total_seconds()
        try:
            return inbox.get(timeout=seconds) if seconds > 0 else inbox.get_nowait()
        except Empty:
            return None

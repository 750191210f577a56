"""Time, as an argument."""

from __future__ import annotations

from datetime import datetime
from queue import SimpleQueue
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time and waits for it.

    ``jupyter_flow.app.clock.SystemClock`` is the real one, ``testing.clocks.FakeClock`` the tests'.
    """

    def now(self) -> datetime:
        """The moment, aware, in UTC."""

    def wait(self, inbox: SimpleQueue[T], until: datetime | None) -> T | None:
        """The next item of *inbox*, or None when *until* came first. Never polls."""

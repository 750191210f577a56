"""A clock whose time is the test's: an hour's delay takes a millisecond.

It starts no thread and never polls. `FakeClock` is `jupyter_flow.ports.clock.Clock`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

T = TypeVar("T")

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WAKE = object()


@dataclass(eq=False, slots=True)
class _Sleeper:
    """Somebody who waits, really, until something is put into *inbox*."""

    inbox: SimpleQueue[Any]
    until: datetime | None


class FakeClock:
    """Virtual time. Whoever waits while nothing is under way finds that the time has come.

    With *autojump*, `wait` moves the time to the earliest moment that anybody waits for, as
    soon as its inbox is empty and nobody holds the clock. Work that other threads have yet to
    report must therefore hold it, from before the wait until after its last report::

        hold = clock.hold()                     # the attempt begins
        ...
        report(AttemptEnded(...)); hold.release()

    or, for work that begins and ends in one thread, ``with clock.held(): ...``. While it is held,
    `wait` waits for real. Without *autojump* only `advance` moves the time.

    To wake a sleeper, the clock puts a token of its own into the inbox; `wait` takes it out
    again, so nothing but `wait` should read an inbox that is waited on.
    """

    def __init__(self, now: datetime = _START, *, autojump: bool = True) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._autojump = autojump
        self._holds = 0
        self._sleepers: list[_Sleeper] = []

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._now

    def wait(self, inbox: SimpleQueue[T], until: datetime | None) -> T | None:
        """The next item of *inbox*, or None when the virtual time *until* came first."""
        while True:
            with self._lock:
                found, item = _next(inbox)
                if found:
                    return cast("T", item)
                if until is not None and self._comes(until):
                    return None
                sleeper = _Sleeper(inbox, until)
                self._sleepers.append(sleeper)
            try:
                taken = inbox.get()
            finally:
                with self._lock:
                    if sleeper in self._sleepers:
                        self._sleepers.remove(sleeper)
            if taken is not _WAKE:
                return taken

    def advance(self, by: timedelta) -> datetime:
        """Let *by* pass; whoever waited for less returns. The new moment."""
        with self._lock:
            self._now += by
            self._wake(due_only=True)
            return self._now

    def hold(self) -> Hold:
        """Keep the time from jumping until the hold is released."""
        with self._lock:
            self._holds += 1
        return Hold(self)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the time from jumping within the block."""
        hold = self.hold()
        try:
            yield
        finally:
            hold.release()

    @property
    def sleepers(self) -> int:
        """How many wait just now, for real."""
        with self._lock:
            return len(self._sleepers)

    def _comes(self, until: datetime) -> bool:
        """Whether *until* has come, after a jump if one may be made."""
        if until > self._now and self._autojump and not self._holds:
            moments = [each.until for each in self._sleepers if each.until is not None]
            self._now = max(self._now, min([until, *moments]))
            self._wake(due_only=True)
        return until <= self._now

    def _wake(self, *, due_only: bool) -> None:
        for sleeper in list(self._sleepers):
            is_due = sleeper.until is not None and sleeper.until <= self._now
            if is_due or not due_only:
                self._sleepers.remove(sleeper)
                sleeper.inbox.put(_WAKE)

    def _released(self) -> None:
        with self._lock:
            self._holds -= 1
            if not self._holds and self._autojump:
                self._wake(due_only=False)


class Hold:
    """Something is under way. `release` it once, when all that it does has been reported."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock: FakeClock | None = clock

    def release(self) -> None:
        """Let the time jump again, as far as this hold goes. A second call does nothing."""
        clock, self._clock = self._clock, None
        if clock is not None:
            clock._released()  # noqa: SLF001 - the two are one thing


def _next(inbox: SimpleQueue[Any]) -> tuple[bool, Any]:
    """Whether there is an item, and the item; tokens left from earlier are thrown away."""
    while True:
        try:
            item = inbox.get_nowait()
        except Empty:
            return False, None
        if item is not _WAKE:
            return True, item

"""The pen of a run: writes what happened, under its lease, each entry in its place.

A store that cannot be reached is tried again for as long as the lease lasts: then another process
may have the run, and the error goes up. Whether a write that was cut off has been done is seen from
the journal, so nothing is written twice. Decides nothing about states.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import TypeVar

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.datasets import Update
from jupyter_flow.core.errors import ConflictError, LeaseLostError, StoreUnreachableError
from jupyter_flow.core.events import Event
from jupyter_flow.core.machine import Step
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import Entry, Lease, Pending, RunStore

log = logging.getLogger(__name__)

#: How soon a store that could not be reached is tried again; doubled up to the second one.
_SOON, _LATER = timedelta(milliseconds=100), timedelta(seconds=1)

T = TypeVar("T")


class Pen:
    """Writes one run for the owner of *lease*, which lasts *duration* after each renewal."""

    def __init__(
        self, store: RunStore, lease: Lease, clock: Clock, duration: timedelta, since: datetime
    ) -> None:
        self._store = store
        self._lease = lease
        self._clock = clock
        self._duration = duration
        self._held_until = since + duration
        self._seq = self._trying(lambda: store.last_entry(lease.run))

    def write(
        self,
        step: Step,
        event: Event,
        *,
        alerts: Sequence[Alert] = (),
        updates: Sequence[Update] = (),
        answers: int | None = None,
        now: datetime,
    ) -> Entry:
        """Write *event* and what *step* made of it at *now*.

        Raises:
            LeaseLostError: another process has the run, or may have it.
            ConflictError: the request that it answers has been answered already.
            StoreUnreachableError: the store cannot be reached, and the lease has ended.
        """
        tried: list[bool] = []

        def record() -> Entry:
            if tried and (done := self._written(event, now)):
                return done
            tried.append(True)
            try:
                return self._store.record(
                    self._lease,
                    step.run,
                    event,
                    changed=step.changed,
                    removed=step.removed,
                    moves=step.moves,
                    after=self._seq,
                    answers=answers,
                    alerts=alerts,
                    updates=updates,
                    now=now,
                )
            except ConflictError:
                # A write that was cut off may be done as late as while it is tried again.
                if len(tried) > 1 and (done := self._written(event, now)):
                    return done
                raise

        entry = self._trying(record)
        self._seq = entry.seq
        return entry

    def renew(self) -> None:
        """Make the lease last longer. Raises LeaseLostError when it is another's."""
        now = self._clock.now()
        self._trying(lambda: self._store.renew(self._lease, now=now, duration=self._duration))
        self._held_until = now + self._duration

    def requests(self) -> list[Pending]:
        """What others ask of the run."""
        return self._trying(lambda: self._store.requests(self._lease.run))

    def dismiss(self, pending: Pending) -> None:
        """Take away a request that cannot be granted."""
        self._trying(lambda: self._store.dismiss(self._lease, pending.id))

    def lay_down(self) -> None:
        """Give the run back, if the store can be reached; else its lease will end by itself."""
        try:
            self._store.release(self._lease)
        except StoreUnreachableError:
            log.warning("run not released", extra={"action": "release_failed", "run": self._run})

    @property
    def _run(self) -> str:
        return self._lease.run

    def _written(self, event: Event, now: datetime) -> Entry | None:
        """The entry of a write that was cut off, if it was done all the same."""
        for entry in self._store.journal(self._lease.run, after=self._seq, limit=1):
            if entry.event == event and entry.at == now:
                return entry
            raise LeaseLostError(f"another process has gone on with run {self._run}")
        return None

    def _trying(self, act: Callable[[], T]) -> T:
        """What *act* gives, however often it takes while the lease lasts."""
        pause = _SOON
        while True:
            try:
                return act()
            except StoreUnreachableError as error:
                now = self._clock.now()
                if pause == _SOON:  # one line is enough, however often it is tried
                    log.warning(
                        "the store cannot be reached",
                        extra={"action": "store_unreachable", "run": self._run, "why": error.what},
                    )
                if now + pause >= self._held_until:
                    raise
                nothing: SimpleQueue[None] = SimpleQueue()
                self._clock.wait(nothing, now + pause)
                pause = min(2 * pause, _LATER)

"""The outbox in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from jupyter_flow.core.alerts import late_alerts
from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.alerts import Outgoing

from .part import MemoryPart
from .shelf import KeptAlert


class MemoryAlertStore(MemoryPart):
    """`jupyter_flow.ports.alerts.AlertStore` in memory, for any number of threads."""

    def take_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Outgoing]:
        """Alerts that are to be sent now, oldest first, lent to *owner*."""
        with self._shelf.lock:
            due = [each for each in self._unsent() if _due_at(each, now) <= now]
            due.sort(key=lambda each: (each.outgoing.created_at, each.outgoing.id))
            for each in due[:limit]:
                each.owner, each.leased_until = owner, now + duration
            return [each.outgoing for each in due[:limit]]

    def next_due(self, *, now: datetime) -> datetime | None:
        """When the next one is to be sent (or may be lent again); None if there is none."""
        with self._shelf.lock:
            return min((_due_at(each, now) for each in self._unsent()), default=None)

    def sent(self, outgoing: int, owner: str, *, now: datetime) -> None:
        """It is gone. Nothing happens when another owner has it by now."""
        with self._lent(outgoing, owner) as kept:
            if kept is not None:
                kept.outgoing = replace(kept.outgoing, sent_at=now)
                kept.next_try_at = None

    def put_off(self, outgoing: int, owner: str, *, until: datetime, error: str) -> None:
        """It could not be sent: try again at *until*."""
        with self._lent(outgoing, owner) as kept:
            if kept is not None:
                kept.outgoing = replace(kept.outgoing, tries=kept.outgoing.tries + 1, error=error)
                kept.next_try_at = until

    def give_up(self, outgoing: int, owner: str, *, error: str, now: datetime) -> None:
        """It could not be sent and is not tried again."""
        with self._lent(outgoing, owner) as kept:
            if kept is not None:
                tries = kept.outgoing.tries + 1
                kept.outgoing = replace(kept.outgoing, tries=tries, error=error, given_up_at=now)
                kept.next_try_at = None

    def note_late(self, *, now: datetime) -> int:
        """Put alerts into the outbox about each run that has not ended by its deadline, once."""
        with self._shelf.lock:
            late = [
                each
                for each in self._shelf.runs.values()
                if each.late_at is not None and each.late_at <= now
            ]
            for each in late:
                each.late_at = None
                self._shelf.tell(late_alerts(each.run.id, each.plan.flow), now=now)
            return len(late)

    def of_run(self, run: str) -> list[Outgoing]:
        """All alerts about a run, oldest first."""
        with self._shelf.lock:
            self._shelf.run(RunId(run))
            kept = self._shelf.alerts.values()
            return [each.outgoing for each in kept if each.outgoing.alert.run == run]

    def _unsent(self) -> Iterator[KeptAlert]:
        return (each for each in self._shelf.alerts.values() if each.next_try_at is not None)

    @contextmanager
    def _lent(self, outgoing: int, owner: str) -> Iterator[KeptAlert | None]:
        """The alert if *owner* has it, who gives it back with this."""
        with self._shelf.lock:
            kept = self._shelf.alerts.get(outgoing)
            if kept is None or kept.owner != owner:
                yield None
                return
            yield kept
            kept.owner = kept.leased_until = None


def _due_at(kept: KeptAlert, now: datetime) -> datetime:
    """When it may be lent."""
    moments = [kept.next_try_at, kept.leased_until if _is_lent(kept, now) else None]
    return max(moment for moment in moments if moment is not None)


def _is_lent(kept: KeptAlert, now: datetime) -> bool:
    return kept.leased_until is not None and kept.leased_until > now

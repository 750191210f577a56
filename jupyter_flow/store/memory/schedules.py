"""Schedules in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as changed
from datetime import datetime, timedelta

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.ports.schedules import Loan
from jupyter_flow.store.refusals import loan_lost, schedule_exists

from .part import MemoryPart
from .shelf import KeptSchedule


class MemoryScheduleStore(MemoryPart):
    """`jupyter_flow.ports.schedules.ScheduleStore` in memory, for any number of threads."""

    def put(self, schedule: Schedule, *, replace: bool = False) -> None:
        """Keep *schedule*. Raises ConflictError if its name is taken, unless *replace*."""
        with self._shelf.lock:
            kept = self._shelf.schedules.get(schedule.name)
            if kept is None:
                self._shelf.schedules[schedule.name] = KeptSchedule(schedule=schedule)
            elif replace:
                kept.schedule = schedule
                kept.take_back()
            else:
                raise schedule_exists(schedule.name)

    def get(self, name: str) -> Schedule:
        """The schedule of that name."""
        with self._shelf.lock:
            return self._shelf.schedule(name).schedule

    def all(self) -> list[Schedule]:
        """All of them, by name."""
        with self._shelf.lock:
            return [kept.schedule for _, kept in sorted(self._shelf.schedules.items())]

    def set_paused(self, name: str, *, is_paused: bool, next_fire: datetime | None) -> None:
        """Pause or resume; a loan that lasts is worth nothing any more."""
        with self._shelf.lock:
            kept = self._shelf.schedule(name)
            kept.schedule = changed(kept.schedule, is_paused=is_paused, next_fire=next_fire)
            kept.take_back()

    def remove(self, name: str) -> None:
        """Forget the schedule and what it missed; its runs stay."""
        with self._shelf.lock:
            self._shelf.schedule(name)
            del self._shelf.schedules[name]

    def missed(self, name: str, *, limit: int = 20) -> list[Missed]:
        """What the schedule missed, the latest first."""
        with self._shelf.lock:
            latest_told = reversed(self._shelf.schedule(name).missed)
            return sorted(latest_told, key=lambda each: each.last, reverse=True)[:limit]

    def next_due(self) -> datetime | None:
        """The earliest fire time that a schedule waits for which is not paused."""
        with self._shelf.lock:
            waiting = [
                due
                for each in self._shelf.schedules.values()
                if (due := _due_at(each.schedule)) is not None and not each.schedule.is_paused
            ]
        return min(waiting, default=None)

    def notice_updates(self) -> None:
        """Note which schedules have the updates of datasets that they wait for."""
        with self._shelf.lock:
            for kept in self._shelf.schedules.values():
                wanted = kept.schedule.on_update
                if wanted is None or kept.schedule.updated_at is not None:
                    continue
                since = [
                    each
                    for each in self._shelf.updates
                    if each.id > kept.schedule.seen and each.dataset in wanted.names
                ]
                if since and wanted.is_met({each.dataset for each in since}):
                    moment = max(each.at for each in since)
                    last = max(each.id for each in since)
                    kept.schedule = changed(kept.schedule, updated_at=moment, updated_to=last)

    def borrow_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Loan]:
        """Lend *owner* schedules that are due, not paused and not lent, the longest due first."""
        with self._shelf.lock:
            due = [
                (fire, kept.schedule.name, kept)
                for kept in self._shelf.schedules.values()
                if (fire := _due(kept, now)) is not None
            ]
            loans = []
            for _, _, kept in sorted(due, key=lambda each: each[:2])[:limit]:
                kept.owner, kept.leased_until = owner, now + duration
                kept.token += 1
                loans.append(Loan(schedule=kept.schedule, owner=owner, token=kept.token))
            return loans

    def fire(
        self,
        loan: Loan,
        runs: Sequence[Run],
        *,
        schedule: Schedule,
        missed: Missed | None = None,
        alerts: Sequence[Alert] = (),
        now: datetime,
    ) -> list[RunId]:
        """Keep *runs*, what was *missed* and *schedule*, and end the loan; all or nothing."""
        with self._shelf.lock:
            kept = self._shelf.schedules.get(loan.schedule.name)
            if kept is None or not _is_lent(kept, loan):
                raise loan_lost(loan)
            made = self._shelf.keep(runs)
            kept.schedule = changed(schedule, name=loan.schedule.name)
            kept.owner = kept.leased_until = None
            if missed is not None:
                kept.missed.append(missed)
            self._shelf.tell(alerts, now=now, about=set(made))
            return made


def _due(kept: KeptSchedule, now: datetime) -> datetime | None:
    """The fire time for which it may be lent *now*, if it may be."""
    fire = _due_at(kept.schedule)
    is_lent = kept.leased_until is not None and kept.leased_until > now
    if fire is None or fire > now or kept.schedule.is_paused or is_lent:
        return None
    return fire


def _due_at(schedule: Schedule) -> datetime | None:
    """The earlier of its fire time and the moment since which it has its updates."""
    moments = (schedule.next_fire, schedule.updated_at)
    return min((each for each in moments if each is not None), default=None)


def _is_lent(kept: KeptSchedule, loan: Loan) -> bool:
    """The loan is of the schedule as it was, not of a newer one that has its name."""
    is_same = kept.schedule.created_at == loan.schedule.created_at
    return is_same and (kept.owner, kept.token) == (loan.owner, loan.token)

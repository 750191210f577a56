"""What the stores in memory share: one lock, and everything that is kept."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from rpds import HashTrieMap

from jupyter_flow.core.alerts import Alert, late_at
from jupyter_flow.core.datasets import Update
from jupyter_flow.core.events import Request
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Fired, Run, TaskRun
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.alerts import Outgoing
from jupyter_flow.ports.cache import Result
from jupyter_flow.ports.runs import Entry, Lease
from jupyter_flow.ports.services import Service
from jupyter_flow.store.refusals import lease_lost, no_such_run, no_such_schedule, run_exists

_STARTED = (RunState.RUNNING, RunState.CANCELLING)


@dataclass(slots=True, kw_only=True)
class KeptRun:
    """One run. ``run`` has its own columns right; its task runs are in ``task_runs``."""

    run: Run
    plan: Plan
    task_runs: HashTrieMap[TaskKey, TaskRun]
    fired: Fired | None
    late_at: datetime | None
    entries: list[Entry] = field(default_factory=list)
    requests: dict[int, Request] = field(default_factory=dict)
    owner: str | None = None
    token: int = 0
    leased_until: datetime | None = None

    @property
    def has_started(self) -> bool:
        return self.run.state in _STARTED

    @property
    def age(self) -> tuple[datetime, str]:
        return (self.run.created_at, self.run.id)

    def is_held_by(self, lease: Lease) -> bool:
        return (self.owner, self.token) == (lease.owner, lease.token)

    def is_leased(self, now: datetime) -> bool:
        return self.leased_until is not None and self.leased_until > now

    def is_active(self, now: datetime) -> bool:
        """Not one that is only held for its maker since it was made."""
        return self.has_started or (self.is_leased(now) and self.token > 0)


@dataclass(slots=True, kw_only=True)
class KeptSchedule:
    """One schedule, its loan, and what it missed."""

    schedule: Schedule
    owner: str | None = None
    token: int = 0
    leased_until: datetime | None = None
    missed: list[Missed] = field(default_factory=list)

    def take_back(self) -> None:
        """A loan that lasts is worth nothing from here on."""
        self.owner = self.leased_until = None
        self.token += 1


@dataclass(slots=True, kw_only=True)
class KeptAlert:
    """One alert. ``next_try_at`` is None for one that nobody has to send any more."""

    outgoing: Outgoing
    next_try_at: datetime | None
    owner: str | None = None
    leased_until: datetime | None = None


@dataclass(slots=True)
class Shelf:
    """Everything that is kept. Whoever touches it holds ``lock``."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    runs: dict[RunId, KeptRun] = field(default_factory=dict)
    schedules: dict[str, KeptSchedule] = field(default_factory=dict)
    alerts: dict[int, KeptAlert] = field(default_factory=dict)
    services: dict[str, tuple[Service, datetime]] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    updates: list[Update] = field(default_factory=list)
    updated: int = 0
    numbers: count[int] = field(default_factory=lambda: count(1))

    def run(self, run: RunId) -> KeptRun:
        try:
            return self.runs[run]
        except KeyError:
            raise no_such_run(run) from None

    def held(self, lease: Lease) -> KeptRun:
        kept = self.run(lease.run)
        if not kept.is_held_by(lease):
            raise lease_lost(lease)
        return kept

    def update(self, updates: Iterable[Update]) -> list[Update]:
        """Keep *updates*, each with its id."""
        with self.lock:
            kept = []
            for each in updates:
                self.updated += 1
                kept.append(replace(each, id=self.updated))
            self.updates += kept
            return kept

    def schedule(self, name: str) -> KeptSchedule:
        try:
            return self.schedules[name]
        except KeyError:
            raise no_such_schedule(name) from None

    def has_run_for(self, fired: Fired | None) -> bool:
        """Whether the fire time has a run."""
        return fired is not None and any(
            (each.fired.series, each.fired.at) == (fired.series, fired.at)
            for each in self.runs.values()
            if each.fired is not None
        )

    def keep(self, runs: Iterable[Run]) -> list[RunId]:
        """Keep *runs* but those whose fire time has one; all or nothing."""
        kept: list[RunId] = []
        for run in runs:
            if self.has_run_for(run.fired):
                continue
            if run.id in self.runs:
                for each in kept:
                    del self.runs[each]
                raise run_exists(run.id)
            late = None if run.state.is_final else late_at(run)
            self.runs[run.id] = KeptRun(
                run=run, plan=run.plan, task_runs=run.task_runs, fired=run.fired, late_at=late
            )
            kept.append(run.id)
        return kept

    def tell(
        self, alerts: Iterable[Alert], *, now: datetime, about: Collection[RunId] | None = None
    ) -> None:
        """Put *alerts* into the outbox; with *about*, only those about these runs."""
        for alert in alerts:
            if about is None or alert.run in about:
                number = next(self.numbers)
                outgoing = Outgoing(id=number, alert=alert, created_at=now)
                self.alerts[number] = KeptAlert(outgoing=outgoing, next_try_at=now)

"""The register of services in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from jupyter_flow.core.states import RunState
from jupyter_flow.ports.services import Load, Service

from .part import MemoryPart


class MemoryServiceStore(MemoryPart):
    """`jupyter_flow.ports.services.ServiceStore` in memory, for any number of threads."""

    def announce(self, service: Service, *, now: datetime, duration: timedelta) -> Service:
        """Register *service* until ``now + duration``, or prolong it; as it is registered now."""
        with self._shelf.lock:
            known = self._shelf.services.get(service.owner)
            if known is not None:
                service = replace(
                    service,
                    is_asked_to_stop=known[0].is_asked_to_stop,
                    is_asked_to_hurry=known[0].is_asked_to_hurry,
                )
            self._shelf.services[service.owner] = (service, now + duration)
            return service

    def leave(self, owner: str) -> None:
        """Take a service out of the register. Nothing happens when it is not in it."""
        with self._shelf.lock:
            self._shelf.services.pop(owner, None)

    def alive(self, *, now: datetime) -> list[Service]:
        """The services whose registration lasts, the oldest first."""
        with self._shelf.lock:
            alive = [service for service, until in self._shelf.services.values() if until > now]
        return sorted(alive, key=lambda service: (service.started_at, service.owner))

    def ask_to_stop(self, owner: str, *, hurry: bool = False) -> None:
        """Leave word that the service is to end: when what runs has ended, or at once."""
        with self._shelf.lock:
            known = self._shelf.services.get(owner)
            if known is not None:
                service, until = known
                is_hurried = service.is_asked_to_hurry or hurry
                asked = replace(service, is_asked_to_stop=True, is_asked_to_hurry=is_hurried)
                self._shelf.services[owner] = (asked, until)

    def load(self, *, now: datetime, with_ended: bool = False) -> Load:
        """What there is to do."""
        with self._shelf.lock:
            runs = list(self._shelf.runs.values())
            live = [kept for kept in runs if not kept.run.state.is_final]
            tasks = Counter(each.state for kept in live for each in kept.task_runs.values())
            queued = [
                kept.run.created_at
                for kept in live
                if kept.run.state is RunState.QUEUED and not kept.is_leased(now)
            ]
            schedules = [kept.schedule for kept in self._shelf.schedules.values()]
            waits_for = [each.next_fire for each in schedules if not each.is_paused]
            overdue = [moment for moment in waits_for if moment is not None and moment <= now]
            alerts = self._shelf.alerts.values()
            return Load(
                runs=dict(Counter(kept.run.state.value for kept in (runs if with_ended else live))),
                tasks={state.value: number for state, number in tasks.items()},
                queued_since=min(queued, default=None),
                schedules=len(schedules),
                paused=sum(each.is_paused for each in schedules),
                overdue=min(overdue, default=None),
                unsent=sum(each.next_try_at is not None for each in alerts),
                given_up=sum(each.outgoing.given_up_at is not None for each in alerts),
            )

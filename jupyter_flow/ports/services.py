"""The services of a store: who is there to drive runs and fire schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A process that hosts drivers and the scheduler.

    ``owner`` is its name as an owner of leases, unique and with the port for nudges in it.
    ``url`` is where its metrics are, if anywhere. ``is_asked_to_stop`` is what others want.
    """

    owner: str
    host: str
    pid: int
    version: str
    started_at: datetime
    url: str = ""
    is_asked_to_stop: bool = False
    is_asked_to_hurry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What there is to do in a store, for metrics and health.

    ``runs`` and ``tasks`` count by state those of runs that have not ended, ``runs`` the ended ones
    too if asked to. ``queued_since`` is the creation of the oldest run that waits for a driver;
    ``overdue`` the earliest fire time that has passed and not fired. ``unsent`` and ``given_up``
    count alerts.
    """

    runs: Mapping[str, int] = field(default_factory=dict)
    tasks: Mapping[str, int] = field(default_factory=dict)
    queued_since: datetime | None = None
    schedules: int = 0
    paused: int = 0
    overdue: datetime | None = None
    unsent: int = 0
    given_up: int = 0


class ServiceStore(Protocol):
    """The register of services.

    Every implementation must pass ``jupyter_flow.testing.contracts.ServiceStoreContract``.
    """

    def announce(self, service: Service, *, now: datetime, duration: timedelta) -> Service:
        """Register *service* until ``now + duration``, or prolong it; as it is registered now.

        What it was asked meanwhile stays.
        """

    def leave(self, owner: str) -> None:
        """Take a service out of the register. Nothing happens when it is not in it."""

    def alive(self, *, now: datetime) -> list[Service]:
        """The services whose registration lasts, the oldest first."""

    def ask_to_stop(self, owner: str, *, hurry: bool = False) -> None:
        """Leave word that the service is to end: when what runs has ended, or at once (*hurry*)."""

    def load(self, *, now: datetime, with_ended: bool = False) -> Load:
        """What there is to do; *with_ended* also counts the runs that have ended.

        Those are read through to be counted, however many they are.
        """

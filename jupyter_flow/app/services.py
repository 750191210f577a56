"""The services of the store, for those who want something of them: nudge, start, stop, list.

And whether a run is seen to: by one of them, or by a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import RunSummary
from jupyter_flow.ports.services import Load, Service
from jupyter_flow.ports.stores import Stores

from .launching import start_service
from .nudges import nudge
from .owner import is_gone
from .running import driver_of
from .settings import Settings

#: A fire time, or a run, that has waited longer than this is a bad sign.
_UNWELL = timedelta(seconds=60)
#: How often a service that is to end is looked at, in seconds.
_GLANCE = 0.1


class Services:
    """The use-cases about services.

    *wait* lets some seconds pass, *tell* tells those who follow runs that there is news.
    """

    def __init__(
        self,
        settings: Settings,
        stores: Callable[[], Stores],
        clock: Clock,
        wait: Callable[[float], None],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._opened = stores
        self._clock = clock
        self._wait, self._tell = wait, tell

    def alive(self) -> list[Service]:
        """The services that are there; one of this machine that died is not."""
        found = self._opened().services.alive(now=self._clock.now())
        return [each for each in found if not is_gone(each.owner)]

    def staying(self) -> list[Service]:
        """Those of them that take up what comes: not those that only let their tasks end."""
        return [each for each in self.alive() if not each.is_asked_to_stop]

    def driver_of(self, run: RunId) -> str | None:
        """Who drives *run* now: an owner that lives or may live; None when nobody does."""
        return driver_of(self._opened().runs, run, now=self._clock.now())

    def sees_to(self, run: RunId) -> bool:
        """Whether somebody drives *run*, or will."""
        return self.driver_of(run) is not None or bool(self.staying())

    def is_left(self, run: RunId, state: RunState) -> bool:
        """Whether the run has not ended and nobody sees to it: its process is gone."""
        return not state.is_final and not self.sees_to(run)

    def left(self, runs: Iterable[RunSummary]) -> set[RunId]:
        """Those of *runs* that `is_left` is true of, asked for at once."""
        live = [each.id for each in runs if not each.state.is_final]
        if not live or self.staying():
            return set()
        held = self._opened().runs.holders(live, now=self._clock.now())
        return {run for run in live if run not in held or is_gone(held[run].owner)}

    def load(self, *, with_ended: bool = False) -> Load:
        """What there is to do in the store; *with_ended* also counts the runs that have ended."""
        return self._opened().services.load(now=self._clock.now(), with_ended=with_ended)

    def nudge(self, run: RunId) -> bool:
        """Tell whoever drives *run*, or else the services, to look at it; whether anybody will."""
        self._tell(run)
        driver = self.driver_of(run)
        if driver is not None:
            nudge(driver, run)
            return True
        services = self.staying()
        for service in services:
            nudge(service.owner, run)
        return bool(services)

    def nudge_all(self) -> None:
        """Tell all services to look around: a schedule has changed, say."""
        self._tell("")
        for service in self.alive():
            nudge(service.owner)

    def see_to(self, run: RunId) -> None:
        """Have *run* driven by a service: nudge those that are there, or start one."""
        if not self.nudge(run):
            start_service(self._settings)

    def ensure(self) -> None:
        """Have a service, for what is scheduled."""
        self.nudge_all()
        if not self.staying():
            start_service(self._settings)

    def stop(self, *, hurry: bool = False, timeout: float = 3600.0) -> list[Service]:
        """End all services and wait until they are gone; those that there were.

        They let what runs end, unless *hurry*. Raises FlowError (JF322) when one is still there
        after *timeout* seconds.
        """
        found = self.alive()
        for service in found:
            self._opened().services.ask_to_stop(service.owner, hurry=hurry)
            nudge(service.owner)
        waited, owners = 0.0, {each.owner for each in found}
        while owners & {each.owner for each in self.alive()}:
            if waited >= timeout:
                raise FlowError(
                    "a service has not ended yet",
                    hint="It waits for tasks that run: jupyter flow serve --stop --now ends them.",
                    code="JF322",
                )
            self._wait(_GLANCE)
            waited += _GLANCE
        return found

    def ailments(self) -> list[str]:
        """What is not well, in words; nothing when all is."""
        load, now, found = self.load(), self._clock.now(), []
        services = self.staying()
        waiting = self._opened().runs.waiting(now=now)
        if not services and (load.schedules - load.paused or waiting):
            found.append("no service is there, and there is something to run")
        if load.overdue is not None and now - load.overdue > _UNWELL:
            found.append(f"a schedule that was due at {load.overdue.isoformat()} has not fired")
        has_waited = load.queued_since is not None and now - load.queued_since > _UNWELL
        if services and has_waited and not all(each.is_crowded for each in waiting):
            found.append(f"a run has wanted a driver since {load.queued_since}")
        return found

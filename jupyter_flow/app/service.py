"""The service: hosts the drivers and the scheduler, until it is told to end or has nothing to do.

One loop in one thread looks after everything that is to be begun: schedules that are due, runs
that want a driver, runs that are late. It waits for nudges, for the ends of its runs and for the
next fire time, and glances around every few seconds besides, for what nobody nudged it about. Any
number of services may share a store: who gets what is decided there.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import metadata
from queue import SimpleQueue

from jupyter_flow.core.errors import StoreUnreachableError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.engine.outbox import Outbox
from jupyter_flow.engine.scheduler import Scheduler
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.services import Service as Registered
from jupyter_flow.ports.stores import Stores

from .owner import is_gone
from .running import Running

log = logging.getLogger(__name__)

#: A service looks around, and says that it is there, so often without being asked.
GLANCE = timedelta(seconds=5)
#: What could not be done just now is tried again after this.
_SOON = timedelta(seconds=1)
#: One that has not said so for as long as this is taken to be gone.
REGISTRATION = timedelta(seconds=20)
#: Old runs are cleared away so often.
PRUNING = timedelta(hours=6)
#: So many runs are driven by one service at once.
MOST_RUNS = 100
#: A run whose driver failed, or that could not be had, is tried again after this, then after twice
#: as long, up to the last; or when there is something new about it.
_FIRST_PAUSE, _LAST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Nudged:
    run: str = ""


@dataclass(frozen=True, slots=True)
class _Ended:
    run: RunId
    failed: bool


@dataclass(frozen=True, slots=True)
class _Stop:
    hurry: bool
    by: str


_Message = _Nudged | _Ended | _Stop


@dataclass(slots=True)
class _Trouble:
    """A run whose driver failed, or that could not be had: how often, and until when it is left
    alone."""

    times: int
    until: datetime


@dataclass(slots=True, kw_only=True)
class Figures:
    """What one service has done since it began."""

    started_at: datetime
    taken_up: int = 0
    fired: int = 0
    store_errors: int = 0
    troubles: dict[RunId, _Trouble] = field(default_factory=dict)


class Service:
    """Drives the runs and fires the schedules of one store.

    *make_running* gives it its `Running`, which tells it of nudges and ends. With *idle*, it ends
    by itself when there has been nothing to do, and nothing is scheduled, for so long. *prune*
    clears old runs away, now and then.
    """

    def __init__(
        self,
        stores: Stores,
        clock: Clock,
        *,
        make_running: Callable[[Callable[[str], None], Callable[[RunId, bool], None]], Running],
        scheduler: Scheduler,
        outbox: Outbox,
        prune: Callable[[], object] | None = None,
        idle: timedelta | None = None,
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._inbox: SimpleQueue[_Message] = SimpleQueue()
        self.running = make_running(
            lambda run: self._inbox.put(_Nudged(run)),
            lambda run, failed: self._inbox.put(_Ended(run, failed)),
        )
        self.scheduler = scheduler
        self._outbox = outbox
        self._prune = prune
        self._idle = idle
        self.figures = Figures(started_at=clock.now())
        self._me = Registered(
            owner=self.running.owner(),
            host=socket.gethostname(),
            pid=os.getpid(),
            version=metadata.version("jupyterlab-flow"),
            started_at=self.figures.started_at,
        )
        self._busy_at = self.figures.started_at
        self._glance_at = self._prune_at = self.figures.started_at
        self._stopping: _Stop | None = None
        self._is_reachable = True

    def answers_at(self, url: str) -> None:
        """Its metrics are there; said before `serve`."""
        self._me = replace(self._me, url=url)

    def serve(
        self,
        ready: Callable[[], None] = lambda: None,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        """Serve until told to stop, or idle.

        Calls *ready* once it is registered, *leaving* when it will take up nothing more.
        """
        log.info("service started", extra={"action": "service_started", "pid": self._me.pid})
        self._outbox.start()
        try:
            self._announce()
            ready()
            self._look_around()
            while self._stopping is None and not self._is_done():
                self._wait()
                self._look_around()
            self._say_that_it_ends()
            leaving()
            self._leave()
        finally:
            self._outbox.close(timeout=10)
            self._sign_off()
            log.info("service ended", extra={"action": "service_ended", "pid": self._me.pid})

    def stop(self, by: str = "", *, hurry: bool = False) -> None:
        """End when the tasks that run have ended; with *hurry*, now. From any thread or signal."""
        self._inbox.put(_Stop(hurry, by))

    # -- the loop ------------------------------------------------------------------------------

    def _look_around(self) -> None:
        """Begin everything that is to be begun; a store that is away is asked again later."""
        now = self._clock.now()
        try:
            # Not either when the clock was set back, by an hour, say.
            if not now < self._glance_at <= now + GLANCE:
                self._glance_at = now + GLANCE
                self._announce()
                self._free_the_dead(now)
                self._forget_troubles(now)
                self._stores.alerts.note_late(now=now)
                self._outbox.wake()
            if self._stopping is not None:
                return
            self._clear_away(now)
            fired = self.scheduler.fire_due(self._me.owner)
            self.figures.fired += len(fired)
            self._take_up(now)
            self._is_reachable = True
        except StoreUnreachableError as error:
            self.figures.store_errors += 1
            if self._is_reachable:  # one line is enough, however long it lasts
                about = {"action": "store_unreachable", "why": error.what}
                log.warning("the store cannot be reached", extra=about)
            self._is_reachable = False
        except Exception:
            # Whatever it is, it must not end what runs; everything is looked at again soon.
            log.exception("looking around failed", extra={"action": "look_failed"})

    def _wait(self) -> None:
        """Until something happens, a fire time comes, or it is time for a glance."""
        now = self._clock.now()
        until = min(self._glance_at, now + GLANCE)
        try:
            due = self.scheduler.next_due()
        except StoreUnreachableError:
            due = None
        if due is not None:
            # One that is due already is lent to another service, or was more than fits at once.
            until = min(until, due if due > now else now + _SOON)
        message = self._clock.wait(self._inbox, until)
        while message is not None:
            self._take_in(message)
            message = None if self._inbox.empty() else self._inbox.get()

    def _take_in(self, message: _Message) -> None:
        match message:
            case _Ended(run=run, failed=failed):
                self._outbox.wake()
                self._note_trouble(run, failed=failed)
            case _Nudged(run=run):
                self.figures.troubles.pop(RunId(run), None)
                if not run:
                    self._glance_at = self._clock.now()
            case _Stop():
                log.info("asked to stop", extra={"action": "stop_asked", "by": message.by})
                self._stopping = message

    def _announce(self) -> None:
        now = self._clock.now()
        known = self._stores.services.announce(self._me, now=now, duration=REGISTRATION)
        if known.is_asked_to_stop and self._stopping is None:
            log.info("asked to stop", extra={"action": "stop_asked", "by": "another process"})
            self._stopping = _Stop(known.is_asked_to_hurry, "another process")

    # -- runs ----------------------------------------------------------------------------------

    def _take_up(self, now: datetime) -> None:
        """Drive what wants a driver, as far as there is room."""
        crowded: set[RunId] = set()
        while self._take_up_some(now, crowded):
            pass  # those that a run which was taken up crowds out are known as that now

    def _take_up_some(self, now: datetime, crowded: set[RunId]) -> bool:
        """Until one turns out to be *crowded* out; whether one did."""
        driven = self.running.driven
        room = MOST_RUNS - len(driven)
        if room <= 0:
            return False
        # Those that are left alone for now must not hide the others.
        limit = room + len(driven) + len(self.figures.troubles)
        for waiting in self._stores.runs.waiting(now=now, limit=limit):
            run = waiting.run
            if waiting.is_crowded or run in driven | crowded or self._is_in_trouble(run, now):
                continue
            try:
                is_ours = self.running.take_up(run)
            except StoreUnreachableError:
                raise
            except Exception:
                # Whatever it is, it must not keep us from the others.
                log.exception("run not taken up", extra={"action": "take_up_failed", "run": run})
                self._note_trouble(run, failed=True)
                continue
            if is_ours:
                self.figures.taken_up += 1
                about = {"run": run, "flow": waiting.flow, "state": waiting.state.value}
                log.info("run taken up", extra={"action": "run_taken_up", **about})
            elif self._stores.runs.is_crowded(run, now=now):
                crowded.add(run)
                return True
            else:
                # Another service was faster, or it is another project's.
                self._note_trouble(run, failed=True)
        return False

    def _free_the_dead(self, now: datetime) -> None:
        """Let go of runs whose process on this machine is certainly dead: no need to wait."""
        runs = self._stores.runs
        live = [state for state in RunState if not state.is_final]
        found = [summary.id for summary in runs.summaries(states=live, limit=1000)]
        for holder in runs.holders(found, now=now).values():
            if is_gone(holder.owner):
                runs.release(holder)

    def _clear_away(self, now: datetime) -> None:
        """Begin to clear away old runs; a disk may be slow, so nothing waits for it."""
        if self._prune is None or now < self._prune_at:
            return
        self._prune_at = now + PRUNING
        threading.Thread(target=self._prune_once, name="prune", daemon=True).start()

    def _prune_once(self) -> None:
        try:
            if self._prune is not None:
                self._prune()
        except Exception:  # the thread's boundary: tried again the next time
            log.exception("old runs could not be cleared away", extra={"action": "prune_failed"})

    def _note_trouble(self, run: RunId, *, failed: bool) -> None:
        troubles = self.figures.troubles
        if not failed:
            troubles.pop(run, None)
            return
        times = troubles[run].times + 1 if run in troubles else 1
        pause = min(_FIRST_PAUSE * 2 ** min(times - 1, 10), _LAST_PAUSE)
        troubles[run] = _Trouble(times, self._clock.now() + pause)

    def _forget_troubles(self, now: datetime) -> None:
        """Those that are over for long: most of such runs another service has driven."""
        known = self.figures.troubles
        for run in [each for each, trouble in known.items() if now > trouble.until + _LAST_PAUSE]:
            del known[run]

    def _is_in_trouble(self, run: RunId, now: datetime) -> bool:
        trouble = self.figures.troubles.get(run)
        return trouble is not None and now < trouble.until

    # -- leaving -------------------------------------------------------------------------------

    def _is_done(self) -> bool:
        """Whether there has been nothing to do for long enough, and nothing will come."""
        if self._idle is None:
            return False
        now = self._clock.now()
        try:
            if self._has_work(now):
                self._busy_at = now
            if now < self._busy_at + self._idle:
                return False
            # Whoever looks for a service from here on finds none and starts another. What came
            # before that is still ours to see.
            self._stores.services.leave(self._me.owner)
            if self._has_work(self._clock.now()):
                self._busy_at = now
                self._announce()
                return False
        except StoreUnreachableError:
            self._busy_at = now  # nobody knows what there is to do
            return False
        log.info("nothing to do", extra={"action": "service_idle"})
        return True

    def _has_work(self, now: datetime) -> bool:
        return (
            bool(self.running.driven or self.running.kept)
            or self.scheduler.next_due() is not None
            or self._stores.alerts.next_due(now=now) is not None
            or bool(self._stores.runs.waiting(now=now, limit=1))
        )

    def _say_that_it_ends(self) -> None:
        """Whoever has something new to be done is to start another service."""
        try:
            self._stores.services.ask_to_stop(self._me.owner)
        except StoreUnreachableError:
            log.warning("still registered", extra={"action": "sign_off_failed"})

    def _leave(self) -> None:
        """Let go of the runs. A second word to stop makes it hurry."""
        stop = self._stopping or _Stop(hurry=False, by="")
        self.running.leave(hurry=stop.hurry)
        while self.running.driven:
            message = self._clock.wait(self._inbox, self._clock.now() + GLANCE)
            if isinstance(message, _Stop):
                self.running.leave(hurry=True)
            else:
                self._keep_registered()
        self.running.close()

    def _sign_off(self) -> None:
        try:
            self._stores.services.leave(self._me.owner)
        except StoreUnreachableError:
            log.warning("still registered", extra={"action": "sign_off_failed"})

    def _keep_registered(self) -> None:
        try:
            asked = self._stores.services.announce(
                self._me, now=self._clock.now(), duration=REGISTRATION
            )
        except StoreUnreachableError:
            return  # it is about to go anyway
        if asked.is_asked_to_hurry:
            self.running.leave(hurry=True)

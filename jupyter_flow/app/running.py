"""Driving runs from this process: taking the lease, in the foreground or in threads of a service.

Knows how a run comes into the hands of a `Driver`; what happens there is the driver's. Hears the
nudges of other processes and passes them on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from queue import SimpleQueue

from jupyter_flow.core.errors import (
    ConflictError,
    LeaseLostError,
    UnreachableError,
)
from jupyter_flow.core.events import CancelRequested
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.engine.driver import Driver
from jupyter_flow.engine.surroundings import Surroundings
from jupyter_flow.ports.runs import Entry, Lease, RunStore
from jupyter_flow.ports.shared_home import SharedHome

from .interrupts import first_calls
from .nudges import Nudges
from .once import Once
from .owner import host_of, is_gone, this_process
from .within_reach import WithinReach, is_asked_to_stop

log = logging.getLogger(__name__)

#: How often a run in the foreground that is crowded out asks again, unless it is nudged.
_PATIENCE = timedelta(seconds=1)


class Running:
    """The runs that this process drives.

    The notebooks of runs that other machines made come from *shared*. *heard* is called with each
    nudge, *ended* with each run in the background that it drives no longer, and whether that went
    wrong, *left* with every run that it let go. All from threads.
    """

    def __init__(
        self,
        around: Surroundings,
        shared: SharedHome,
        *,
        heard: Callable[[str], None] = lambda _: None,
        ended: Callable[[RunId, bool], None] = lambda _run, _failed: None,
        left: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._around = replace(
            around, published=self._published, updated=self._updated, see_to=self._see_to
        )
        self._publish = around.published
        self._reach = WithinReach(self._around, shared)
        self._heard, self._ended, self._left = heard, ended, left
        self._lock = threading.Lock()
        self._drivers: dict[RunId, Driver] = {}
        self._threads: dict[RunId, threading.Thread] = {}
        self._nudges = Once(self._listen)
        self._turn: SimpleQueue[None] | None = None
        self._written: Callable[[], None] = lambda: None
        self._is_leaving = False
        self.lost = 0

    def owner(self) -> str:
        """A new name for this process as an owner of leases, with the port that hears nudges."""
        return this_process(self._nudges().port)

    @property
    def driven(self) -> frozenset[RunId]:
        """The runs that this process drives now."""
        with self._lock:
            return frozenset(self._drivers)

    @property
    def attempts(self) -> int:
        """How many attempts are being made by this process now."""
        return self._around.slots.in_use

    @property
    def kept(self) -> int:
        """How many kernels of attempts that failed are kept by this process."""
        return self._around.executor.kept

    def drive(
        self, run: RunId, owner: str | None = None, *, written: Callable[[], None] | None = None
    ) -> Run:
        """Carry *run* to its end; blocks. *owner* is who holds it already, if somebody does.

        *written* is called after each entry of its journal.

        The first Ctrl-C (SIGTERM, SIGHUP) cancels the run and goes on until it has ended, the
        second one leaves at once with KeyboardInterrupt. While the run is crowded out by others of
        its flow, its turn is waited for. Raises ConflictError while a process that lives, or may
        live, drives it, and while an attempt of it goes on in a cluster that is none of ours.
        """
        if written is not None:
            self._written = written
        self._reach.require(self._around.store.load(run))
        driver = self._wait_for_turn(run, owner or self.owner())
        self._enter(run, driver)
        try:
            with first_calls(driver.cancel):
                return driver.drive()
        finally:
            self._exit(run)

    def take_up(self, run: RunId) -> bool:
        """Carry *run* to its end in a thread of this process; False when it cannot be had now."""
        if not self._reach.has(self._around.store.load(run)):
            return False
        driver = self._take(run, self.owner())
        if driver is None:
            return False
        self._enter(run, driver)
        thread = threading.Thread(
            target=self._in_thread, args=(run, driver), name=f"run {run}", daemon=True
        )
        with self._lock:
            self._threads[run] = thread
        thread.start()
        return True

    def _updated(self) -> None:
        """A dataset was updated: a flow may wait for that."""
        self._heard("")

    def _see_to(self, run: RunId) -> None:
        """Have *run* driven in the background, unless somebody drives it or nothing is to be done;
        if that is this process, have it look."""
        store, now = self._around.store, self._around.clock.now()
        if run in self.driven:
            self.look(run)
        elif not self._is_leaving and driver_of(store, run, now=now) is None:
            self.take_up(run)

    def look(self, run: str = "") -> None:
        """There is something new about *run*, or about any."""
        self._look(lambda id_: run in ("", id_))

    def _look(self, is_meant: Callable[[RunId], bool]) -> None:
        with self._lock:
            found = [each for id_, each in self._drivers.items() if is_meant(id_)]
        for driver in found:
            driver.look()

    def leave(self, *, hurry: bool = False) -> None:
        """Let go of all runs in the background: see `Driver.leave`. Does not wait."""
        self._is_leaving = True
        with self._lock:
            drivers = list(self._drivers.values())
        for driver in drivers:
            driver.leave(hurry=hurry)

    def close(self) -> None:
        """Wait for the runs in the background, then free what makes attempts."""
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()
        self._around.cache.close()
        self._around.lookout.close()
        self._around.executor.close()
        if self._nudges.is_made:
            self._nudges().close()

    # -- within --------------------------------------------------------------------------------

    def _listen(self) -> Nudges:
        nudges = Nudges()
        nudges.listen(self._nudged)
        return nudges

    def _nudged(self, run: str) -> None:
        if (turn := self._turn) is not None:
            turn.put(None)
        if run:
            self.look(run)
        self._heard(run)

    def _published(self, entry: Entry) -> None:
        self._publish(entry)
        self._written()
        if any(move.key is None for move in entry.moves):
            self._look(lambda run: run != entry.run)  # others may have waited for this

    def _enter(self, run: RunId, driver: Driver) -> None:
        with self._lock:
            self._drivers[run] = driver

    def _exit(self, run: RunId) -> None:
        with self._lock:
            self._drivers.pop(run, None)
            self._threads.pop(run, None)
        self._left(run)

    def _take(self, run: RunId, owner: str) -> Driver | None:
        store, now = self._around.store, self._around.clock.now()
        lease = store.lease(run, owner, now=now, duration=self._around.lease)
        if lease is None:
            holder = store.holder(run, now=now)
            if holder is not None and is_gone(holder.owner):
                # Its process is dead: there is nothing to wait for.
                store.release(holder)
                lease = store.lease(run, owner, now=now, duration=self._around.lease)
        if lease is None:
            return None
        try:
            return Driver(lease, self._around, since=now)
        except BaseException:
            store.release(lease)
            raise

    def _wait_for_turn(self, run: RunId, owner: str) -> Driver:
        clock = self._around.clock
        # A queue, because an event's lock cannot be taken twice, as by a signal that comes then.
        turn = self._turn = SimpleQueue[None]()
        asked_to_stop: list[str] = []

        def stop(by: str) -> None:
            asked_to_stop.append(by)
            turn.put(None)

        try:
            with first_calls(stop):
                while (driver := self._take(run, owner)) is None:
                    self._keep_place(run, owner)
                    if asked_to_stop and self._ask_to_stop(run, asked_to_stop[0]):
                        continue  # it needs no room any more
                    clock.wait(turn, clock.now() + _PATIENCE)
        except KeyboardInterrupt:
            # Whoever takes it up will not run a task of it.
            self._ask_to_stop(run, asked_to_stop[0] if asked_to_stop else "")
            raise
        if asked_to_stop:
            driver.cancel(asked_to_stop[0])
        return driver

    def _keep_place(self, run: RunId, owner: str) -> None:
        """Go on holding what *owner* waits with; a service would take it up in its place."""
        store, now = self._around.store, self._around.clock.now()
        holder = store.holder(run, now=now)
        if holder is None:
            return
        if holder.owner != owner:
            raise _driven_elsewhere(run, holder)
        store.renew(holder, now=now, duration=self._around.lease)

    def _ask_to_stop(self, run: RunId, by: str) -> bool:
        """Leave word that *run* is to be stopped; False when somebody has done so already."""
        if is_asked_to_stop(self._around.store, run):
            return False
        self._around.store.ask(run, CancelRequested(by=by), now=self._around.clock.now())
        return True

    def _in_thread(self, run: RunId, driver: Driver) -> None:
        failed = True
        try:
            _tell_of(driver.drive())
            failed = False
        except LeaseLostError:
            self.lost += 1
            failed = False
            log.warning(
                "another process took the run over", extra={"action": "lease_lost", "run": run}
            )
        except UnreachableError as error:
            log.warning(
                "run left: what it needs was away for too long",
                extra={"action": "run_left", "run": run, "why": error.what},
            )
        except Exception:
            log.exception("the driver failed", extra={"action": "driver_failed", "run": run})
        finally:
            self._exit(run)
            self._ended(run, failed)


def _tell_of(run: Run) -> None:
    """How the run ended, in the log; or that it was left as it was, for others to go on with."""
    about = {"run": run.id, "flow": run.flow_name, "state": run.state.value}
    if run.state.is_final:
        log.info("run ended", extra={"action": "run_ended", **about})
    else:
        log.info("run let go", extra={"action": "run_let_go", **about})


def _driven_elsewhere(run: RunId, holder: Lease) -> ConflictError:
    return ConflictError(
        f"run {run} is driven by another process (on {host_of(holder.owner)})",
        hint="Wait for its end, or cancel it: jupyter flow cancel " + run,
        code="JF302",
    )


def driver_of(store: RunStore, run: RunId, *, now: datetime) -> str | None:
    """Who drives *run* now: an owner that lives or may live; None when nobody does."""
    holder = store.holder(run, now=now)
    return None if holder is None or is_gone(holder.owner) else holder.owner

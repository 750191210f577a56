"""Driving runs from this process: taking the lease, in the foreground or in a thread.

Knows how a run comes into the hands of a `Driver`; what happens there is the driver's.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import datetime

from jupyter_flow.core.errors import ConflictError, LeaseLostError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.engine.driver import LEASE, Driver, Surroundings
from jupyter_flow.ports.runs import Lease, RunStore

from .interrupts import first_calls
from .owner import is_gone, this_process

log = logging.getLogger(__name__)


class Running:
    """The runs that this process drives."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._threads: dict[RunId, threading.Thread] = {}

    def drive(self, run: RunId) -> Run:
        """Carry *run* to its end; blocks.

        The first Ctrl-C (SIGTERM, SIGHUP) cancels the run and goes on until it has ended, the
        second one leaves at once with KeyboardInterrupt. Raises ConflictError while a process that
        lives, or may live, drives it.
        """
        around = replace(self._around, owner=this_process())
        driver = Driver(run, self._take(run, around.owner), around)
        with first_calls(driver.cancel):
            return driver.drive()

    def drive_in_background(self, run: RunId) -> None:
        """Carry *run* to its end in a thread of this process.

        The lease is taken before this returns, so a conflict is raised here.
        """
        around = replace(self._around, owner=this_process())
        driver = Driver(run, self._take(run, around.owner), around)
        thread = threading.Thread(
            target=self._in_thread, args=(run, driver), name=f"run {run}", daemon=True
        )
        self._threads[run] = thread
        thread.start()

    def wait(self, run: RunId) -> None:
        """Wait until this process drives *run* no longer. Returns at once if it does not."""
        thread = self._threads.get(run)
        if thread is not None:
            thread.join()

    def close(self) -> None:
        """Wait for the runs in the background, then free what makes attempts."""
        for thread in list(self._threads.values()):
            thread.join()
        self._around.executor.close()

    def _take(self, run: RunId, owner: str) -> Lease:
        store, now = self._around.store, self._around.clock.now()
        lease = store.lease(run, owner, now=now, duration=LEASE)
        holder = None if lease else store.holder(run, now=now)
        if holder is not None and is_gone(holder.owner):
            # Its process is dead: there is nothing to wait for.
            store.release(holder)
            lease = store.lease(run, owner, now=now, duration=LEASE)
        if lease is None:
            whom = f" ({holder.owner.rsplit(':', 2)[0]})" if holder is not None else ""
            raise ConflictError(
                f"run {run} is driven by another process{whom}",
                hint="Wait for its end, or cancel it: jupyter flow cancel " + run,
                code="JF302",
            )
        return lease

    def _in_thread(self, run: RunId, driver: Driver) -> None:
        try:
            driver.drive()
        except LeaseLostError:
            log.warning(
                "another process took the run over", extra={"action": "lease_lost", "run": run}
            )
        except Exception:
            log.exception("the driver failed", extra={"action": "driver_failed", "run": run})
        finally:
            self._threads.pop(run, None)


def driver_of(store: RunStore, run: RunId, *, now: datetime) -> str | None:
    """Who drives *run* now: an owner that lives or may live; None when nobody does."""
    holder = store.holder(run, now=now)
    return None if holder is None or is_gone(holder.owner) else holder.owner

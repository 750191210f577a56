"""A display under the cell that follows a run, fed from a thread.

Updates go to the display by its id, so they land under the cell that made it however many cells
have run since. At most five a second; less often when drawing is slow or the run is long.
"""

from __future__ import annotations

import logging
import threading
from typing import Any
from uuid import uuid4

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.watching import watch
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.pictures.picture import Sheet, sheet
from jupyter_flow.core.run import Run

from .bundles import Bundle, run_bundle
from .place import short

log = logging.getLogger(__name__)

#: While nothing happens, the times shown are still brought up to date, so often.
TICK = 2.0


class LiveRun:
    """Shows one run and keeps the display up to date until the run has ended."""

    def __init__(self, publisher: Any, flows: Flows, run: RunId) -> None:
        self._publisher = publisher
        self._flows = flows
        self._run = run
        self._clock = SystemClock()
        self._sheet: Sheet | None = None
        self._shape: tuple[tuple[str, int], ...] = ()
        self._display = {"display_id": f"jupyter-flow-{run}-{uuid4().hex[:8]}"}
        self._thread: threading.Thread | None = None

    def begin(self, *, until: threading.Event | None = None) -> None:
        """Show the run as it is and return; a thread shows what comes. *until* as for `watch`."""
        first = self._bundle(self._flows.run(self._run))
        self._publisher.publish(data=first, transient=self._display)
        # A plain thread, without the context of this cell: its messages then count as those of the
        # cell that runs at the time, and clients that listen to no other (nbclient) see them too.
        self._thread = threading.Thread(
            target=self._follow, args=(until,), name=f"show {self._run}", daemon=True
        )
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait until the end has been shown."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _follow(self, until: threading.Event | None) -> None:
        shown = ""
        try:
            for run in watch(self._flows, self._run, tick=TICK, until=until):
                bundle = self._bundle(run)
                if bundle["text/html"] != shown:
                    self._publisher.publish(data=bundle, transient=self._display, update=True)
                    shown = bundle["text/html"]
        except Exception:  # the thread's boundary: the run goes on unseen
            log.exception("the display stopped", extra={"action": "view_failed", "run": self._run})

    def _bundle(self, run: Run) -> Bundle:
        shape = tuple(sorted(run.widths.items()))
        if self._sheet is None or shape != self._shape:
            self._sheet, self._shape = sheet(run.plan.flow, run), shape
        folder = short(str(self._flows.files.folder_of(run)))
        return run_bundle(run, self._clock.now(), on=self._sheet, folder=folder, short=short)

"""What happens in a run, told from a thread: so a panel moves while the kernel executes a cell.

Looks into the journal when it is nudged, and by itself now and then. Changes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from jupyter_flow.app.flows import Flows
from jupyter_flow.app.following import Fold
from jupyter_flow.app.showing import Below
from jupyter_flow.app.telling import event_view
from jupyter_flow.core.ids import RunId
from jupyter_flow.wire.api import RunEvent

log = logging.getLogger(__name__)

#: Without a nudge it is looked again after so many seconds.
_GLANCE = 2.0
#: Events are told at most so often, in seconds, and so many at once.
_PAUSE, _ENTRIES = 0.2, 500


class RunFeed:
    """Tells *told* of each entry in the journal of *run* after *after*, until it is stopped."""

    def __init__(
        self,
        flows: Flows,
        run: RunId,
        below: Below,
        *,
        after: int,
        told: Callable[[Sequence[RunEvent]], None],
    ) -> None:
        self._flows, self._run, self._below = flows, run, below
        self._after = after
        self._told = told
        self._stirred, self._stopped = threading.Event(), threading.Event()
        # A plain thread, without the context of a cell: its messages then count as those of the
        # cell that runs at the time, and clients that listen to no other (nbclient) see them too.
        self._thread = threading.Thread(target=self._go, name=f"panel {run}", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tell no more. What is being told now is told to its end."""
        self._stopped.set()
        self._stirred.set()

    def _heard(self, run: str) -> None:
        if run in ("", self._run):
            self._stirred.set()

    def _go(self) -> None:
        try:
            with self._flows.following.listening(self._heard):
                self._listen()
        except Exception:  # the thread's boundary: the run goes on unseen
            log.exception("the panel stopped", extra={"action": "view_failed", "run": self._run})

    def _listen(self) -> None:
        following = self._flows.following
        fold: Fold | None = None
        while not self._stopped.is_set():
            # Before reading: what is written while it is read is looked for again.
            self._stirred.clear()
            entries = following.entries(self._run, after=self._after, limit=_ENTRIES)
            if not entries:
                self._stirred.wait(_GLANCE)
                continue
            fold = fold or Fold(lambda: following.read(self._run))
            events = [event_view(each, fold.take(each), self._below) for each in entries]
            self._after = entries[-1].seq
            if not self._stopped.is_set():
                self._told(events)
            self._stopped.wait(_PAUSE)

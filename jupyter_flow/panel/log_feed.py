"""The log of an attempt, told from a thread as it grows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from jupyter_flow.app.flows import Flows
from jupyter_flow.app.logs import part_of
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.wire.api import LogEvent

log = logging.getLogger(__name__)

_GLANCE = 0.3
_BYTES = 2**17


class LogFeed:
    """Tells *told* of what an attempt's log holds, and of what comes, until it is stopped."""

    def __init__(
        self,
        flows: Flows,
        run: RunId,
        key: TaskKey,
        number: int,
        *,
        told: Callable[[LogEvent], None],
    ) -> None:
        self._flows, self._run, self._key, self._number = flows, run, key, number
        self._told = told
        self._stopped = threading.Event()
        self._path = flows.files.path_of(flows.run(run), key, attempt=number, what="log")
        self._thread = threading.Thread(target=self._go, name=f"log {run} {key}", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tell no more."""
        self._stopped.set()

    def _go(self) -> None:
        start, over = 0, False
        try:
            while not over and not self._stopped.is_set():
                start, over = self._part(start)
        except Exception:  # the thread's boundary
            log.exception("a log stopped", extra={"action": "view_failed", "run": self._run})

    def _part(self, start: int) -> tuple[int, bool]:
        # Asked before reading: what is written in between is then still read.
        ended = self._is_over()
        text, following, size = part_of(self._path, start, _BYTES, is_over=ended)
        over = ended and following >= size
        if text or over or not start:
            event = LogEvent(
                run=self._run,
                task=self._key.task,
                index=self._key.index,
                number=self._number,
                start=start,
                next=following,
                text=text,
                is_over=over,
            )
            self._told(event)
        if not text and not over:
            self._stopped.wait(_GLANCE)
        return following, over

    def _is_over(self) -> bool:
        run = self._flows.run(self._run)
        task_run = run.task_runs.get(self._key)
        attempts = () if task_run is None else task_run.attempts
        ended = any(each.number == self._number and each.outcome is not None for each in attempts)
        return ended or task_run is None or self._flows.services.is_left(run.id, run.state)

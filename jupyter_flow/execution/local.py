"""The executor that makes attempts on this machine, each in a thread of its own.

papermill is synchronous, and waiting for a kernel costs a thread nothing. How many attempts run at
once is not decided here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.executor import Assignment, Report
from jupyter_flow.ports.kernels import KernelLauncher

from .attempt import RunningAttempt, Settings
from .document import wall_clock
from .kernels import StartedKernels
from .leftovers import end_leftovers
from .outputs import Bounds
from .preparing import environment_naming
from .stopping import Graces

log = logging.getLogger(__name__)

_Key = tuple[RunId, TaskKey, int]


class LocalExecutor:
    """Makes attempts on this machine. An `Executor`.

    *now* dates what is written (a `Clock`'s, or the system's); *home* is told to the notebooks
    (``JUPYTER_FLOW_HOME``). *launcher* gives the kernels, started ones unless said otherwise; it
    is closed with the executor. *graces* say how long each kind of push may take, *bounds* and
    *log_limit* how much output is kept, *start_timeout* how many seconds a kernel may take to boot.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = wall_clock,
        home: Path | None = None,
        launcher: KernelLauncher | None = None,
        graces: Graces | None = None,
        bounds: Bounds | None = None,
        log_limit: int = 16 * 2**20,
        start_timeout: float = 60.0,
    ) -> None:
        self._now = now
        self._launcher = launcher or StartedKernels()
        self._settings = Settings(
            graces=graces or Graces(),
            bounds=bounds or Bounds(),
            log_limit=log_limit,
            start_timeout=start_timeout,
            home=None if home is None else str(home.absolute()),
        )
        self._lock = threading.Lock()
        self._running: dict[_Key, tuple[RunningAttempt, threading.Thread]] = {}

    def start(self, assignment: Assignment, report: Report) -> None:
        attempt = RunningAttempt(
            assignment,
            report,
            launcher=self._launcher,
            settings=self._settings,
            now=self._now,
        )
        key = (assignment.run, assignment.key, assignment.number)
        name = f"{assignment.flow}.{assignment.key}#{assignment.number}"
        # a daemon, for a process that ends must not wait: the wardens see to the kernels then
        thread = threading.Thread(target=self._make, args=(key, attempt), name=name, daemon=True)
        with self._lock:
            self._running[key] = attempt, thread
        thread.start()

    def _make(self, key: _Key, attempt: RunningAttempt) -> None:
        try:
            attempt.make()
        finally:
            with self._lock:
                if self._running[key][0] is attempt:  # its number may be in use again by now
                    del self._running[key]

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        with self._lock:
            found = self._running.get((run, key, number))
        if found is not None:
            found[0].stop()

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        ended = end_leftovers(environment_naming(run, key, number))
        if ended:
            log.warning(
                "ended what another process left running",
                extra={"action": "leftovers_ended", "run": run, "task": str(key), "count": ended},
            )

    def close(self) -> None:
        while True:
            with self._lock:
                running = list(self._running.values())
            if not running:
                break
            for attempt, _ in running:
                attempt.stop()
            for _, thread in running:
                thread.join()
        self._launcher.close()

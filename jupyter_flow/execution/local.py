"""The executor that makes attempts on this machine, each in a thread of its own.

papermill is synchronous, and waiting for a kernel costs a thread nothing. How many attempts run at
once is not decided here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.executor import Assignment, Prospect, Report
from jupyter_flow.ports.kernels import KernelLauncher

from .ahead import Ahead, AttemptKey
from .kept import SHORT_OF_MEMORY, KeptKernels
from .leftovers import end_leftovers
from .loading import load
from .routes import KernelRoutes
from .stopping import Graces

if TYPE_CHECKING:  # what attempts are made with is long to load, and loaded for the first of them
    from .attempt import RunningAttempt, Settings
    from .outputs import Bounds

log = logging.getLogger(__name__)


class LocalExecutor:
    """Makes attempts on this machine. An `Executor`.

    *now* dates what is written (a `Clock`'s, or the system's); *home* is told to the notebooks
    (``JUPYTER_FLOW_HOME``). *launcher* gives the kernels, forked or started as it fits unless said
    otherwise; it is closed with the executor. *graces* say how long each kind of push may take,
    *bounds* and *log_limit* how much output is kept, *start_timeout* how many seconds a kernel may
    take to boot. *kept* says how many kernels are kept where a task wants that, and how long.
    *artifacts* keeps the files that are handed on; those of more than *load_limit* bytes arrive
    unloaded.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        home: Path | None = None,
        launcher: KernelLauncher | None = None,
        graces: Graces | None = None,
        bounds: Bounds | None = None,
        log_limit: int = 16 * 2**20,
        start_timeout: float = 60.0,
        kept: KeptKernels | None = None,
        artifacts: ArtifactStore | None = None,
        load_limit: int | None = None,
    ) -> None:
        self._now = now
        self._launcher = launcher or KernelRoutes()
        self._ahead = Ahead(self._launcher)
        self._graces, self._bounds = graces or Graces(), bounds
        self._log_limit, self._start_timeout = log_limit, start_timeout
        self._home = None if home is None else str(home.absolute())
        self._kept = kept or KeptKernels()
        self._artifacts, self._load_limit = artifacts, load_limit
        self._lock = threading.Lock()
        self._running: dict[AttemptKey, tuple[RunningAttempt, threading.Thread]] = {}
        self._is_closed = False

    @cached_property
    def _settings(self) -> Settings:
        from .attempt import LOAD_LIMIT, Settings
        from .outputs import Bounds

        return Settings(
            graces=self._graces,
            bounds=self._bounds or Bounds(),
            log_limit=self._log_limit,
            start_timeout=self._start_timeout,
            home=self._home,
            artifacts=self._artifacts,
            load_limit=LOAD_LIMIT if self._load_limit is None else self._load_limit,
        )

    @property
    def cluster(self) -> str:
        return ""

    def get_ready(self) -> None:
        self._launcher.get_ready()

    def foresee(self, prospects: Sequence[Prospect]) -> None:
        look = threading.Thread(
            target=self._look_ahead, args=(prospects,), name="look ahead", daemon=True
        )
        look.start()

    def _look_ahead(self, prospects: Sequence[Prospect]) -> None:
        """Read the notebooks; those that are being attempted by then have said what they want."""
        load()
        from .requests import foreseen

        found = []
        for each in prospects:
            if self._is_closed:
                return
            found.append((each, foreseen(each, home=self._home)))
        with self._lock:
            begun = {(run, key.task) for run, key, _ in self._running}
        wanted = [
            (each, request)
            for each, request in found
            if request is not None and (each.run, each.key.task) not in begun
        ]
        self._launcher.foresee(request for _, request in wanted)
        certain = [pair for pair in wanted if pair[0].is_certain]
        self._ahead.foresee(((each.run, each.key, each.number), it) for each, it in certain)
        self._start_ahead()

    def forget(self, run: RunId) -> None:
        self._ahead.forget(run)

    def _start_ahead(self) -> None:
        """A kernel boots while a core has nothing to do."""
        with self._lock:
            busy = len(self._running)
        if not self._is_closed:
            self._ahead.start(busy=busy)

    def start(self, assignment: Assignment, report: Report) -> None:
        load()
        from .attempt import RunningAttempt
        from .document import wall_clock

        attempt = RunningAttempt(
            assignment,
            report,
            launcher=self._launcher,
            settings=self._settings,
            kept=self._kept,
            now=self._now or wall_clock,
            launched=self._start_ahead,
        )
        key = (assignment.run, assignment.key, assignment.number)
        name = f"{assignment.flow}.{assignment.key}#{assignment.number}"
        # a daemon, for a process that ends must not wait: the wardens see to the kernels then
        thread = threading.Thread(target=self._make, args=(key, attempt), name=name, daemon=True)
        self._ahead.begun(key)
        with self._lock:
            self._running[key] = attempt, thread
        thread.start()

    def _make(self, key: AttemptKey, attempt: RunningAttempt) -> None:
        try:
            attempt.make()
        finally:
            with self._lock:
                found = self._running.get(key)
                # Its number may be in use again by now, or have been.
                if found is not None and found[0] is attempt:
                    del self._running[key]
        attempt.stay()

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        with self._lock:
            found = self._running.get((run, key, number))
        if found is not None:
            found[0].stop()

    def take_up(self, assignment: Assignment, report: Report) -> bool:  # noqa: ARG002
        """Never: no attempt of it outlives its process."""
        return False

    def let_go(self, run: RunId, key: TaskKey, number: int) -> bool:  # noqa: ARG002
        """Never: no attempt of it outlives its process."""
        return False

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        from .preparing import environment_naming

        ended = end_leftovers(environment_naming(run, key, number))
        if ended:
            log.warning(
                "ended what another process left running",
                extra={"action": "leftovers_ended", "run": run, "task": str(key), "count": ended},
            )

    @property
    def kept(self) -> int:
        return self._kept.count

    def make_room(self) -> None:
        self._launcher.forget_ahead()
        self._kept.let_go_of_oldest(SHORT_OF_MEMORY)

    def close(self) -> None:
        self._is_closed = True
        self._kept.close()
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

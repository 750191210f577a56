"""Which kernel may boot ahead of its attempt, while a core has nothing else to do.

It holds what was foreseen, in the order of the flow, and picks the next. That at most one kernel
waits, and for how long, is the launcher's business.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.kernels import KernelLauncher, KernelRequest

AttemptKey = tuple[RunId, TaskKey, int]


class Ahead:
    """The kernels that will most likely be wanted next; for any number of threads."""

    def __init__(self, launcher: KernelLauncher) -> None:
        self._launcher = launcher
        self._lock = threading.Lock()
        self._requests: dict[AttemptKey, KernelRequest] = {}
        # Reading what is foreseen takes a while: some may have begun by then.
        self._begun: set[AttemptKey] = set()
        self._last: AttemptKey | None = None

    def foresee(self, requests: Iterable[tuple[AttemptKey, KernelRequest]]) -> None:
        """These will be wanted, in this order."""
        with self._lock:
            new = {key: request for key, request in requests if key not in self._begun}
            self._requests.update(new)

    def begun(self, key: AttemptKey) -> None:
        """That one has what it wants."""
        with self._lock:
            self._begun.add(key)
            self._requests.pop(key, None)

    def forget(self, run: RunId) -> None:
        """Nothing more of *run* will be wanted."""
        with self._lock:
            for key in [each for each in self._requests if each[0] == run]:
                del self._requests[key]
            self._begun = {each for each in self._begun if each[0] != run}
            is_ours = self._last is not None and self._last[0] == run
            self._last = None if is_ours else self._last
        if is_ours:
            self._launcher.forget_ahead()

    def start(self, *, busy: int) -> None:
        """Let the next one boot, unless *busy* attempts keep all cores at work."""
        if busy >= cores():
            return
        with self._lock:
            found = next(iter(self._requests.items()), None)
        if found is not None and self._launcher.start_ahead(found[1]):
            with self._lock:
                self._last = found[0]
                # If it is not taken, it was not the next one: it does not stand in the way.
                self._requests.pop(found[0], None)


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1

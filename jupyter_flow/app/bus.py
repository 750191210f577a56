"""A nudge within the process: something was written about a run. Broadcasts nothing else.

The journal is the truth; who was nudged reads it from where they were. A nudge that is missed
costs a moment, never an entry.
"""

from __future__ import annotations

import threading

from jupyter_flow.ports.runs import Entry


class Bus:
    """Wakes the threads that follow runs."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._latest: dict[str, int] = {}

    def publish(self, entry: Entry) -> None:
        with self._changed:
            self._latest[entry.run] = entry.seq
            self._changed.notify_all()

    def wait(self, run: str, after: int, timeout: float) -> None:
        """Return when the run has entries after *after*, or when *timeout* seconds have passed.

        Entries written by other processes are not seen here: that is what the timeout is for.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._latest.get(run, 0) > after, timeout)

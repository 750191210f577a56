"""The attempts that occupy this worker, by name: who is asked about one finds it here.

One is here from before it is begun until its end is on its way, whatever takes long meanwhile: its
files are unpacked, libraries are loaded, what it wrote is read. So no stop comes too early to be
heeded. Talks to no cluster.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_flow.ports.executor import Assignment, Executor, Report


class Making:
    """An attempt that this worker makes, or is about to. Any thread may call."""

    def __init__(self, name: str) -> None:
        self.name = name
        #: What it is made from, once it is.
        self.assignment: Assignment | None = None
        self._executor: Executor | None = None
        self._is_stopped = False
        self._lock = threading.Lock()

    def start(self, executor: Executor, assignment: Assignment, report: Report) -> bool:
        """Have it made by *executor*; False when it was stopped before."""
        with self._lock:
            if self._is_stopped:
                return False
            executor.start(assignment, report)
            self._executor, self.assignment = executor, assignment
            return True

    def stop(self) -> None:
        """End it, or see to it that it is never started."""
        with self._lock:
            self._is_stopped = True
            if self._executor is not None and self.assignment is not None:
                given = self.assignment
                self._executor.stop(given.run, given.key, given.number)


_made_here: list[Making] = []
_lock = threading.Lock()


@contextmanager
def making(name: str) -> Iterator[Making]:
    """The attempt of that name, which is found for as long as the block lasts."""
    one = Making(name)
    with _lock:
        _made_here.append(one)
    try:
        yield one
    finally:
        with _lock:
            _made_here.remove(one)


def made_here(name: str) -> list[Making]:
    """Those with that name: none, or one; two when Dask gives it to the worker that has it."""
    with _lock:
        return [each for each in _made_here if each.name == name]

"""The slots of this process, shared by all the runs that it drives.

A lock and a way to tell each run around `core.admission.Admission`, which holds the rules of who
goes first, and a guard that starts nothing while memory is short. Knows nothing of tasks but
that they want slots.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission

Granted = Callable[[TaskKey], None]


class Slots:
    """Gives slots to task runs, the most urgent first, never more than there are.

    *has_memory* is asked before a slot is given while others are in use; when it says no, the
    next slot is given only after one came back (or `look_again` finds memory).
    """

    def __init__(self, admission: Admission, *, has_memory: Callable[[], bool]) -> None:
        self._admission = admission
        self._has_memory = has_memory
        self._lock = threading.Lock()
        self._in_use = 0
        self._granted: dict[RunId, Granted] = {}

    @property
    def in_use(self) -> int:
        """How many slots are given out."""
        with self._lock:
            return self._in_use

    def join(self, run: RunId, granted: Granted, *, max_active_tasks: int | None) -> None:
        """Take part: *granted* is called, from any thread, for each slot that *run* gets.

        It must return at once, and ask nothing of the slots.
        """
        with self._lock:
            self._granted[run] = granted
            self._admission.limit(run, max_active_tasks)

    def leave(self, run: RunId) -> None:
        """Take no part any more. All its slots must have been given back."""
        with self._lock:
            self._admission.forget(run)
            del self._granted[run]

    def offer(self, run: RunId, wanted: list[Enqueue]) -> None:
        """*run* wants slots for these."""
        with self._lock:
            for each in wanted:
                self._admission.offer(run, each)
        self.look_again()

    def withdraw(self, run: RunId, key: TaskKey) -> None:
        """*key* does not want one any more."""
        with self._lock:
            self._admission.withdraw(run, key)

    def hold(self, run: RunId, wanted: Enqueue) -> None:
        """*wanted* was started by another process and goes on: its slots are in use."""
        with self._lock:
            self._in_use += 1
            self._admission.hold(run, wanted)

    def give_back(self, run: RunId, key: TaskKey) -> None:
        """*key* needs its slot no longer."""
        with self._lock:
            self._in_use -= 1
            self._admission.release(run, key)
        self.look_again()

    def look_again(self) -> None:
        """Give out what can be given now."""
        # All of it under the lock: a grant that is on its way when its run leaves would be lost.
        with self._lock:
            while self._in_use == 0 or self._has_memory():
                taken = self._admission.take(limit=1)
                if not taken:
                    break
                self._in_use += 1
                for run, wanted in taken:
                    self._granted[run](wanted.key)

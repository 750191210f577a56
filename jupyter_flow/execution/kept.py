"""Kernels that outlive their attempt, so that a person can look into what failed.

A kept kernel stays with the thread that made its attempt, which has reported the end and waits here
until the time is up, the kernel ends, or it has to go. What the kernel says meanwhile is for those
who talk to it by then, and is thrown away here. Holds up no run.
"""

from __future__ import annotations

import logging
import shlex
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.ports.kernels import Kernel

from .failures import Ending

TIME_IS_UP = "its time is up"
CROWDED = "others took its place"
SUCCEEDED = "the task succeeded since"
SHORT_OF_MEMORY = "memory is short"
LEAVING = "the process that held it ends"
ENDED = "it ended by itself, or was shut down"

#: After these a kernel still has its variables as they were when the cell failed.
_WORTH_IT = (Cause.CELL_ERROR, Cause.CELL_TIMEOUT, Cause.INPUT_REQUESTED)
#: The longest that is waited for at once, in seconds; sockets cannot wait for months.
_LONGEST = 3600.0


def address_beside(executed: Path) -> Path:
    """Where the connection file of a kept kernel is while it lives."""
    return executed.with_suffix(".kernel.json")


@dataclass(slots=True, kw_only=True, eq=False)
class Held:
    """A kernel that is kept, in the hands of the thread that launched it."""

    kernel: Kernel
    assignment: Assignment
    thread: threading.Thread = field(default_factory=threading.current_thread)
    reason: str = ""

    @property
    def address(self) -> Path:
        return address_beside(self.assignment.executed)

    def let_go(self, reason: str) -> None:
        """From any thread: it has to go."""
        self.reason = self.reason or reason
        self.kernel.wake()

    def wait(self, seconds: float) -> str:
        """Until it has to go, at most so many *seconds*; why."""
        limit = time.monotonic() + seconds
        while not self.reason:
            left = limit - time.monotonic()
            if left <= 0:
                return TIME_IS_UP
            self.kernel.receive(min(left, _LONGEST))
            if self.kernel.exit is not None:
                return ENDED
        return self.reason


class KeptKernels:
    """The kernels that one executor keeps: *most* at once, each for so many *seconds*."""

    def __init__(self, *, most: int = 2, seconds: float = 1800.0) -> None:
        self._most = most
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: list[Held] = []
        self._is_closed = False

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._held)

    def keep(self, kernel: Kernel, assignment: Assignment, ending: Ending) -> Held | None:
        """Take *kernel*, of the calling thread, if it is to be kept; the oldest makes room for it.

        It counts from now on. Whoever gets it calls `hold`.
        """
        is_worth_it = ending.failure is not None and ending.failure.cause in _WORTH_IT
        if not (assignment.keep_kernel and is_worth_it) or self._most < 1:
            return None
        held = Held(kernel=kernel, assignment=assignment)
        if not _is_told(held):
            return None
        with self._lock:
            if self._is_closed:
                held.address.unlink()
                return None
            self._held.append(held)
            for each in self._held[: -self._most]:
                each.let_go(CROWDED)
        return held

    def how_to_attach(self, held: Held) -> str:
        """What to tell people about it."""
        file = shlex.quote(str(held.address))
        minutes = self._seconds / 60
        return f"its kernel is kept for {minutes:g} min:  jupyter console --existing {file}"

    def hold(self, held: Held, put_away: Callable[[Kernel], None]) -> str:
        """Wait until it has to go, and *put_away*; why. In the thread that it is of."""
        try:
            why = held.wait(self._seconds)
            held.address.unlink(missing_ok=True)
            put_away(held.kernel)
        finally:
            with self._lock:
                self._held.remove(held)
        return why

    def let_go_of(self, run: RunId, key: TaskKey, reason: str) -> None:
        """Let go of the kernels of that task."""
        with self._lock:
            for each in self._held:
                if (each.assignment.run, each.assignment.key) == (run, key):
                    each.let_go(reason)

    def let_go_of_oldest(self, reason: str) -> None:
        """Let go of one that does not go already."""
        with self._lock:
            staying = (each for each in self._held if not each.reason)
            if (oldest := next(staying, None)) is not None:
                oldest.let_go(reason)

    def close(self) -> None:
        """Let go of all, wait until they are closed, and keep none any more."""
        with self._lock:
            self._is_closed = True
            held = list(self._held)
            for each in held:
                each.let_go(LEAVING)
        for each in held:
            each.thread.join()


def _is_told(held: Held) -> bool:
    """Whether others can have its address. A full disk must not change how the attempt ended."""
    try:
        return held.kernel.tell_address(held.address)
    except OSError:
        logging.getLogger(__name__).exception("a kernel cannot be kept")
        return False

"""When an attempt must stop, and how hard to push: interrupt, then terminate, then kill.

The one place that knows the limits of the attempt and of its cell, and requests to stop. Takes
the time as an argument and touches no kernel; whoever has one does what `due` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jupyter_flow.core.run import Cause


class Push(Enum):
    """What to do to the kernel now."""

    INTERRUPT = "interrupt"
    TERMINATE = "terminate"
    KILL = "kill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graces:
    """How long, in seconds, each kind of push is given to work.

    ``shutdown`` is what a kernel may take to end by itself once its notebook is done.
    """

    interrupt: float = 5.0
    terminate: float = 2.0
    shutdown: float = 2.5


#: Between two cells kernels ignore interrupts. So many seconds it may take until one says that it
#: runs the next.
_DEAF = 1.0


class Stopping:
    """The limits of one attempt. Only `request` may be called from another thread."""

    def __init__(
        self, *, graces: Graces, timeout: float | None = None, cell_timeout: float | None = None
    ) -> None:
        self.graces = graces
        self.timeout = timeout
        self.cell_timeout = cell_timeout
        #: Why it stops; None while it does not. The first reason stays.
        self.cause: Cause | None = None
        self._requested: Cause | None = None
        self._limit: float | None = None
        self._cell_limit: float | None = None
        self._pushes = [
            (Push.INTERRUPT, graces.interrupt),
            (Push.TERMINATE, graces.terminate),
            (Push.KILL, None),
        ]
        self._next: float | None = None
        self._deaf_until: float | None = None

    def begin(self, now: float) -> None:
        """The attempt begins."""
        self._limit = None if self.timeout is None else now + self.timeout

    def cell_began(self, now: float) -> None:
        self._cell_limit = None if self.cell_timeout is None else now + self.cell_timeout

        self._deaf_until = now + _DEAF

    def cell_runs(self) -> None:
        """The kernel has said that it runs the cell: from now on it hears an interrupt."""
        self._deaf_until = None

    def cell_ended(self) -> None:
        self._cell_limit = self._deaf_until = None

    def request(self, cause: Cause) -> None:
        """Somebody wants it to stop. Wake the one who waits for the kernel after this."""
        self._requested = self._requested or cause

    def is_stopping(self, now: float) -> bool:
        """Whether there is a reason to stop, and from now on there is."""
        if self.cause is None:
            if self._requested is not None:
                self.cause = self._requested
            elif self._limit is not None and now >= self._limit:
                self.cause = Cause.TIMEOUT
            elif self._cell_limit is not None and now >= self._cell_limit:
                self.cause = Cause.CELL_TIMEOUT
        return self.cause is not None

    def due(self, now: float) -> Push | None:
        """The push whose time has come, each once, in order."""
        if not self.is_stopping(now) or not self._pushes:
            return None
        if self._next is not None and now < self._next:
            return None
        push, grace = self._pushes[0]
        if push is Push.INTERRUPT and self._deaf_until is not None and now < self._deaf_until:
            return None
        del self._pushes[0]
        self._next = None if grace is None else now + grace
        return push

    def wait(self, now: float) -> float | None:
        """For how many seconds `due` will have nothing to say. None: until something is asked."""
        if self.cause is not None:
            moments = [self._deaf_until if self._next is None else self._next]
        elif self._requested is not None:
            moments = [now]
        else:
            moments = [self._limit, self._cell_limit]
        known = [each for each in moments if each is not None]
        return max(0.0, min(known) - now) if known else None

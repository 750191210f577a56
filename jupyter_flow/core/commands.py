"""Commands: what the machine asks the shell to do. Doing them is told back as events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .events import Event
from .ids import TaskKey
from .options import Cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """*key* may run: start its next attempt when a slot is free, the highest rank first.

    ``rank`` is (priority, tasks on the longest path to a leaf); ``pool`` is None for the default.
    ``cache`` says whether a result of an earlier run may do: then it needs no slot (`Restored`).
    """

    key: TaskKey
    rank: tuple[int, int]
    pool: str | None
    slots: int
    cache: Cache = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dequeue:
    """*key* waits for a slot no longer."""

    key: TaskKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End the running attempt *number* of *key*: interrupt, terminate, kill."""

    key: TaskKey
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """Tell *event* to the machine at the moment *at*."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTask:
    """The same task in the run before: it must have succeeded or been skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFlow:
    """A run of the flow *flow* that succeeded, for the same logical time.

    With *within*, also for one that is less than so much earlier.
    """

    flow: str
    within: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Await:
    """Look out for *what* every so often and tell `WaitEnded` about *key*; after *until* it fails.

    Given again for a key, it takes the place of what was given before.
    """

    key: TaskKey
    what: PastTask | OtherFlow
    every: timedelta
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Nothing is to be looked out for about *key* any more."""

    key: TaskKey


Command = Enqueue | Dequeue | Stop | Wake | Await | Forget


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A task run (or, with no key, the run) came into a state. What readers of the journal fold."""

    key: TaskKey | None
    state: str
    attempt: int = 0
    reason: str = ""

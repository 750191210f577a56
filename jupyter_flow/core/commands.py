"""Commands: what the machine asks the shell to do. Doing them is told back as events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .events import Event
from .ids import TaskKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """*key* may run: start its next attempt when a slot is free, the highest rank first.

    ``rank`` is (priority, tasks on the longest path to a leaf); ``pool`` is None for the default.
    """

    key: TaskKey
    rank: tuple[int, int]
    pool: str | None
    slots: int


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


Command = Enqueue | Dequeue | Stop | Wake


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A task run (or, with no key, the run) came into a state. What readers of the journal fold."""

    key: TaskKey | None
    state: str
    attempt: int = 0
    reason: str = ""

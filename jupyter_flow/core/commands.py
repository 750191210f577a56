"""Commands: what the machine asks the shell to do. Doing them is told back as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

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
class Moment:
    """The moment *at*: nothing has to be looked at for it."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """At least one file that fits *pattern*, a glob: a path from *folder*, or a URL.

    All that fit must have kept their size for as long as *stable*.
    """

    pattern: str
    folder: str = ""
    stable: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A good answer from *url*, which is below the URL of *connection* when there is one.

    Good is a status of 200 to 299, or one of *expect_status* (``404``, ``"4xx"``), and JSON that
    has what *expect_json* has, unless that is None.
    """

    url: str = field(repr=False)
    method: str = "GET"
    connection: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    expect_status: tuple[int | str, ...] = ()
    expect_json: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A first row of *sql* whose first value is true, or with *any_row* just a row.

    The path of a database that is a file starts from *folder*.
    """

    sql: str
    connection: str
    folder: str = ""
    bind: Mapping[str, Any] = field(default_factory=dict, repr=False)
    any_row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The word of a person, who is asked *question*: nobody can look for it."""

    question: str


#: What is seen outside of the store: somebody must go and look.
Sighted = Files | Answer | Query
#: All that a task can wait for.
Awaited = PastTask | OtherFlow | Moment | Files | Answer | Query | Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Await:
    """Look out for *what* every so often and tell `WaitEnded` about *key*; after *until* it fails.

    Each pause is *backoff* times the one before, and never longer than *longest*. Given again for
    a key, it takes the place of what was given before.
    """

    key: TaskKey
    what: Awaited
    every: timedelta
    until: datetime | None = None
    backoff: float = 1.0
    longest: timedelta | None = None


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

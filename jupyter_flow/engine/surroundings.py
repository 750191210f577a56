"""What all drivers of a process share: the parts, and how long they may be silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.cache import Cache, NoCache
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.executor import Executor
from jupyter_flow.ports.lookout import Lookout
from jupyter_flow.ports.runs import Entry, RunStore

from .assignments import Assignments
from .slots import Slots

#: How long a run belongs to a driver that says nothing.
LEASE = timedelta(seconds=15)
#: The lease is renewed, and requests are looked for without a nudge, so often within its length.
BEATS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every driver of a process shares.

    *published* is called, from the driver's thread, after each entry has been written, and
    *updated* after one by which something was updated that flows may wait for. *lease* is how long
    a run belongs to a driver that says nothing. *new_id* gives an id to a run that is made now, and
    *see_to* has a run driven, and its requests looked for, unless somebody does.
    """

    store: RunStore
    executor: Executor
    lookout: Lookout
    slots: Slots
    clock: Clock
    assignments: Assignments
    cache: Cache = field(default_factory=NoCache)
    lease: timedelta = LEASE
    published: Callable[[Entry], None] = field(default=lambda _entry: None)
    new_id: Callable[[datetime], RunId] = field(
        default=lambda now: RunId(f"{now:%Y%m%d-%H%M%S-%f}")
    )
    updated: Callable[[], None] = field(default=lambda: None)
    see_to: Callable[[RunId], None] = field(default=lambda _run: None)

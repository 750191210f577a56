"""Runs that nobody executes: their facts are told by hand, or by a simulation without chance.

All is written as drivers write it, under a lease, and told to those who watch; so pages show such
a run like any other.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.owner import this_process
from jupyter_flow.app.settings import Settings
from jupyter_flow.app.watchers import Watchers
from jupyter_flow.app.wiring import open_stores
from jupyter_flow.core.commands import Enqueue, Wake
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    Event,
    RunStarted,
)
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine import Step, step
from jupyter_flow.core.run import Interval, Run
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.runs import Entry
from jupyter_flow.testing.samples import failure_of, target_of

CLOCK = SystemClock()
_LEASE = timedelta(hours=1)


class Script:
    """A run of *flow* in the project at *root* whose facts are told with `tell`."""

    def __init__(self, root: Path, flow: Flow, name: str, *, at: datetime, **params: Any) -> None:
        settings = Settings.read(root, {})
        settings.home.mkdir(exist_ok=True)
        self._stores = open_stores(settings)
        self._watchers = Watchers(settings.home)
        target = target_of(str(root / "task.ipynb"))
        plan = Plan(
            flow=flow,
            targets=dict.fromkeys([each.name for each in flow.tasks], target),
            origin=f"{root / flow.name}.ipynb::{flow.name}",
        )
        self.run = Run.of(
            id=RunId(name),
            plan=plan,
            params=params,
            logical_date=at,
            interval=Interval(start=at, end=at),
            created_at=at,
        )
        self._seq, self._cells = 0, 5
        now, owner = CLOCK.now(), this_process()
        self._stores.runs.create(self.run, owner=owner, now=now, duration=_LEASE)
        lease = self._stores.runs.lease(self.run.id, owner, now=now, duration=_LEASE)
        assert lease is not None
        self._lease = lease

    def tell(self, event: Event, at: datetime | None = None) -> tuple[Step, Entry]:
        """It happened (now, unless *at* is given): write what follows, and nudge who watches."""
        now = at or CLOCK.now()
        done = step(self.run, event, now=now)
        entry = self._stores.runs.record(
            self._lease,
            done.run,
            event,
            changed=done.changed,
            removed=done.removed,
            moves=done.moves,
            after=self._seq,
            now=now,
        )
        self.run, self._seq = done.run, entry.seq
        self._watchers.tell(self.run.id)
        return done, entry

    def play(
        self, *, slots: int = 3, fails: Collection[str] = (), until: timedelta | None = None
    ) -> None:
        """Carry the run on, to its end or for so long, in a time of its own."""
        began, numbers = self.run.created_at, count()
        ahead: list[tuple[datetime, int, Callable[[], Event]]] = []
        waiting: list[TaskKey] = []

        def plan(at: datetime, make: Callable[[], Event]) -> None:
            heapq.heappush(ahead, (at, next(numbers), make))

        plan(began, RunStarted)
        running = 0
        while ahead:
            at, _, make = heapq.heappop(ahead)
            if until is not None and at - began > until:
                return
            event = make()
            running -= isinstance(event, AttemptEnded)
            done, _ = self.tell(event, at)
            for command in done.commands:
                if isinstance(command, Enqueue):
                    waiting.append(command.key)
                elif isinstance(command, Wake):
                    plan(command.at, lambda event=command.event: event)  # type: ignore[misc]
            while waiting and running < slots:
                running += 1
                self._begin(waiting.pop(0), at, plan, fails)

    def _begin(
        self, key: TaskKey, at: datetime, plan: Callable[..., None], fails: Collection[str]
    ) -> None:
        done, _ = self.tell(AttemptStarted(key=key), at)
        number = done.run.task_runs[key].attempts[-1].number
        span = timedelta(seconds=4 + crc32(f"{key}".encode()) % 50)
        cells = self._cells
        half = AttemptProgressed(key=key, number=number, cell=3, cells=cells)
        plan(at + span / 2, lambda: half)
        failed = str(key) in fails or key.task in fails
        ended = AttemptEnded(
            key=key,
            number=number,
            outcome=Outcome.FAILED if failed else Outcome.SUCCEEDED,
            failure=failure_of() if failed else None,
            values={} if failed else {"rows": crc32(key.task.encode()) % 1000},
            cpu=span.total_seconds() * 0.8,
            memory=180 * 2**20,
        )
        plan(at + span, lambda: ended)

    def close(self) -> None:
        """Leave the run to nobody."""
        self._stores.close()

"""What the tasks of a run wait for, and how it is seen whether it has come.

Looks into the store and nowhere else; when to look there is the driver's. What has to be looked
for elsewhere the `Lookout` looks for, in its own time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from jupyter_flow.core.commands import (
    Answer,
    Await,
    Files,
    Moment,
    OtherFlow,
    PastTask,
    Query,
    Sighted,
    Word,
)
from jupyter_flow.core.events import WaitEnded, WaitNoted
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState, Signal, TaskState
from jupyter_flow.ports.lookout import Lookout, Sight
from jupyter_flow.ports.runs import RunStore, RunSummary

#: How many runs of another flow are looked through for one that is near enough.
_RECENT = 200


class Waits:
    """The waits of one run."""

    def __init__(self, store: RunStore, lookout: Lookout) -> None:
        self._store = store
        self._lookout = lookout
        self._current: dict[TaskKey, Await] = {}
        self._watches: dict[TaskKey, Callable[[], None]] = {}

    def add(self, wait: Await, tell: Callable[[Sight], None]) -> None:
        """From now on its key waits for this; *tell* hears of what others see."""
        self.forget(wait.key)
        self._current[wait.key] = wait
        if not self.is_seen_here(wait):
            self._watches[wait.key] = self._lookout.watch(wait, tell)

    def forget(self, key: TaskKey) -> None:
        """It waits no longer."""
        self._current.pop(key, None)
        end = self._watches.pop(key, None)
        if end is not None:
            end()

    def end(self) -> None:
        """Nothing waits any longer, as far as this process goes."""
        for key in list(self._current):
            self.forget(key)

    def is_current(self, wait: Await) -> bool:
        return self._current.get(wait.key) is wait

    def is_seen_here(self, wait: Await) -> bool:
        """Whether `look` can see it."""
        return not isinstance(wait.what, Sighted)

    def seen_here(self) -> list[Await]:
        """Everything that is waited for and can be seen from here."""
        return [wait for wait in self._current.values() if self.is_seen_here(wait)]

    def look(self, run: Run, wait: Await, *, now: datetime) -> WaitEnded | None:
        """What has come of *wait*; None when it goes on."""
        match wait.what:
            case PastTask():
                return self._past(run, wait.key)
            case OtherFlow():
                found = self._other(run, wait.what)
                if found is not None:
                    values = {"run": found.id}
                    return WaitEnded(key=wait.key, signal=Signal.SUCCEED, values=values)
                is_over = wait.until is not None and now >= wait.until
                return WaitEnded(key=wait.key, signal=Signal.FAIL) if is_over else None
            case Moment(at=at):
                if now < at:
                    return None
                moment = {"at": at.isoformat()}
                return WaitEnded(key=wait.key, signal=Signal.SUCCEED, values=moment)
            case Word():
                is_over = wait.until is not None and now >= wait.until
                return WaitEnded(key=wait.key, signal=Signal.FAIL) if is_over else None
            case Files() | Answer() | Query():
                return None  # the lookout tells
            case _:
                assert_never(wait.what)

    def _past(self, run: Run, key: TaskKey) -> WaitEnded | None:
        before = self._store.before(run.id)
        if before is not None and key.task in before.plan.flow:
            states = {each.state for each in before.runs_of(key.task)}
            if not all(state.is_good or state is TaskState.SKIPPED for state in states):
                return None
        return WaitEnded(key=key, signal=Signal.RELEASE)

    def _other(self, run: Run, other: OtherFlow) -> RunSummary | None:
        if not other.within:
            found = self._store.at(other.flow, None, [run.logical_date])
            return next((each for each in found if each.state is RunState.SUCCEEDED), None)
        recent = self._store.summaries(flow=other.flow, states=[RunState.SUCCEEDED], limit=_RECENT)
        earliest = run.logical_date - other.within
        near = [each for each in recent if earliest < each.logical_date <= run.logical_date]
        return max(near, key=lambda each: each.logical_date, default=None)


def told(wait: Await, sight: Sight) -> WaitEnded | WaitNoted:
    """What the machine is told of a *sight*."""
    if sight.is_there:
        return WaitEnded(key=wait.key, signal=Signal.SUCCEED, values=sight.values)
    if sight.is_hopeless:
        return WaitEnded(key=wait.key, signal=Signal.FAIL, reason=sight.seen)
    if sight.is_last:
        return WaitEnded(key=wait.key, signal=Signal.FAIL, seen=sight.seen)
    return WaitNoted(key=wait.key, seen=sight.seen)

"""What the tasks of a run wait for, and how it is seen whether it has come.

Looks into the store and nowhere else; when to look is the driver's.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from jupyter_flow.core.commands import Await, OtherFlow, PastTask
from jupyter_flow.core.events import WaitEnded
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState, Signal, TaskState
from jupyter_flow.ports.runs import RunStore, RunSummary

#: How many runs of another flow are looked through for one that is near enough.
_RECENT = 200


class Waits:
    """The waits of one run."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._current: dict[TaskKey, Await] = {}

    def add(self, wait: Await) -> None:
        """From now on its key waits for this."""
        self._current[wait.key] = wait

    def forget(self, key: TaskKey) -> None:
        """It waits no longer."""
        self._current.pop(key, None)

    def is_current(self, wait: Await) -> bool:
        return self._current.get(wait.key) is wait

    def all(self) -> list[Await]:
        """Everything that is waited for."""
        return list(self._current.values())

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

"""Runs in memory: the reference that says what a store means, and the one for fast tests.

Like a database it believes only what it is told: a task run that is not among ``changed`` stays
as it was, whatever the given run says. Nothing survives its process.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from rpds import HashTrieMap

from jupyter_flow.core.commands import Move
from jupyter_flow.core.events import ClearRequested, Event, RepairRequested, Request
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Entry, Lease, Pending, RunSummary

from .refusals import answered_already, lease_lost, no_such_run, run_exists


@dataclass(slots=True)
class _Kept:
    """One run. ``run`` has its own columns right; its task runs are in ``task_runs``."""

    run: Run
    plan: Plan
    task_runs: HashTrieMap[TaskKey, TaskRun]
    entries: list[Entry] = field(default_factory=list)
    requests: dict[int, Request] = field(default_factory=dict)
    owner: str | None = None
    token: int = 0
    leased_until: datetime | None = None

    def is_held_by(self, lease: Lease) -> bool:
        return (self.owner, self.token) == (lease.owner, lease.token)


class MemoryRunStore:
    """`jupyter_flow.ports.runs.RunStore` in memory, for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._runs: dict[RunId, _Kept] = {}
        self._numbers = count(1)

    # -- runs ----------------------------------------------------------------------------------

    def create(self, run: Run) -> None:
        """Keep a new run. Raises ConflictError if its id is taken."""
        with self._lock:
            if run.id in self._runs:
                raise run_exists(run.id)
            self._runs[run.id] = _Kept(run, run.plan, run.task_runs)

    def load(self, run: RunId) -> Run:
        """The run as the last recorded entry left it."""
        with self._lock:
            kept = self._kept(run)
            last, plan, task_runs = kept.run, kept.plan, kept.task_runs
        return Run.of(
            id=last.id,
            plan=plan,
            state=last.state,
            params=last.params,
            logical_date=last.logical_date,
            interval=last.interval,
            created_at=last.created_at,
            started_at=last.started_at,
            ended_at=last.ended_at,
            reason=last.reason,
            task_runs=task_runs.values(),
        )

    def summaries(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        prefix: str = "",
        limit: int = 50,
    ) -> list[RunSummary]:
        """The newest runs first, and how many of their task runs are in each state."""
        with self._lock:
            wanted = [
                kept
                for kept in self._runs.values()
                if (flow is None or kept.run.flow_name == flow)
                and (not states or kept.run.state in states)
                and kept.run.id.startswith(prefix)
            ]
            wanted.sort(key=lambda kept: (kept.run.created_at, kept.run.id), reverse=True)
            return [_summary(kept) for kept in wanted[:limit]]

    # -- leases --------------------------------------------------------------------------------

    def lease(self, run: RunId, owner: str, *, now: datetime, duration: timedelta) -> Lease | None:
        """Take the run for *owner*, or None while another owner's lease lasts."""
        with self._lock:
            kept = self._kept(run)
            if kept.owner != owner:
                if kept.leased_until is not None and kept.leased_until > now:
                    return None
                kept.owner, kept.token = owner, kept.token + 1
            kept.leased_until = now + duration
            return Lease(run=run, owner=owner, token=kept.token)

    def holder(self, run: RunId, *, now: datetime) -> Lease | None:
        """The lease that lasts at *now*, or None when nobody holds the run."""
        with self._lock:
            kept = self._kept(run)
            if kept.owner is None or kept.leased_until is None or kept.leased_until <= now:
                return None
            return Lease(run=run, owner=kept.owner, token=kept.token)

    def renew(self, lease: Lease, *, now: datetime, duration: timedelta) -> None:
        """Make *lease* last until ``now + duration``. Raises LeaseLostError if it is another's."""
        with self._lock:
            self._held(lease).leased_until = now + duration

    def release(self, lease: Lease) -> None:
        """Give the run back. Nothing happens if another owner has it by now."""
        with self._lock:
            kept = self._kept(lease.run)
            if kept.is_held_by(lease):
                kept.owner = kept.leased_until = None

    # -- the journal ---------------------------------------------------------------------------

    def record(
        self,
        lease: Lease,
        run: Run,
        event: Event,
        *,
        changed: Sequence[TaskRun],
        removed: Sequence[TaskKey] = (),
        moves: Sequence[Move],
        answers: int | None = None,
        now: datetime,
    ) -> Entry:
        """Write the fact, the states after it and the journal's entry, all or nothing."""
        with self._lock:
            kept = self._held(lease)
            if answers is not None:
                if answers not in kept.requests:
                    raise answered_already(lease, answers)
                del kept.requests[answers]
            if isinstance(event, RepairRequested | ClearRequested) and event.targets:
                kept.plan = run.plan
            for key in removed:
                kept.task_runs = kept.task_runs.discard(key)
            for each in changed:
                kept.task_runs = kept.task_runs.insert(each.key, each)
            kept.run = run
            seq = len(kept.entries) + 1
            entry = Entry(run=lease.run, seq=seq, at=now, event=event, moves=tuple(moves))
            kept.entries.append(entry)
            return entry

    def journal(self, run: RunId, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The entries with ``seq`` greater than *after*, oldest first."""
        with self._lock:
            return self._kept(run).entries[max(after, 0) :][:limit]

    # -- requests ------------------------------------------------------------------------------

    def ask(self, run: RunId, request: Request, *, now: datetime) -> None:  # noqa: ARG002
        """Leave a request for whoever drives the run."""
        with self._lock:
            self._kept(run).requests[next(self._numbers)] = request

    def requests(self, run: RunId) -> list[Pending]:
        """The requests that nobody has answered yet, oldest first."""
        with self._lock:
            kept = self._kept(run).requests.items()
            return [Pending(id=number, request=request) for number, request in kept]

    def dismiss(self, lease: Lease, pending: int) -> None:
        """Take away a request that cannot be granted. Raises LeaseLostError like `record`."""
        with self._lock:
            self._held(lease).requests.pop(pending, None)

    def close(self) -> None:
        """There is nothing to free: what it holds goes with it."""

    # -- within --------------------------------------------------------------------------------

    def _kept(self, run: RunId) -> _Kept:
        try:
            return self._runs[run]
        except KeyError:
            raise no_such_run(run) from None

    def _held(self, lease: Lease) -> _Kept:
        kept = self._kept(lease.run)
        if not kept.is_held_by(lease):
            raise lease_lost(lease)
        return kept


def _summary(kept: _Kept) -> RunSummary:
    run = kept.run
    tasks = Counter(each.state for each in kept.task_runs.values())
    return RunSummary(
        id=run.id,
        flow=run.flow_name,
        origin=run.plan.origin,
        state=run.state,
        logical_date=run.logical_date,
        created_at=run.created_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        reason=run.reason,
        tasks={state.value: tasks[state] for state in TaskState if state in tasks},
    )

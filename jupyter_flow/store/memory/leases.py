"""Leases in memory: who drives a run, and when there is room for another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Lease, Waiting
from jupyter_flow.store.asking import is_to_stop

from .part import MemoryPart
from .shelf import KeptRun

_BUSY = {TaskState.QUEUED, TaskState.RUNNING, TaskState.RETRYING}


class MemoryLeases(MemoryPart):
    """Taking, renewing and giving back leases."""

    def lease(self, run: RunId, owner: str, *, now: datetime, duration: timedelta) -> Lease | None:
        """Take the run for *owner*, or None while another's lease lasts or it is crowded out."""
        with self._shelf.lock:
            kept = self._shelf.run(run)
            if kept.owner != owner and kept.is_leased(now):
                return None
            if self._is_crowded(kept, now):
                return None
            if kept.owner != owner or kept.token == 0:
                kept.owner, kept.token = owner, kept.token + 1
            kept.leased_until = now + duration
            return Lease(run=run, owner=owner, token=kept.token)

    def is_crowded(self, run: RunId, *, now: datetime) -> bool:
        """Whether the run must wait for others of its flow or its backfill to end."""
        with self._shelf.lock:
            return self._is_crowded(self._shelf.run(run), now)

    def waiting(self, *, now: datetime, limit: int = 50) -> list[Waiting]:
        """The runs that want a driver, in the order in which they are to be taken up."""
        with self._shelf.lock:
            wanting = [
                (self._is_crowded(kept, now), kept.run.state is RunState.QUEUED, kept.age, kept)
                for kept in self._shelf.runs.values()
                if (kept.requests or not kept.run.state.is_final) and not kept.is_leased(now)
            ]
        return [
            Waiting(
                run=kept.run.id,
                flow=kept.run.flow_name,
                state=kept.run.state,
                is_crowded=is_crowded,
            )
            for is_crowded, _, _, kept in sorted(wanting, key=lambda each: each[:3])[:limit]
        ]

    def holder(self, run: RunId, *, now: datetime) -> Lease | None:
        """The lease that lasts at *now*, or None when nobody holds the run."""
        with self._shelf.lock:
            kept = self._shelf.run(run)
            if kept.owner is None or not kept.is_leased(now):
                return None
            return Lease(run=run, owner=kept.owner, token=kept.token)

    def holders(self, runs: Sequence[RunId], *, now: datetime) -> dict[RunId, Lease]:
        """The leases that last at *now*, of those of *runs* that somebody holds."""
        with self._shelf.lock:
            known = [run for run in runs if run in self._shelf.runs]
            found = {run: self.holder(run, now=now) for run in known}
        return {run: lease for run, lease in found.items() if lease is not None}

    def renew(self, lease: Lease, *, now: datetime, duration: timedelta) -> None:
        """Make *lease* last until ``now + duration``. Raises LeaseLostError if it is another's."""
        with self._shelf.lock:
            self._shelf.held(lease).leased_until = now + duration

    def release(self, lease: Lease) -> None:
        """Give the run back. Nothing happens if another owner has it by now."""
        with self._shelf.lock:
            kept = self._shelf.run(lease.run)
            if kept.is_held_by(lease):
                kept.owner = kept.leased_until = None

    def _is_crowded(self, kept: KeptRun, now: datetime) -> bool:
        # What is to be stopped must not wait for room: it makes some.
        if kept.is_active(now) or any(is_to_stop(each) for each in kept.requests.values()):
            return False
        runs = self._shelf.runs.values()
        active = [each for each in runs if each.is_active(now) and not _is_behind(each, kept)]
        most = kept.plan.flow.options.max_active_runs
        if most is not None and sum(_is_of_flow(each, kept) for each in active) >= most:
            return True
        wanted = kept.fired
        if wanted is None or wanted.most is None or not wanted.backfill:
            return False
        beside = [each for each in active if each.fired and each.fired.backfill == wanted.backfill]
        return len(beside) >= wanted.most


def _is_behind(one: KeptRun, other: KeptRun) -> bool:
    """Whether *one* is later and does nothing but wait: it may be *other* that it waits for."""
    states = {each.state for each in one.run.task_runs.values()}
    only_waits = TaskState.WAITING in states and not states & _BUSY
    return only_waits and one.run.logical_date > other.run.logical_date


def _is_of_flow(one: KeptRun, other: KeptRun) -> bool:
    return one.run.flow_name == other.run.flow_name and one.plan.origin == other.plan.origin

"""Journals and requests in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.commands import Move
from jupyter_flow.core.datasets import Update
from jupyter_flow.core.events import ClearRequested, Event, RepairRequested, Request
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.ports.runs import Entry, Lease, Pending
from jupyter_flow.store.refusals import answered_already, journal_went_on

from .part import MemoryPart


class MemoryJournals(MemoryPart):
    """Recording and reading; asking and answering."""

    def record(
        self,
        lease: Lease,
        run: Run,
        event: Event,
        *,
        changed: Sequence[TaskRun],
        removed: Sequence[TaskKey] = (),
        moves: Sequence[Move],
        after: int,
        answers: int | None = None,
        alerts: Sequence[Alert] = (),
        updates: Sequence[Update] = (),
        now: datetime,
    ) -> Entry:
        """Write the fact, the states after it, the journal's entry and the alerts, or nothing."""
        with self._shelf.lock:
            kept = self._shelf.held(lease)
            if after != len(kept.entries):
                raise journal_went_on(lease, after)
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
            if run.state.is_final:
                # What has ended is not late any more, even when it is opened again.
                kept.late_at = None
            self._shelf.tell(alerts, now=now)
            self._shelf.update(updates)
            entry = Entry(run=lease.run, seq=after + 1, at=now, event=event, moves=tuple(moves))
            kept.entries.append(entry)
            return entry

    def last_entry(self, run: RunId) -> int:
        """The ``seq`` of the journal's last entry; 0 when there is none."""
        with self._shelf.lock:
            return len(self._shelf.run(run).entries)

    def journal(self, run: RunId, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The entries with ``seq`` greater than *after*, oldest first."""
        with self._shelf.lock:
            return self._shelf.run(run).entries[max(after, 0) :][:limit]

    def ask(self, run: RunId, request: Request, *, now: datetime) -> None:  # noqa: ARG002
        """Leave a request for whoever drives the run."""
        with self._shelf.lock:
            self._shelf.run(run).requests[next(self._shelf.numbers)] = request

    def requests(self, run: RunId) -> list[Pending]:
        """The requests that nobody has answered yet, oldest first."""
        with self._shelf.lock:
            kept = self._shelf.run(run).requests.items()
            return [Pending(id=number, request=request) for number, request in kept]

    def dismiss(self, lease: Lease, pending: int) -> None:
        """Take away a request that cannot be granted. Raises LeaseLostError like `record`."""
        with self._shelf.lock:
            self._shelf.held(lease).requests.pop(pending, None)

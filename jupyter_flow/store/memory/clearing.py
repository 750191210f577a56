"""Clearing away in memory: what has ended, and what is still needed."""

from __future__ import annotations

from datetime import datetime

from jupyter_flow.core.artifacts import artifacts_in
from jupyter_flow.core.events import ClearRequested, RepairRequested
from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.runs import Cursor, Ended
from jupyter_flow.store import refusals

from .part import MemoryPart
from .shelf import KeptAlert, KeptRun


class MemoryClearing(MemoryPart):
    """Finding what may go, and letting it go."""

    def ended(self, *, older_than: Cursor | None = None, limit: int = 1000) -> list[Ended]:
        """The runs that have ended, the latest end first."""
        with self._shelf.lock:
            found = [
                Ended(
                    run=kept.run.id,
                    flow=kept.run.flow_name,
                    origin=kept.plan.origin,
                    ended_at=kept.run.ended_at,
                )
                for kept in self._shelf.runs.values()
                if kept.run.state.is_final and kept.run.ended_at is not None
            ]
        if older_than is not None:
            place = older_than.at, older_than.run
            found = [each for each in found if (each.ended_at, each.run) < place]
        return sorted(found, key=lambda each: (each.ended_at, each.run), reverse=True)[:limit]

    def delete(self, run: RunId, *, now: datetime) -> None:
        """Forget an ended run and all that is kept of it, unless somebody needs it."""
        with self._shelf.lock:
            why = self._why_needed(self._shelf.run(run), now)
            if why is not None:
                raise refusals.still_needed(run, why)
            del self._shelf.runs[run]
            about = [number for number, kept in self._shelf.alerts.items() if _is_about(kept, run)]
            for number in about:
                del self._shelf.alerts[number]
            self._shelf.updates = [each for each in self._shelf.updates if each.run != run]
            results = self._shelf.results
            for key in [key for key, each in results.items() if each.origin.run == run]:
                del results[key]

    def digests(self) -> set[str]:
        """The snapshots that some run, a request to one, or a pinned schedule is made from."""
        with self._shelf.lock:
            runs = list(self._shelf.runs.values())
            plans = [kept.plan for kept in runs]
            plans += [
                kept.schedule.plan
                for kept in self._shelf.schedules.values()
                if kept.schedule.plan is not None
            ]
            asked = [request for kept in runs for request in kept.requests.values()]
        whole = [each for plan in plans for each in plan.with_all_children()]
        targets = [target for plan in whole for target in plan.targets.values()]
        for request in asked:
            if isinstance(request, RepairRequested | ClearRequested):
                targets += request.targets.values()
        return {target.digest for target in targets}

    def artifacts(self) -> set[str]:
        """The files of all artifacts that task runs handed on or were given."""
        with self._shelf.lock:
            task_runs = [
                each for kept in self._shelf.runs.values() for each in kept.run.task_runs.values()
            ]
        values = [value for each in task_runs for value in (each.values, each.item)]
        values += [attempt.parameters for each in task_runs for attempt in each.attempts]
        return {ref.file for value in values for ref in artifacts_in(value)}

    def _why_needed(self, kept: KeptRun, now: datetime) -> str | None:
        if not kept.run.state.is_final:
            return refusals.HAS_NOT_ENDED
        if kept.is_leased(now):
            return refusals.IS_HELD
        if kept.requests:
            return refusals.IS_ASKED
        if any(
            _is_about(each, kept.run.id) and each.next_try_at is not None
            for each in self._shelf.alerts.values()
        ):
            return refusals.IS_TO_BE_TOLD
        if any(
            task_run.origin is not None and task_run.origin.run == kept.run.id
            for other in self._shelf.runs.values()
            if other is not kept
            for task_run in other.task_runs.values()
        ):
            return refusals.IS_RESTORED_FROM
        if kept.run.parent is not None and kept.run.parent.run in self._shelf.runs:
            return refusals.IS_PART_OF
        return None


def _is_about(kept: KeptAlert, run: RunId) -> bool:
    return kept.outgoing.alert.run == run

"""Runs in memory: making, reading and finding them. The other parts are beside this one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Fired, Run, TaskRun
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Cursor, Past, RunStates, RunSummary, TaskStates
from jupyter_flow.store.refusals import fire_time_taken, held_until

from .clearing import MemoryClearing
from .journals import MemoryJournals
from .leases import MemoryLeases
from .shelf import KeptRun


class MemoryRunStore(MemoryLeases, MemoryJournals, MemoryClearing):
    """`jupyter_flow.ports.runs.RunStore` in memory, for any number of threads."""

    def create(
        self,
        run: Run,
        *,
        owner: str | None = None,
        now: datetime | None = None,
        duration: timedelta | None = None,
    ) -> None:
        """Keep a new run. Raises ConflictError if its id or its fire time is taken."""
        until = None if owner is None else held_until(now, duration)
        with self._shelf.lock:
            kept = self._shelf.keep([run])
            if run.fired is not None and not kept:
                raise fire_time_taken(run.fired)
            made = self._shelf.run(run.id)
            made.owner, made.leased_until = owner, until

    def create_fired(self, runs: Sequence[Run]) -> list[RunId]:
        """Keep new runs in one stroke, but none for a fire time that has one; their ids."""
        with self._shelf.lock:
            return self._shelf.keep(runs)

    def load(self, run: RunId) -> Run:
        """The run as the last recorded entry left it."""
        return self.load_with_seq(run)[0]

    def load_with_seq(self, run: RunId) -> tuple[Run, int]:
        """The same, and that entry's ``seq``."""
        with self._shelf.lock:
            kept = self._shelf.run(run)
            last, plan, task_runs, fired = kept.run, kept.plan, kept.task_runs, kept.fired
            seq = len(kept.entries)
        loaded = Run.of(
            id=last.id,
            plan=plan,
            state=last.state,
            params=last.params,
            logical_date=last.logical_date,
            interval=last.interval,
            created_at=last.created_at,
            fired=fired,
            parent=last.parent,
            started_at=last.started_at,
            ended_at=last.ended_at,
            reason=last.reason,
            task_runs=task_runs.values(),
        )
        return loaded, seq

    def summaries(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        backfill: str | None = None,
        older_than: Cursor | None = None,
        limit: int = 50,
    ) -> list[RunSummary]:
        """The newest runs first, and how many of their task runs are in each state."""
        with self._shelf.lock:
            wanted = [
                kept
                for kept in self._shelf.runs.values()
                if (flow is None or kept.run.flow_name == flow)
                and (not states or kept.run.state in states)
                and (backfill is None or (kept.fired and kept.fired.backfill == backfill))
                and (older_than is None or kept.age < (older_than.at, older_than.run))
            ]
            wanted.sort(key=lambda kept: kept.age, reverse=True)
            return [_summary(kept) for kept in wanted[:limit]]

    def summary(self, run: RunId) -> RunSummary:
        """That run, as lists have it."""
        with self._shelf.lock:
            return _summary(self._shelf.run(run))

    def named(self, prefix: str, *, limit: int = 50) -> list[RunId]:
        """The ids that begin with *prefix*, the greatest first."""
        with self._shelf.lock:
            found = [run for run in self._shelf.runs if run.startswith(prefix)]
        return sorted(found, reverse=True)[:limit]

    def past(
        self, flow: str, task: str, *, older_than: Cursor | None = None, limit: int = 50
    ) -> list[Past]:
        """What *task* came to in the newest runs of *flow*."""
        with self._shelf.lock:
            found = self.summaries(flow=flow, older_than=older_than, limit=limit)
            return [Past(run=each, task_runs=self._of_task(each.id, task)) for each in found]

    def states(
        self, flow: str, *, older_than: Cursor | None = None, limit: int = 50
    ) -> list[RunStates]:
        """What all tasks came to in the newest runs of *flow*."""
        with self._shelf.lock:
            return [
                RunStates(run=each, tasks=_states(self._shelf.run(each.id)))
                for each in self.summaries(flow=flow, older_than=older_than, limit=limit)
            ]

    def _of_task(self, run: RunId, task: str) -> tuple[TaskRun, ...]:
        kept = self._shelf.run(run).task_runs
        keys = sorted(
            (each for each in kept if each.task == task),
            key=lambda each: -1 if each.index is None else each.index,
        )
        return tuple(kept[each] for each in keys)

    def before(self, run: RunId) -> Run | None:
        """The run of the same flow and origin with the latest logical time before this one's."""
        with self._shelf.lock:
            this = self._shelf.run(run)
            earlier = [
                kept
                for kept in self._shelf.runs.values()
                if _competes(kept, this) and kept.run.logical_date < this.run.logical_date
            ]
            if not earlier:
                return None
            latest = max(earlier, key=lambda kept: (kept.run.logical_date, kept.age))
            return self.load(latest.run.id)

    def at(self, flow: str, origin: str | None, moments: Sequence[datetime]) -> list[RunSummary]:
        """The newest run of *flow* for each of these logical times, by their time."""
        found: dict[datetime, KeptRun] = {}
        with self._shelf.lock:
            for kept in sorted(self._shelf.runs.values(), key=lambda kept: kept.age):
                is_of_flow = kept.run.flow_name == flow and origin in (None, kept.plan.origin)
                if is_of_flow and kept.run.logical_date in moments:
                    found[kept.run.logical_date] = kept
            return [_summary(found[moment]) for moment in sorted(found)]

    def adopt(self, run: RunId, fired: Fired) -> None:
        """Let a backfill want a run that is there already."""
        with self._shelf.lock:
            kept = self._shelf.run(run)
            is_for = kept.fired and (kept.fired.series, kept.fired.at)
            if is_for != (fired.series, fired.at) and self._shelf.has_run_for(fired):
                raise fire_time_taken(fired)
            kept.fired = fired

    def close(self) -> None:
        """There is nothing to free: what it holds goes with it."""


def _competes(one: KeptRun, other: KeptRun) -> bool:
    flows = (one.run.flow_name, one.plan.origin), (other.run.flow_name, other.plan.origin)
    return flows[0] == flows[1]


def _states(kept: KeptRun) -> tuple[TaskStates, ...]:
    found: dict[str, list[TaskRun]] = {}
    for key, task_run in kept.task_runs.items():
        found.setdefault(key.task, []).append(task_run)
    return tuple(
        TaskStates(
            task=task,
            states=Counter(each.state for each in task_runs),
            is_mapped=any(each.key.index is not None for each in task_runs),
            attempts=sum(len(each.attempts) for each in task_runs),
        )
        for task, task_runs in sorted(found.items())
    )


def _summary(kept: KeptRun) -> RunSummary:
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
        fired=kept.fired,
        parent=run.parent,
    )

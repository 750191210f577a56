"""A run: one execution of a flow. Frozen values; `jupyter_flow.core.machine` makes the next one.

`Run` keeps its task runs in a persistent map, so a changed copy shares all that did not change:
a step costs what it changes, not what there is. Beside them it keeps counts: how the upstreams
of each task have ended (`Tally`), and how much is not yet decided, live or still being stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rpds import HashTrieMap

from .attempt import Attempt, Cause, Failure
from .flow import Plan
from .ids import RunId, TaskKey
from .states import RunState, TaskState
from .tally import Tally, counts_alike
from .task_run import TaskRun

__all__ = ["Attempt", "Cause", "Failure", "Fired", "Interval", "Run", "Tally", "TaskRun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The span of time a run is about; both ends are the fire time for a plain cron."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """The fire time that a run was made for, by a schedule or a backfill.

    No two runs of a series are made for the same one. ``series`` is the name of the schedule;
    ``backfill`` the id of the backfill that wants the run, if one does, and ``most`` how many of
    its runs may be active at once. A run that was made because datasets were updated is made for
    the updates after ``after`` up to ``upto``, by their ids.
    """

    series: str
    at: datetime
    backfill: str = ""
    most: int | None = None
    after: int = 0
    upto: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The task of another run that a run is an attempt of."""

    run: RunId
    key: TaskKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a flow, with its parameters and its logical time.

    Make one with `Run.of`. ``started_at`` is when it was started, or opened again by a repair:
    its time limit is counted from there. ``fired`` is the moment that it was made for, None for one
    that a person started; ``parent`` the task that it was made by, if one did. ``widths`` has the
    number of instances of each mapped task whose list is known (those that were removed later
    included). ``live`` counts the task runs that are in no final state, ``idle`` those of them that
    are pending, ``undecided`` has the latter by task; ``open`` counts the attempts that have not
    ended.
    """

    id: RunId
    plan: Plan
    state: RunState = RunState.QUEUED
    params: Mapping[str, Any] = field(default_factory=dict)
    logical_date: datetime
    interval: Interval
    created_at: datetime
    fired: Fired | None = None
    parent: Parent | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    task_runs: HashTrieMap[TaskKey, TaskRun] = field(default_factory=HashTrieMap)
    widths: HashTrieMap[str, int] = field(default_factory=HashTrieMap)
    tallies: HashTrieMap[str, Tally] = field(default_factory=HashTrieMap)
    undecided: HashTrieMap[str, int] = field(default_factory=HashTrieMap)
    live: int = 0
    idle: int = 0
    open: int = 0

    @classmethod
    def of(cls, *, task_runs: Iterable[TaskRun] = (), **fields: Any) -> Run:
        """A run from its parts; without *task_runs*, one that has done nothing yet.

        Counts everything once, so it costs what there is: for planning and for loading only.
        """
        run = cls(**fields)
        given = tuple(task_runs) or tuple(
            TaskRun(key=TaskKey(task.name)) for task in run.plan.flow.tasks
        )
        widths: dict[str, int] = {}
        for key in (each.key for each in given):
            if key.index is not None:
                widths[key.task] = max(widths.get(key.task, 0), key.index + 1)
        pending = Counter(each.key.task for each in given if each.state is TaskState.PENDING)
        return replace(
            run,
            task_runs=HashTrieMap({each.key: each for each in given}),
            widths=HashTrieMap(widths),
            tallies=HashTrieMap(_tallies(run.plan, given)),
            undecided=HashTrieMap(dict(pending)),
            live=sum(not each.state.is_final for each in given),
            idle=pending.total(),
            open=sum(each.is_open for each in given),
        )

    @property
    def flow_name(self) -> str:
        return self.plan.flow.name

    @property
    def is_stuck(self) -> bool:
        """Nothing runs, nothing is about to, and yet something is not decided."""
        return self.live > 0 and self.live == self.idle and not self.open

    def keys_of(self, task: str) -> Iterator[TaskKey]:
        """The keys of *task*: its instances once it is mapped, else the task itself."""
        width = self.widths.get(task)
        if width is None:
            yield TaskKey(task)
        else:
            yield from (TaskKey(task, index) for index in range(width))

    def runs_of(self, task: str) -> Iterator[TaskRun]:
        return (self.task_runs[key] for key in self.keys_of(task))

    def in_order(self) -> Iterator[TaskRun]:
        """All task runs, upstream first. Costs what there is."""
        return (each for task in self.plan.flow.graph.order for each in self.runs_of(task))

    def with_task_run(self, after: TaskRun) -> Run:
        """The run in which *after* has taken the place of the task run of the same key."""
        before = self.task_runs.get(after.key)
        task_runs = self.task_runs.insert(after.key, after)
        if before is not None and before.state is after.state and before.is_open == after.is_open:
            return replace(self, task_runs=task_runs)
        return replace(self, task_runs=task_runs, **self._counts(before, [after]))

    def with_instances(self, instances: Sequence[TaskRun]) -> Run:
        """The run in which a task is mapped to *instances*, or to these beside those it has.

        They are all of one task and new; the task run that stood for them gives way.
        """
        task = instances[0].key.task
        gone = self.task_runs.get(TaskKey(task))
        task_runs = self.task_runs if gone is None else self.task_runs.remove(gone.key)
        for each in instances:
            task_runs = task_runs.insert(each.key, each)
        return replace(
            self,
            task_runs=task_runs,
            widths=self.widths.insert(task, self.widths.get(task, 0) + len(instances)),
            **self._counts(gone, instances),
        )

    def _counts(self, before: TaskRun | None, after: Sequence[TaskRun]) -> dict[str, Any]:
        """The counts when *after*, all of one task and in one state, come for *before*."""
        task, new, more = after[0].key.task, after[0].state, len(after)
        old = None if before is None else before.state
        tallies = self.tallies
        if more > 1 or not counts_alike(old, new):
            for down in self.plan.flow.graph.downstream[task]:
                counted = tallies[down].plus(old, -1).plus(new, more)
                tallies = tallies.insert(down, counted)
        idle = more * (new is TaskState.PENDING) - (old is TaskState.PENDING)
        live = more * (not new.is_final) - (old is not None and not old.is_final)
        opened = sum(each.is_open for each in after) - (before is not None and before.is_open)
        return {
            "tallies": tallies,
            "undecided": _plus(self.undecided, task, idle) if idle else self.undecided,
            "live": self.live + live,
            "idle": self.idle + idle,
            "open": self.open + opened,
        }


def _tallies(plan: Plan, task_runs: Iterable[TaskRun]) -> dict[str, Tally]:
    graph = plan.flow.graph
    counted: dict[str, Counter[TaskState]] = {name: Counter() for name in graph.order}
    ended = Counter((each.key.task, each.state) for each in task_runs)
    for (task, state), number in ended.items():
        for down in graph.downstream[task]:
            counted[down][state] += number
    return {name: Tally.of(states) for name, states in counted.items()}


def _plus(counts: HashTrieMap[str, int], task: str, by: int) -> HashTrieMap[str, int]:
    number = counts.get(task, 0) + by
    return counts.insert(task, number) if number else counts.remove(task)

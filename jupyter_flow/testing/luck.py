"""A run carried to its end with nothing but the machine: no notebook, store, executor or clock.

What becomes of each attempt is given (a `Fate`), time jumps to the next moment that anybody waits
for, and every attempt that may start does so at once. Use it to try trigger rules, retries and
repairs, and to show what a flow would do::

    run = rehearse(run_of(flow), {"train": Outcome.FAILED})
    assert run.task_runs[TaskKey("report")].state is TaskState.SUCCEEDED
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count, pairwise
from typing import Any

from jupyter_flow.core.commands import (
    Await,
    Dequeue,
    Enqueue,
    Forget,
    PastTask,
    Stop,
    Wake,
)
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptStarted,
    Event,
    RunStarted,
    WaitEnded,
)
from jupyter_flow.core.flow import Flow, Kind, Plan, Target, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine import Step, step
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.run import Failure, Interval, Run
from jupyter_flow.core.states import Outcome, Signal

_NONE = TaskOptions()

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of an attempt, or of a wait for another flow: in vain if not succeeded."""

    outcome: Outcome = Outcome.SUCCEEDED
    values: Mapping[str, Any] = field(default_factory=dict)
    failure: Failure | None = None


#: Tells the fate of attempt number so and so (the second argument) of a task run; 0 for a wait.
Luck = Callable[[TaskKey, int], Fate]


def flow_of(*chains: str, tasks: Iterable[Task] = (), **options: TaskOptions) -> Flow:
    """A flow from chains such as ``"a > b > c"``; *tasks* and *options* say more of some."""
    given = {task.name: task for task in tasks}
    names = [[name.strip() for name in chain.split(">")] for chain in chains]
    edges = {pair for chain in names for pair in pairwise(chain)}
    every = dict.fromkeys([name for chain in names for name in chain] + list(given))
    made = (given.get(name) or Task(name=name, options=options.get(name, _NONE)) for name in every)
    return Flow(name="sketch", tasks=tuple(made), edges=frozenset(edges))


def plan_of(flow: Flow) -> Plan:
    """A plan of *flow* with a made-up notebook for each task, and the policies that it says."""
    return Plan(flow=flow, targets={task.name: _target_of(task, flow) for task in flow.tasks})


def _target_of(task: Task, flow: Flow) -> Target:
    policy = flow.policy(task)
    if task.kind in (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE):
        return Target(path="", digest="", folder="", policy=policy)
    return Target(path=f"{task.name}.ipynb", digest="0" * 64, folder=".", policy=policy)


def run_of(flow: Flow, *, params: Mapping[str, Any] | None = None, at: datetime = NOON) -> Run:
    """A run of *flow* that has done nothing yet."""
    defaults = {param.name: param.default for param in flow.params}
    return Run.of(
        id=RunId("run"),
        plan=plan_of(flow),
        params=defaults | dict(params or {}),
        logical_date=at,
        interval=Interval(start=at, end=at),
        created_at=at,
    )


class Rehearsal:
    """Carries one run along, as its driver would. Every step that was made is in ``steps``.

    ``queued`` are the task runs that want a slot, ``running`` the attempts under way (by task
    run), ``stopping`` those of them that were told to stop, ``waiting`` what is looked out for.
    ``facts`` are the events that the machine took, each with its moment.
    """

    def __init__(self, run: Run, *, now: datetime = NOON) -> None:
        self.run = run
        self.now = now
        self.queued: dict[TaskKey, Enqueue] = {}
        self.running: dict[TaskKey, int] = {}
        self.stopping: set[TaskKey] = set()
        self.waiting: dict[TaskKey, Await] = {}
        self.facts: list[tuple[Event, datetime]] = []
        self.steps: list[Step] = []
        self._wakes: list[tuple[datetime, int, Event]] = []
        self._order = count()

    def tell(self, event: Event) -> Step:
        """One event to the machine, and what it commands into the books."""
        made = step(self.run, event, now=self.now)
        self.run = made.run
        self.steps.append(made)
        self.facts.append((event, self.now))
        for command in made.commands:
            match command:
                case Enqueue(key=key):
                    self.queued[key] = command
                case Dequeue(key=key):
                    del self.queued[key]
                case Stop(key=key):
                    self.stopping.add(key)
                case Await(key=key):
                    self.waiting[key] = command
                case Forget(key=key):
                    del self.waiting[key]
                case Wake(at=at, event=later):
                    heapq.heappush(self._wakes, (at, next(self._order), later))
        return made

    def start(self, key: TaskKey) -> int:
        """*key* gets a slot: its next attempt begins. The number of the attempt."""
        del self.queued[key]
        self.tell(AttemptStarted(key=key))
        self.running[key] = self.run.task_runs[key].attempts[-1].number
        return self.running[key]

    def end(self, key: TaskKey, fate: Fate) -> Step:
        """The attempt of *key* that is under way meets its *fate*."""
        number = self.running.pop(key)
        self.stopping.discard(key)
        return self.tell(
            AttemptEnded(
                key=key,
                number=number,
                outcome=fate.outcome,
                values=fate.values,
                failure=fate.failure,
            )
        )

    def end_wait(self, key: TaskKey, fate: Fate) -> Step:
        """What *key* waits for comes to an end. Its turn after the run before always comes."""
        awaited = self.waiting.pop(key)
        if isinstance(awaited.what, PastTask):
            return self.tell(WaitEnded(key=key, signal=Signal.RELEASE))
        if fate.outcome is Outcome.SUCCEEDED:
            return self.tell(WaitEnded(key=key, signal=Signal.SUCCEED, values=fate.values))
        return self.tell(WaitEnded(key=key, signal=Signal.FAIL))

    @property
    def next_wake(self) -> datetime | None:
        """The next moment that the run waits for."""
        return self._wakes[0][0] if self._wakes else None

    def wake(self) -> Step:
        """Time passes until the next moment that the run waits for."""
        at, _, event = heapq.heappop(self._wakes)
        self.now = max(self.now, at)
        return self.tell(event)

    def forget(self, *, going_on: Collection[TaskKey] = ()) -> None:
        """The driver dies: everything is lost but what the run itself knows, and *going_on*."""
        self.queued, self.stopping = {}, self.stopping & set(going_on)
        self.running = {key: each for key, each in self.running.items() if key in going_on}
        self.waiting, self._wakes = {}, []

    def carry_on(self, luck: Luck) -> Run:
        """To the end of the run, everything that may start starting at once."""
        while not self.run.state.is_final:
            for key in list(self.queued):
                self.start(key)
            if self.running:
                for key, number in list(self.running.items()):
                    stopped = Fate(outcome=Outcome.CANCELLED)
                    self.end(key, stopped if key in self.stopping else luck(key, number))
            elif self.waiting:
                for key in list(self.waiting):
                    self.end_wait(key, luck(key, 0))
            elif not self.queued:
                self.wake()
        return self.run


def rehearse(
    run: Run, fates: Mapping[str, Outcome | Fate] | Luck | None = None, *, now: datetime = NOON
) -> Run:
    """*run* carried from its start to its end.

    *fates* are what becomes of each task (or instance: ``train[2]``), whatever the attempt;
    tasks that are not named succeed.
    """
    rehearsal = Rehearsal(run, now=now)
    rehearsal.tell(RunStarted())
    return rehearsal.carry_on(fates if callable(fates) else _luck(fates or {}))


def _luck(fates: Mapping[str, Outcome | Fate]) -> Luck:
    def luck(key: TaskKey, _: int) -> Fate:
        fate = fates.get(str(key), fates.get(key.task, Fate()))
        return fate if isinstance(fate, Fate) else Fate(outcome=fate)

    return luck


def recounted(run: Run) -> Run:
    """*run* with every count made anew from its task runs: must equal *run* at any moment."""
    whole = Run.of(
        task_runs=run.task_runs.values(),
        id=run.id,
        plan=run.plan,
        logical_date=run.logical_date,
        interval=run.interval,
        created_at=run.created_at,
    )
    return replace(
        run,
        widths=whole.widths,
        tallies=whole.tallies,
        undecided=whole.undecided,
        live=whole.live,
        idle=whole.idle,
        open=whole.open,
    )

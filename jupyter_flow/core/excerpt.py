"""One task of a flow as a run of its own: what another scheduler asks for, one attempt at a time.

The task keeps what it runs, its parameters, its condition and its limits of time. What the other
scheduler sees to by itself is taken away: rules, retries, pools, what it depends on. The tasks
whose values it uses are there as if they had ended long ago. Pure: it starts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .attempt import Attempt
from .expressions import Constant
from .flow import Flow, Plan, Role, Target, Task
from .ids import RunId, TaskKey
from .options import FlowOptions, KeepKernel, Policy, RetryPolicy, TaskOptions, TriggerRule
from .run import Interval, Run
from .states import Outcome, TaskState
from .task_run import TaskRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the other scheduler knows when an attempt begins.

    ``values`` has, for each task before it that succeeded, what that handed on; for a mapped one
    the list over its instances. ``attempt`` counts from 1. Of an instance of a mapped task,
    ``map_index`` is its number and ``item`` what it got from the list. Raises ValueError for a
    moment without an offset, and for numbers that there are not.
    """

    run: str
    logical_date: datetime
    interval_start: datetime
    interval_end: datetime
    params: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    map_index: int | None = None
    item: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("logical_date", "interval_start", "interval_end"):
            if getattr(self, name).tzinfo is None:
                raise ValueError(
                    f"{name} needs an offset from UTC, as in 2026-01-31T06:00:00+00:00"
                )
        if self.attempt < 1:
            raise ValueError("attempt counts from 1")
        if self.map_index is not None and self.map_index < 0:
            raise ValueError("map_index counts from 0; without one the task is not mapped")


def excerpt(
    plan: Plan, task: str, given: Given, *, params: Mapping[str, Any], now: datetime
) -> Run:
    """A run, not yet begun, in which *task* is all that is left to do.

    *params* are those of the flow, bound. *task* must be one of *plan*'s.
    """
    wanted = plan.flow[task]
    key = TaskKey(task, given.map_index)
    before = {name: _ended(plan.flow[name], given.values.get(name)) for name in wanted.uses()}
    return Run.of(
        id=RunId(given.run),
        plan=_cut(plan, wanted, is_instance=given.map_index is not None),
        params=params,
        logical_date=given.logical_date,
        interval=Interval(start=given.interval_start, end=given.interval_end),
        created_at=now,
        task_runs=[*(each for name in before for each in before[name]), *_own(key, given, now)],
    )


def _cut(plan: Plan, task: Task, *, is_instance: bool) -> Plan:
    """*plan* with nothing in it but *task*, and the names of the tasks that it uses."""
    flow = plan.flow
    alone = replace(
        task, role=Role.WORK, fails_run=False, expand={} if is_instance else task.expand
    )
    used = [_name_of(flow[name]) for name in sorted(task.uses())]
    target = plan.targets[task.name]
    return replace(
        plan,
        flow=Flow(
            name=flow.name,
            tasks=(*used, alone),
            params=flow.params,
            options=FlowOptions(tz=flow.options.tz),
            defaults=TaskOptions(),
        ),
        targets={
            **{each.name: Target(path="", digest="", folder="") for each in used},
            task.name: replace(target, policy=_by_itself(target.policy)),
        },
        children={name: each for name, each in plan.children.items() if name == task.name},
    )


def _name_of(task: Task) -> Task:
    """What is left of a task that has ended: its name, and whether its values are a list."""
    return Task(name=task.name, expand={"item": Constant([])} if task.is_mapped else {})


def _by_itself(policy: Policy) -> Policy:
    return replace(
        policy,
        trigger=TriggerRule.ALWAYS,
        retry=RetryPolicy(),
        keep_kernel=KeepKernel.NEVER,
        pool=None,
        slots=1,
        cache=False,
        notify=(),
        expected=None,
        depends_on_past=False,
        produces=(),
    )


def _ended(task: Task, values: Any) -> Iterator[TaskRun]:
    """The task runs of a task before: those that succeeded; one that was skipped if none did."""
    if task.is_mapped and isinstance(values, list) and values:
        for index, each in enumerate(values):
            yield _succeeded(TaskKey(task.name, index), each)
    elif isinstance(values, Mapping) and not task.is_mapped:
        yield _succeeded(TaskKey(task.name), values)
    else:
        yield TaskRun(key=TaskKey(task.name), state=TaskState.SKIPPED)


def _succeeded(key: TaskKey, values: Any) -> TaskRun:
    handed_on = dict(values) if isinstance(values, Mapping) else {}
    return TaskRun(key=key, state=TaskState.SUCCEEDED, values=handed_on)


def _own(key: TaskKey, given: Given, now: datetime) -> Iterator[TaskRun]:
    """The task run that is to do; attempts go on where the last one has left off."""
    for index in range(key.index or 0):
        yield TaskRun(key=TaskKey(key.task, index), state=TaskState.REMOVED)
    last = Attempt(number=given.attempt - 1, started_at=now, ended_at=now, outcome=Outcome.FAILED)
    yield TaskRun(key=key, item=given.item, attempts=(last,) if given.attempt > 1 else ())

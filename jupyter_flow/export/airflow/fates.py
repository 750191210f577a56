"""What becomes of each option and of each kind of task in Airflow: the one table of it.

An option that is carried means the same there. One that is changed, or left, is told to who
exports a flow that has it, and stands at the top of the file. None is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from jupyter_flow.core.flow import Flow, Kind, Plan, Task
from jupyter_flow.core.options import Catchup, FlowOptions, Overlap, Policy


class How(StrEnum):
    """How much of it arrives."""

    CARRIED = "carried"
    CHANGED = "changed"
    LEFT = "not carried"


@dataclass(frozen=True, slots=True)
class Fate:
    """``words`` say what it becomes, or what holds instead; they are told when ``matters``."""

    how: How
    words: str


@dataclass(frozen=True, slots=True)
class OfTask(Fate):
    """Of an option of tasks."""

    matters: Callable[[Policy], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class OfFlow(Fate):
    """Of an option of flows."""

    matters: Callable[[FlowOptions], bool] = lambda _: False


def _retries(policy: Policy) -> bool:
    return policy.retry.retries > 0


_BY_COMMAND = "seen to by the command"

TASK_FATES: Mapping[str, OfTask] = {
    "retries": OfTask(How.CARRIED, "retries"),
    "retry_delay": OfTask(How.CARRIED, "retry_delay"),
    "backoff": OfTask(
        How.CHANGED,
        "retry_exponential_backoff: Airflow adds up to as much again to each delay, by chance",
        lambda policy: _retries(policy) and policy.retry.backoff > 1,
    ),
    "max_retry_delay": OfTask(How.CARRIED, "max_retry_delay"),
    "jitter": OfTask(
        How.LEFT,
        "Airflow adds nothing to a delay that stays the same, and its own share to one that grows",
        lambda policy: _retries(policy) and policy.retry.jitter > 0,
    ),
    "retry_on": OfTask(How.CARRIED, _BY_COMMAND),
    "no_retry_on": OfTask(How.CARRIED, _BY_COMMAND),
    "timeout": OfTask(How.CARRIED, "execution_timeout, and seen to by the command"),
    "cell_timeout": OfTask(How.CARRIED, _BY_COMMAND),
    "trigger": OfTask(How.CARRIED, "trigger_rule"),
    "pool": OfTask(How.CARRIED, "pool"),
    "slots": OfTask(How.CARRIED, "pool_slots"),
    "priority": OfTask(
        How.CHANGED,
        "priority_weight: of equals, Airflow does not take those with the longest way to go first",
        lambda policy: policy.priority != 0,
    ),
    "kernel": OfTask(How.CARRIED, _BY_COMMAND),
    "env": OfTask(How.CARRIED, _BY_COMMAND),
    "cwd": OfTask(How.CARRIED, _BY_COMMAND),
    "cache": OfTask(How.LEFT, "every attempt is executed", lambda policy: policy.is_cached),
    "inputs": OfTask(How.LEFT, "nothing is cached", lambda policy: policy.inputs is not None),
    "keep_kernel": OfTask(
        How.LEFT,
        "a kernel ends with its attempt",
        lambda policy: policy.keep_kernel is not Policy().keep_kernel,
    ),
    "kernel_start": OfTask(How.CARRIED, _BY_COMMAND),
    "preload": OfTask(How.CARRIED, _BY_COMMAND),
    "notify": OfTask(
        How.LEFT,
        "nobody is told; give the DAG a notifier or a callback of Airflow's",
        lambda policy: bool(policy.notify),
    ),
    "on": OfTask(How.LEFT, "nobody is told", lambda policy: bool(policy.on)),
    "attach": OfTask(How.LEFT, "nothing is sent", lambda policy: policy.attach),
    "expected": OfTask(
        How.LEFT,
        "an attempt that is slow is not told of",
        lambda policy: policy.expected is not None,
    ),
    "depends_on_past": OfTask(How.CARRIED, "depends_on_past"),
    "produces": OfTask(How.CARRIED, "outlets"),
}


def _is_summer_time_about(options: FlowOptions) -> bool:
    return bool(options.schedule) and options.tz not in (None, "UTC", "Etc/UTC")


FLOW_FATES: Mapping[str, OfFlow] = {
    "max_active_tasks": OfFlow(How.CARRIED, "max_active_tasks"),
    "max_active_runs": OfFlow(How.CARRIED, "max_active_runs"),
    "run_timeout": OfFlow(
        How.CHANGED,
        "dagrun_timeout: what has not ended by then is skipped there, and not cancelled",
        lambda options: options.run_timeout is not None,
    ),
    "deadline": OfFlow(
        How.LEFT,
        "a run that is late is not told of; Airflow has deadline alerts",
        lambda options: options.deadline is not None,
    ),
    "schedule": OfFlow(How.CARRIED, "a CronTriggerTimetable"),
    "on_update": OfFlow(How.CARRIED, "a schedule of assets"),
    "tz": OfFlow(
        How.CHANGED,
        "the zone of the timetable: in the nights in which clocks change Airflow fires otherwise",
        _is_summer_time_about,
    ),
    "start": OfFlow(How.CARRIED, "start_date"),
    "end": OfFlow(How.CARRIED, "end_date"),
    "catchup": OfFlow(
        How.CHANGED,
        "Airflow makes up for the latest time that passed, unless for all, which needs a start",
        lambda options: (
            bool(options.schedule)
            and (
                options.catchup in (None, Catchup.NONE)
                or (options.catchup is Catchup.ALL and options.start is None)
            )
        ),
    ),
    "overlap": OfFlow(
        How.CHANGED,
        "Airflow makes no run while max_active_runs are active, and may make it later",
        lambda options: options.overlap is Overlap.SKIP,
    ),
}

KIND_FATES: Mapping[Kind, Fate] = {
    Kind.NOTEBOOK: Fate(How.CARRIED, "an attempt by the command"),
    Kind.PYTHON: Fate(How.CARRIED, "an attempt by the command"),
    Kind.SQL: Fate(How.CARRIED, "an attempt by the command"),
    Kind.HTTP: Fate(How.CARRIED, "an attempt by the command"),
    Kind.SHELL: Fate(How.CARRIED, "an attempt by the command"),
    Kind.EXPECT: Fate(How.CARRIED, "an attempt by the command"),
    Kind.WAIT_FOR: Fate(How.CHANGED, "it takes a slot of a worker while it waits"),
    Kind.APPROVE: Fate(
        How.CHANGED,
        "Airflow asks, and is answered there; jupyter_flow tells nobody and makes no links",
    ),
    Kind.FLOW: Fate(
        How.CHANGED,
        "the other flow runs within one task, by jupyter_flow; each attempt of it begins anew",
    ),
}


def remarks_on_options(plan: Plan) -> Iterator[str]:
    """What of the options of *plan* does not arrive as it is, and for which tasks."""
    for name, fate in FLOW_FATES.items():
        if fate.matters(plan.flow.options):
            yield f"{name}: {_told(fate)}"
    for option, each in TASK_FATES.items():
        tasks = [task.name for task in plan.flow.tasks if each.matters(plan.policy(task.name))]
        if tasks:
            yield f"{option} ({_named(plan.flow, tasks)}): {_told(each)}"


def remarks_on_kinds(plan: Plan) -> Iterator[str]:
    """What of the kinds of tasks in *plan* does not arrive as it is."""
    for kind, fate in KIND_FATES.items():
        tasks = [
            task.name for task in plan.flow.tasks if task.kind is kind and not _is_sensor(task)
        ]
        if tasks and fate.how is not How.CARRIED:
            yield f"{kind.value} ({', '.join(tasks)}): {fate.words}"


def _is_sensor(task: Task) -> bool:
    return task.kind is Kind.WAIT_FOR and "flow" in task.parameters


def _named(flow: Flow, tasks: list[str]) -> str:
    return "all tasks" if len(tasks) == len(flow.tasks) > 1 else ", ".join(tasks)


def _told(fate: Fate) -> str:
    return f"not carried; {fate.words}" if fate.how is How.LEFT else fate.words

"""Runs to try a store with: small, valid, and with everything in them that a store must keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.commands import Move
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptSlow,
    AttemptStarted,
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    Restored,
    RetryDue,
    RunAdopted,
    RunStarted,
    RunTimedOut,
    WaitEnded,
    WaitNoted,
)
from jupyter_flow.core.expressions import Compare, Constant, DictOf, Every, Not, ParamRef, ValueRef
from jupyter_flow.core.flow import Flow, FlowParameter, Plan, Target, Task
from jupyter_flow.core.ids import AttemptId, RunId, TaskKey
from jupyter_flow.core.options import (
    FlowOptions,
    Policy,
    RetryPolicy,
    TaskOptions,
    TriggerRule,
)
from jupyter_flow.core.run import Attempt, Cause, Failure, Fired, Interval, Run, TaskRun
from jupyter_flow.core.schedule import Schedule
from jupyter_flow.core.states import Outcome, Signal, TaskState
from jupyter_flow.core.timetable import Timetable

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

LOAD, TRAIN, REPORT = TaskKey("load"), TaskKey("train"), TaskKey("report")


def target_of(path: str = "/lab/train.ipynb", *, digest: str = "a" * 64) -> Target:
    """What a task of a sample runs."""
    policy = Policy(
        trigger=TriggerRule.NONE_FAILED,
        retry=RetryPolicy(retries=2, delay=timedelta(seconds=1.5), retry_on=("ValueError",)),
        timeout=timedelta(hours=1),
        env={"OMP_NUM_THREADS": "1"},
    )
    return Target(path=path, digest=digest, folder="/lab", kernel="python3", policy=policy)


def plan_of(name: str = "churn") -> Plan:
    """``load >> train.expand(…) >> report``, with parameters, conditions and options."""
    load = Task(name="load", notebook="load", parameters={"day": Constant("{{ ds }}")})
    train = Task(
        name="train",
        notebook="lib/train.ipynb",
        parameters={"n": ParamRef("n"), "grid": DictOf((("rows", ValueRef("load", "rows")),))},
        expand={"model": Constant(["logit", "forest"])},
        options=TaskOptions(retries=2, timeout=timedelta(minutes=20)),
    )
    good = Compare(ValueRef("load", "rows"), ">", Constant(0))
    report = Task(name="report", notebook="report", when=Every((good, Not(Constant(value=False)))))
    flow = Flow(
        name=name,
        tasks=(load, train, report),
        edges=frozenset({("load", "train"), ("train", "report")}),
        params=(FlowParameter(name="n", default=10),),
        options=FlowOptions(schedule="0 6 * * 1-5", tz="Europe/Berlin", start=NOON),
        defaults=TaskOptions(trigger=TriggerRule.ALL_DONE),
        description="Who leaves, and why – naïvely.",
    )
    targets = {task.name: target_of(f"/lab/{task.name}.ipynb") for task in flow.tasks}
    return Plan(flow=flow, targets=targets, origin=f"/lab/{name}.ipynb::{name}")


def limited_plan(most: int, name: str = "churn") -> Plan:
    """`plan_of`, of which only so many runs may be active at once."""
    plan = plan_of(name)
    options = replace(plan.flow.options, max_active_runs=most)
    return replace(plan, flow=replace(plan.flow, options=options))


def watched_plan(deadline: timedelta = MINUTE, name: str = "churn") -> Plan:
    """`plan_of`, where two people want to hear when a run has not ended by its deadline."""
    plan = plan_of(name)
    defaults = replace(
        plan.flow.defaults, notify=("mailto://ada", "mailto://bob"), on=("late", "failure")
    )
    options = replace(plan.flow.options, deadline=deadline)
    return replace(plan, flow=replace(plan.flow, options=options, defaults=defaults))


def fired_run(name: str, at: datetime = NOON, *, series: str = "daily", **fields: Any) -> Run:
    """A new run called *name*, which was made for the fire time *at* of *series*.

    ``backfill`` and ``most`` are `Fired`'s, other *fields* as `Run.of` takes them.
    """
    wanted = {key: fields.pop(key) for key in ("backfill", "most") if key in fields}
    known: dict[str, Any] = {"fired": Fired(series=series, at=at, **wanted), "logical_date": at}
    return run_of(name, **(known | fields))


def alert_of(name: str = "run-1", **fields: Any) -> Alert:
    """Ada is to be told that the run called *name* failed, unless *fields* say otherwise."""
    known: dict[str, Any] = {"occasion": Occasion.FAILURE, "address": "mailto://ada"}
    return Alert(run=RunId(name), **(known | fields))


def schedule_of(name: str = "daily", **fields: Any) -> Schedule:
    """A schedule called *name* that waits for noon; *fields* as `Schedule` has them."""
    known: dict[str, Any] = {
        "flow": "churn",
        "origin": "/lab/churn.ipynb::churn",
        "timetable": Timetable(cron="0 12 * * *"),
        "next_fire": NOON,
        "created_at": NOON - timedelta(days=30),
    }
    return Schedule(name=name, **(known | fields))


def run_of(name: str = "run-1", *, flow: str = "churn", **fields: Any) -> Run:
    """A new run of `plan_of`, called *name*; *fields* as `Run.of` takes them."""
    known: dict[str, Any] = {
        "plan": plan_of(flow),
        "params": {"n": 20},
        "logical_date": NOON,
        "interval": Interval(start=NOON - timedelta(days=1), end=NOON),
        "created_at": NOON,
    }
    return Run.of(id=RunId(name), **(known | fields))


def wide_run(tasks: int, name: str = "wide") -> Run:
    """A run of *tasks* tasks, each after the one before, in pairs."""
    names = [f"task_{number:05}" for number in range(tasks)]
    flow = Flow(
        name="wide",
        tasks=tuple(Task(name=each, notebook="work") for each in names),
        edges=frozenset(zip(names[::2], names[1::2], strict=False)),
    )
    plan = Plan(flow=flow, targets=dict.fromkeys(names, target_of()))
    return run_of(name, plan=plan, params={})


def failure_of(message: str = "could not convert string to float: 'n/a'") -> Failure:
    """A failure of which everything is known."""
    return Failure(
        cause=Cause.CELL_ERROR,
        name="ValueError",
        message=message,
        bases=("Exception", "BaseException"),
        traceback="Traceback …\nValueError: …",
        cell=4,
        cell_id="c0ffee",
        line=2,
        source="float('n/a')",
    )


def attempt_of(number: int = 1, **changes: Any) -> Attempt:
    """An attempt that has begun."""
    begun = Attempt(
        number=number,
        started_at=NOON + number * MINUTE,
        notebook=f"runs/churn/run-1/load/{number}.ipynb",
        log=f"runs/churn/run-1/load/{number}.log",
        parameters={"day": "2026-03-28", "n": 20, "grid": {"rows": [1, 2.5, None, True]}},
        cluster="tcp://10.0.0.5:8786",
    )
    return replace(begun, **changes)


def failed_attempt(number: int = 1) -> Attempt:
    """An attempt of which everything is known, and which failed."""
    return attempt_of(
        number,
        ended_at=NOON + number * MINUTE + timedelta(microseconds=123_457),
        outcome=Outcome.FAILED,
        failure=failure_of(),
        cell=4,
        cells=7,
        cpu=1.25,
        memory=5 * 1024**3,
    )


def task_run_of(key: TaskKey = LOAD, *attempts: Attempt, **fields: Any) -> TaskRun:
    """A task run with *attempts*, running unless *fields* say otherwise."""
    known: dict[str, Any] = {"state": TaskState.RUNNING, "tries": len(attempts)}
    return TaskRun(key=key, attempts=attempts, **(known | fields))


def with_task_runs(run: Run, changed: Iterable[TaskRun]) -> Run:
    """*run* with each of *changed* in its place."""
    for each in changed:
        run = run.with_task_run(each)
    return run


#: What a notebook may hand on, some of it hard to keep.
HARD_VALUES: Mapping[str, Any] = {
    "auc": 0.1 + 0.2,
    "tiny": 5e-324,
    "large": 2**80,
    "none": None,
    "yes": True,
    "text": "Zoë \N{SNOWMAN} \N{PILE OF POO} \u2028 \x00 \\ \" '",
    "nested": {"a": [1, [2, {"b": []}]], "": {}, "$date": {"$date": "no date"}},
    "infinite": [float("inf"), float("-inf")],
    "frame": {"$artifact": {"digest": "d" * 64, "format": "npy", "size": 1, "preview": {}}},
    "no frame": [{"$artifact": 5}, {"$artifact": {"$date": [float("inf")]}}],
}

EVENTS: tuple[Event, ...] = (
    RunStarted(),
    RunAdopted(owner="host:17"),
    Restored(
        key=TaskKey("train", 1),
        origin=AttemptId(run=RunId("run-0"), key=TaskKey("train", 1), number=2),
        values=HARD_VALUES,
        reason="unchanged since run run-0",
    ),
    AttemptStarted(key=TaskKey("train", 0), notebook="a.ipynb", log="a.log", parameters={"n": 1}),
    AttemptStarted(key=LOAD, cluster="tcp://10.0.0.5:8786"),
    AttemptProgressed(key=LOAD, number=1, cell=3, cells=7),
    AttemptEnded(
        key=LOAD,
        number=1,
        outcome=Outcome.FAILED,
        failure=failure_of(),
        values=HARD_VALUES,
        cpu=0.5,
        memory=2**40,
    ),
    RetryDue(key=LOAD),
    AttemptSlow(key=LOAD, number=2),
    WaitNoted(key=LOAD, seen="nothing is there"),
    WaitEnded(key=LOAD, signal=Signal.SUCCEED, values={"run": "r1"}, reason="it is there"),
    RunTimedOut(),
    CancelRequested(keys=(LOAD, TaskKey("train", 1)), by="ada"),
    RepairRequested(targets={"load": target_of(digest="b" * 64)}, by="ada"),
    ClearRequested(tasks=("load", "train"), downstream=False, by="ada"),
    MarkRequested(key=REPORT, state=TaskState.SUCCEEDED, values={"auc": 1.0}, by="ada"),
)

MOVES = (
    Move(key=None, state="running"),
    Move(key=LOAD, state="running", attempt=1),
    Move(key=TaskKey("train", 1), state="retrying", attempt=2, reason="in 3 s – ValueError"),
)

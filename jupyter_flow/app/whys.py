"""Why a task does not run, in words that a person can act upon. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.core.words import TASK_SIGNS, cells, count, overall
from jupyter_flow.wire import api

from .flows import Flows


def why(flows: Flows, run: Run, key: TaskKey) -> api.WhyView:
    """What keeps *key* from running, the most telling first; or what it does."""
    instances = _instances(run, key)
    state = overall(each.state for each in instances)
    reasons = [*_of_run(flows, run, state), *reasons_of(run, key)]
    return api.WhyView(
        task=key.task,
        index=key.index,
        state=state.value,
        reasons=reasons or [f"it is {TASK_SIGNS[state].word}"],
    )


def _of_run(flows: Flows, run: Run, state: TaskState) -> Iterator[str]:
    """What keeps the run as a whole."""
    if run.state.is_final or state.is_final:
        return
    if run.state is RunState.CANCELLING:
        yield "the run is being cancelled"
    if flows.is_crowded(run.id):
        yield "other runs of its flow (or its backfill) must end first: as many go on as may"
    elif flows.services.is_left(run.id, run.state):
        begun = "nobody drives the run any more" if run.started_at else "nobody drives the run yet"
        yield f"{begun}: no service is there"
    elif run.state is RunState.QUEUED:
        yield "the run has not started yet: a service is to take it up"


def reasons_of(run: Run, key: TaskKey) -> list[str]:
    """What the run itself says of *key*, each reason once."""
    told = (reason for each in _instances(run, key) for reason in _of_task(run, key, each))
    return list(dict.fromkeys(told))


def _instances(run: Run, key: TaskKey) -> list[TaskRun]:
    return [run.task_runs[key]] if key in run.task_runs else list(run.runs_of(key.task))


def _of_task(run: Run, key: TaskKey, each: TaskRun) -> Iterator[str]:
    match each.state:
        case TaskState.PENDING:
            yield from _pending(run, each)
        case TaskState.QUEUED:
            yield from _queued(run, key)
        case TaskState.RETRYING | TaskState.WAITING:
            yield _waiting(each)
        case TaskState.RUNNING:
            if each.attempt is not None and each.attempt.cells:
                yield f"{each.key} is running, {cells(each)}"
            else:
                yield f"{each.key} is starting: it waits for its kernel, or a worker of a cluster"
        case _:
            if each.reason:
                yield each.reason


def _pending(run: Run, task_run: TaskRun) -> Iterator[str]:
    if task_run.is_open:
        yield "its attempt before is still being stopped"
    task = task_run.key.task
    rule, flow = run.plan.policy(task).trigger, run.plan.flow
    unsettled = 0
    awaited = (flow.graph.upstream, flow.scopes.needed, flow.scopes.between)
    for name in dict.fromkeys(name for names in awaited for name in names.get(task, ())):
        state = overall(each.state for each in run.runs_of(name))
        if not state.is_final:
            unsettled += 1
            yield f"it waits for '{name}', which is {TASK_SIGNS[state].word}"
    if unsettled and rule is not TriggerRule.ALL_SUCCESS:
        yield f"its rule is {rule.value}"


def _queued(run: Run, key: TaskKey) -> Iterator[str]:
    policy = run.plan.policy(key.task)
    most = run.plan.flow.options.max_active_tasks
    active = sum(each.state is TaskState.RUNNING for each in run.task_runs.values())
    if most is not None and active >= most:
        yield f"{count(active, 'task')} of the run are active, and no more may be at once"
    if policy.pool is not None:
        yield f"it waits for {count(policy.slots, 'slot')} of the pool '{policy.pool}'"
    else:
        yield "it waits for a free slot, or for memory to start a kernel in"


def _waiting(task_run: TaskRun) -> str:
    until = f" (until {task_run.due_at.isoformat()})" if task_run.due_at is not None else ""
    if task_run.state is TaskState.RETRYING:
        told = f"attempt {task_run.tries} failed ({task_run.reason}); it is tried again"
        return f"{told} at {task_run.due_at.isoformat()}" if task_run.due_at is not None else told
    return f"{task_run.reason or 'it waits'}{until}"

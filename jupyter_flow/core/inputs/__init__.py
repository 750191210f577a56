"""What an attempt is given: the final parameters, from constants, templates, values and items.

Typed all the way: a number handed on by a task arrives as a number. Only constants are rendered
as templates; what a task hands on is never taken for one, so a notebook's output cannot reach
into a flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from jupyter_flow.core.errors import FlowError, suggestion
from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    DictOf,
    EvaluationError,
    Every,
    Expression,
    ListOf,
    Not,
    Scope,
    Some,
    evaluate,
)
from jupyter_flow.core.ids import AttemptId, TaskKey
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import TaskState

from .templates import Names, render, times


class InputError(FlowError):
    """A parameter of a task has no value, so its attempt cannot start."""

    code = "JF311"


class MissingValueError(LookupError):
    """A task did not hand on the value that is asked for; the message says why."""


@dataclass(frozen=True, slots=True)
class _RunScope:
    """A run as expressions see it."""

    run: Run

    def param(self, name: str) -> Any:
        if name not in self.run.params:
            hint = suggestion(name, list(self.run.params), noun="parameter")
            raise LookupError(f"the run has no parameter {name!r}. {hint}")
        return self.run.params[name]

    def value(self, task: str, name: str) -> Any:
        if task not in self.run.plan.flow:
            raise MissingValueError(f"the flow has no task {task!r}")
        if not self.run.plan.flow[task].is_mapped:
            return _value(self.run.task_runs[TaskKey(task)], name)
        return [
            _value(each, name)
            for each in self.run.runs_of(task)
            if each.key.index is None or not each.state.is_final or each.state.is_good
            if each.state is not TaskState.SKIPPED
        ]


def _value(task_run: TaskRun, name: str) -> Any:
    if name in task_run.values:
        return task_run.values[name]
    key, values = task_run.key, task_run.values
    if task_run.state.is_good:
        said = f"only {', '.join(sorted(values))}" if values else "none at all"
        raise MissingValueError(f"'{key}' handed on no value {name!r} ({said})")
    raise MissingValueError(f"'{key}' has no value {name!r}: it {_FATES[task_run.state]}")


_FATES: Mapping[TaskState, str] = {
    **dict.fromkeys((state for state in TaskState if not state.is_final), "has not ended"),
    TaskState.FAILED: "failed",
    TaskState.UPSTREAM_FAILED: "could not run",
    TaskState.SKIPPED: "was skipped",
    TaskState.CANCELLED: "was cancelled",
    TaskState.REMOVED: "was removed",
}


def scope_of(run: Run) -> Scope:
    """The parameters of *run* and the values of its tasks.

    The value of a mapped task is the list over its instances, in their order, without those that
    did not succeed.
    """
    return _RunScope(run)


def context_of(run: Run, task: str) -> dict[str, Any]:
    """The names that a template of *task* may use, those of an attempt aside. Times are in UTC."""
    logical_date = run.logical_date.astimezone(UTC)
    return {
        **times(logical_date),
        "logical_date": logical_date,
        "data_interval_start": run.interval.start.astimezone(UTC),
        "data_interval_end": run.interval.end.astimezone(UTC),
        "run_id": run.id,
        "flow": run.flow_name,
        "task": task,
        "params": Names(run.params, of="parameter"),
    }


def value_of(expression: Expression, run: Run, context: Mapping[str, Any]) -> Any:
    """The value of *expression* in *run*, its constants rendered as templates.

    Raises:
        EvaluationError: a name has no value, or a template cannot be rendered.
    """
    return evaluate(rendered(expression, context), scope_of(run))


def rendered(expression: Expression, context: Mapping[str, Any]) -> Expression:
    """*expression* with the strings of its constants rendered."""
    match expression:
        case Constant(value=value):
            return Constant(render(value, context))
        case ListOf(items=items) | Every(items=items) | Some(items=items):
            return replace(expression, items=tuple(rendered(item, context) for item in items))
        case DictOf(items=pairs):
            return DictOf(tuple((key, rendered(item, context)) for key, item in pairs))
        case Compare(left=left, right=right):
            sides = rendered(left, context), rendered(right, context)
            return replace(expression, left=sides[0], right=sides[1])
        case Not(item=item):
            return Not(rendered(item, context))
        case _:
            return expression


def inputs_of(
    run: Run, key: TaskKey, number: int | None, *, prev_success: datetime | None = None
) -> dict[str, Any]:
    """The final parameters of attempt *number* of *key*.

    *prev_success* is the logical time of the flow's last run that succeeded, if there was one. A
    task that only waits makes no attempts (*number* is None): its templates know neither.

    Raises:
        InputError: one of them has no value.
    """
    context = _context_of_attempt(run, key, number, prev_success)
    inputs: dict[str, Any] = {}
    for name, expression in run.plan.flow[key.task].parameters.items():
        try:
            inputs[name] = value_of(expression, run, context)
        except EvaluationError as error:
            raise InputError(
                f"the parameter {name!r} of '{key}' has no value: {error}", hint=_hint(error)
            ) from error
    return inputs | dict(run.task_runs[key].item)


def environment_of(
    run: Run, key: TaskKey, number: int, *, prev_success: datetime | None = None
) -> dict[str, str]:
    """The environment variables that the policy of *key* gives its attempt, rendered likewise.

    Raises:
        InputError: one of them cannot be rendered.
    """
    context = _context_of_attempt(run, key, number, prev_success)
    env: dict[str, str] = {}
    for name, text in run.plan.policy(key.task).env.items():
        try:
            env[name] = render(text, context)
        except EvaluationError as error:
            what = f"the environment variable {name!r} of '{key}' has no value: {error}"
            raise InputError(what, hint=_hint(error)) from error
    return env


def files_of(
    run: Run, key: TaskKey, number: int, *, prev_success: datetime | None = None
) -> tuple[str, ...] | None:
    """The files that *key* says it reads, rendered likewise; None when it says nothing.

    Raises:
        InputError: one of them cannot be rendered.
    """
    wanted = run.plan.policy(key.task).inputs
    if wanted is None:
        return None
    context = _context_of_attempt(run, key, number, prev_success)
    try:
        return tuple(render(each, context) for each in wanted)
    except EvaluationError as error:
        what = f"the inputs of '{key}' cannot be told: {error}"
        raise InputError(what, hint=_hint(error)) from error


def upstream_of(run: Run, task: str) -> dict[str, Any]:
    """What a result of *task* owes to each task right before it.

    Where *task* uses its values, these are it, all of them: what hands on the same may have been
    done anew. Else it is the attempt, for nobody can tell what that left behind. A task that says
    which files it reads owes nothing but these, and the values among its parameters.
    """
    flow = run.plan.flow
    if run.plan.policy(task).inputs is not None:
        return {}
    used = flow[task].uses()
    owed: dict[str, Any] = {}
    for name in flow.graph.upstream[task]:
        each_owed = [
            dict(each.values) if name in used and each.state.is_good else _made_by(run, each)
            for each in run.runs_of(name)
        ]
        owed[name] = each_owed if flow[name].is_mapped else each_owed[0]
    return owed


def _made_by(run: Run, task_run: TaskRun) -> str:
    """The attempt that *task_run* has its state from; the state, when there is none."""
    if task_run.origin is not None and task_run.state is TaskState.RESTORED:
        return f"made by {task_run.origin}"
    if task_run.attempt is None or not task_run.state.is_good:
        return str(task_run.state)
    return f"made by {AttemptId(run=run.id, key=task_run.key, number=task_run.attempt.number)}"


def needs_prev_success(run: Run, task: str) -> bool:
    """Whether a text of *task* names ``prev_success``: it may be a template that needs it."""
    policy = run.plan.policy(task)
    return "prev_success" in repr((run.plan.flow[task].parameters, policy.env, policy.inputs))


def _context_of_attempt(
    run: Run, key: TaskKey, number: int | None, prev_success: datetime | None
) -> dict[str, Any]:
    context = context_of(run, key.task) | {"map_index": -1 if key.index is None else key.index}
    if number is None:
        return context
    before = prev_success.astimezone(UTC) if prev_success else None
    return context | {"attempt": number, "prev_success": before}


def _hint(error: EvaluationError) -> str:
    if isinstance(error.__cause__, MissingValueError):
        return "A task hands on a value with jupyter_flow.output(name=value); its last cell may."
    return "Mend the flow or give the parameter; then repair the run."

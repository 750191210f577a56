"""Tasks that expect something (``expect(evaluate.auc > 0.8)``): gates that are open or shut.

What they look at is known when they may run, so they are decided at once, with no attempt. One
that is shut has failed, and says what it was given instead.
"""

from __future__ import annotations

from jupyter_flow.core.expressions import (
    EvaluationError,
    Expression,
    ParamRef,
    ValueRef,
    evaluate,
    walk,
)
from jupyter_flow.core.flow import Task
from jupyter_flow.core.inputs import context_of, scope_of, value_of
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import Signal

from .reasons import shortened
from .turn import Turn


def decide(turn: Turn, task_run: TaskRun) -> None:
    """*task_run* may run: it succeeds if its condition holds, else it fails."""
    shut = _why_shut(turn.run, turn.run.plan.flow[task_run.key.task])
    if shut is None:
        turn.send(task_run, Signal.SUCCEED)
    else:
        turn.send(task_run, Signal.FAIL, shortened(shut))


def _why_shut(run: Run, task: Task) -> str | None:
    """Why *task* fails; None when its condition holds."""
    condition, message = task.parameters["condition"], task.parameters.get("message")
    context = context_of(run, task.name)
    try:
        if value_of(condition, run, context):
            return None
        said = value_of(message, run, context) if message is not None else ""
    except EvaluationError as error:
        return f"it cannot be told whether {_said(condition)}: {error}"
    return ": ".join(filter(None, (said, _why(condition, run))))


def _why(condition: Expression, run: Run) -> str:
    """What was expected, and what all that it names is instead."""
    named = {_said(part): part for part in walk(condition) if isinstance(part, ValueRef | ParamRef)}
    found = ", ".join(
        f"{name} is {evaluate(part, scope_of(run))!r}" for name, part in named.items()
    )
    return f"expected {_said(condition)}" + (f", but {found}" if found else "")


def _said(expression: Expression) -> str:
    # The language loads only where words are needed; planning has no other use for it.
    from jupyter_flow.core.language.writing import written

    return written(expression)

"""What came of a flow in run after run, as browsers are shown it. Pure, like `showing`."""

from __future__ import annotations

from jupyter_flow.core.words import overall
from jupyter_flow.ports.runs import Past, RunStates, TaskStates
from jupyter_flow.wire import history

from .showing import Below, summary_view, task_run_view


def past_view(past: Past, below: Below, *, is_left: bool) -> history.PastView:
    """A task in one of its flow's runs."""
    return history.PastView(
        run=summary_view(past.run, below, is_left=is_left),
        task_runs=[task_run_view(each, below) for each in past.task_runs],
    )


def grid_column(states: RunStates, below: Below, *, is_left: bool) -> history.GridColumn:
    """A run with the states of all its tasks."""
    return history.GridColumn(
        run=summary_view(states.run, below, is_left=is_left),
        tasks=[_field(each) for each in states.tasks],
    )


def _field(task: TaskStates) -> history.GridField:
    return history.GridField(
        task=task.task,
        state=overall(task.states).value,
        instances=sum(task.states.values()) if task.is_mapped else None,
        attempts=task.attempts,
    )

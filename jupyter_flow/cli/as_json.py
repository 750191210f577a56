"""The JSON that ``--json`` prints.

Its shapes are a promise to scripts: keys may be added, none is renamed or taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.run import Attempt, Run, TaskRun
from jupyter_flow.core.words import run_elapsed
from jupyter_flow.ports.runs import RunSummary

if TYPE_CHECKING:
    from jupyter_flow.app.backfilling import Backfill
    from jupyter_flow.app.flows import CheckedFlow
    from jupyter_flow.app.scheduling import FireTime
    from jupyter_flow.core.schedule import Schedule


def run_json(run: Run) -> dict[str, Any]:
    """A run with its tasks."""
    spent = run_elapsed(run)
    return {
        "id": run.id,
        "flow": run.flow_name,
        "origin": run.plan.origin,
        "state": run.state.value,
        "reason": run.reason,
        "params": dict(run.params),
        "parent": run.parent and {"run": run.parent.run, "task": str(run.parent.key)},
        "logical_date": run.logical_date.isoformat(),
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at and run.started_at.isoformat(),
        "ended_at": run.ended_at and run.ended_at.isoformat(),
        "seconds": spent and spent.total_seconds(),
        "tasks": [
            task_json(each) for task in run.plan.flow.graph.order for each in run.runs_of(task)
        ],
    }


def task_json(task_run: TaskRun) -> dict[str, Any]:
    """One task of a run with its attempts."""
    return {
        "task": task_run.key.task,
        "index": task_run.key.index,
        "state": task_run.state.value,
        "reason": task_run.reason,
        "item": dict(task_run.item),
        "values": dict(task_run.values),
        "attempts": [_attempt(each) for each in task_run.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    failure = attempt.failure
    return {
        "number": attempt.number,
        "outcome": attempt.outcome and attempt.outcome.value,
        "started_at": attempt.started_at.isoformat(),
        "ended_at": attempt.ended_at and attempt.ended_at.isoformat(),
        "cell": attempt.cell,
        "cells": attempt.cells,
        "notebook": attempt.notebook,
        "log": attempt.log,
        "child": attempt.child or None,
        "failure": failure
        and {
            "cause": failure.cause.value,
            "name": failure.name,
            "message": failure.message,
            "cell": failure.cell,
            "line": failure.line,
            "traceback": failure.traceback,
        },
    }


def summary_json(run: RunSummary) -> dict[str, Any]:
    """A run without its tasks."""
    return {
        "id": run.id,
        "flow": run.flow,
        "origin": run.origin,
        "state": run.state.value,
        "reason": run.reason,
        "logical_date": run.logical_date.isoformat(),
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at and run.started_at.isoformat(),
        "ended_at": run.ended_at and run.ended_at.isoformat(),
        "tasks": dict(run.tasks),
        "schedule": run.fired and run.fired.series,
        "backfill": (run.fired and run.fired.backfill) or None,
        "parent": run.parent and {"run": run.parent.run, "task": str(run.parent.key)},
    }


def flow_json(checked: CheckedFlow) -> dict[str, Any]:
    """A flow as it was found, and what is wrong with it."""
    flow = checked.flow
    return {
        "name": checked.name,
        "origin": checked.origin,
        "description": flow.description if flow else "",
        "tasks": [task.name for task in flow.tasks] if flow else [],
        "params": {param.name: param.default for param in flow.params} if flow else {},
        "problems": [problem_json(each) for each in checked.problems],
    }


def problem_json(problem: Problem) -> dict[str, Any]:
    """A mistake and its place."""
    where = problem.where
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "what": problem.what,
        "hint": problem.hint,
        "path": where and where.path,
        "cell": where and where.cell,
        "line": where and where.line,
        "column": where and where.column,
    }


def schedule_json(schedule: Schedule, upcoming: Sequence[FireTime]) -> dict[str, Any]:
    """A schedule and its next fire times."""
    timetable = schedule.timetable
    return {
        "name": schedule.name,
        "flow": schedule.flow,
        "origin": schedule.origin,
        "cron": timetable.cron,
        "on_update": schedule.on_update and str(schedule.on_update),
        "tz": timetable.tz,
        "start": timetable.start and timetable.start.isoformat(),
        "end": timetable.end and timetable.end.isoformat(),
        "catchup": schedule.catchup.value,
        "overlap": schedule.overlap.value,
        "snapshot": schedule.snapshot.value,
        "params": dict(schedule.params),
        "is_paused": schedule.is_paused,
        "next_fire": schedule.next_fire and schedule.next_fire.isoformat(),
        "upcoming": [{"at": each.at.isoformat(), "oddity": each.oddity} for each in upcoming],
    }


def backfill_json(backfill: Backfill) -> dict[str, Any]:
    """What a backfill does, or would do, about each time."""
    return {
        "id": backfill.id,
        "series": backfill.series,
        "created": list(backfill.created),
        "refusals": list(backfill.refusals),
        "fills": [
            {
                "at": fill.at.isoformat(),
                "action": fill.action.value,
                "existing": fill.existing and fill.existing.id,
            }
            for fill in backfill.fills
        ],
    }

"""Statements about results of attempts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, func, select

from jupyter_flow.core.states import TaskState
from jupyter_flow.store.tables import attempts, results, runs, task_runs

RUN_IS_THERE = select(runs.c.id).where(runs.c.id == bindparam("the_run")).with_for_update()

_SAME = (
    (task_runs.c.run == results.c.run)
    & (task_runs.c.task == results.c.task)
    & (task_runs.c.map_index == results.c.map_index)
)
_LAST_NUMBER = (
    select(func.max(attempts.c.number))
    .where(
        attempts.c.run == results.c.run,
        attempts.c.task == results.c.task,
        attempts.c.map_index == results.c.map_index,
    )
    .scalar_subquery()
)


def _counting(is_meant: Any) -> Select[Any]:
    """The latest of the results that are meant and still count."""
    return (
        select(results, task_runs.c["values"].label("handed_on"))
        .join(task_runs, _SAME)
        .where(
            is_meant,
            task_runs.c.state == TaskState.SUCCEEDED.value,
            # What succeeds by an attempt has no reason; what a person marks has one.
            task_runs.c.reason == "",
            results.c.number == _LAST_NUMBER,
        )
        .order_by(results.c.ended_at.desc())
        .limit(1)
    )


FIND = _counting(results.c.key == bindparam("wanted"))
NEWEST = _counting(results.c.gist == bindparam("wanted"))
LATEST = _counting(results.c.notebook == bindparam("wanted"))

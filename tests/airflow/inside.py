"""What Airflow's own Python is asked: how it reads DAG files, and what came of the runs it made.

Executed in the environment of Airflow, where neither pytest nor jupyter_flow need be:
``python inside.py read FOLDER``, ``… runs`` or ``… fires JSON``. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def read(folder: str) -> dict[str, Any]:
    """Each DAG below *folder* as Airflow understands it, and the errors of files it cannot read."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    bag = DagBag(dag_folder=folder)
    dags = {}
    for name, dag in bag.dags.items():
        DagSerialization.to_dict(dag)
        dags[name] = {
            "timetable": type(dag.timetable).__name__,
            "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "max_active_tasks": dag.max_active_tasks,
            "run_timeout": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
            "start": dag.start_date.isoformat() if dag.start_date else None,
            "end": dag.end_date.isoformat() if dag.end_date else None,
            "params": sorted(dag.params),
            "tasks": {each.task_id: _task(each) for each in dag.tasks},
        }
    return {"errors": {path: str(error) for path, error in bag.import_errors.items()}, "dags": dags}


def _task(task: Any) -> dict[str, Any]:
    around, group = [], task.task_group
    while group is not None and group.group_id is not None:
        around.append(group.group_id)
        group = group.parent_group
    limit, longest = task.execution_timeout, task.max_retry_delay
    return {
        "upstream": sorted(task.upstream_task_ids),
        "trigger": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "retries": task.retries,
        "retry_delay": task.retry_delay.total_seconds(),
        "backoff": float(task.retry_exponential_backoff),
        "max_retry_delay": longest.total_seconds() if longest else None,
        "timeout": limit.total_seconds() if limit else None,
        "pool": task.pool,
        "slots": task.pool_slots,
        "priority": task.priority_weight,
        "depends_on_past": bool(task.depends_on_past),
        "is_mapped": task.is_mapped,
        "is_setup": task.is_setup,
        "is_teardown": task.is_teardown,
        "fails_run": task.on_failure_fail_dagrun,
        "groups": around,
        "is_lister": getattr(task, "only_items", False),
    }


def runs() -> dict[str, Any]:
    """Of each DAG that was run, the state of its last run, and states and results of its tasks."""
    import sqlalchemy as sa
    from airflow.settings import get_engine

    found: dict[str, Any] = {}
    with get_engine().connect() as db:
        for dag, run, state in db.execute(
            sa.text("select dag_id, run_id, state from dag_run order by id")
        ):
            found[dag] = {"run": run, "state": state, "tasks": {}, "values": {}}
        for dag, run, task, index, state, tries in db.execute(
            sa.text(
                "select dag_id, run_id, task_id, map_index, state, try_number from task_instance"
            )
        ):
            if found[dag]["run"] == run:
                found[dag]["tasks"][f"{task}|{index}"] = [state, tries]
        for dag, run, task, index, value in db.execute(
            sa.text(
                "select dag_id, run_id, task_id, map_index, value from xcom"
                " where key = 'return_value'"
            )
        ):
            if found[dag]["run"] == run:
                found[dag]["values"][f"{task}|{index}"] = (
                    json.loads(value) if isinstance(value, str) else value
                )
    return found


def fires(asked: str) -> list[list[str]]:
    """The next times at which each ``[cron, zone, since]`` of the JSON in *asked* fires."""
    import pendulum
    from airflow.timetables.base import DataInterval, TimeRestriction
    from airflow.timetables.trigger import CronTriggerTimetable

    always = TimeRestriction(earliest=None, latest=None, catchup=True)
    found: list[list[str]] = []
    for cron, zone, since in json.loads(asked):
        last, times = DataInterval.exact(pendulum.parse(since)), list[str]()
        for _ in range(8):
            due = CronTriggerTimetable(cron, timezone=zone).next_dagrun_info(
                last_automated_data_interval=last, restriction=always
            )
            assert due.logical_date == due.run_after == due.data_interval.start
            last = due.data_interval
            times.append(due.run_after.isoformat())
        found.append(times)
    return found


COMMANDS = {"read": read, "runs": runs, "fires": fires}

if __name__ == "__main__":
    answer = COMMANDS[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(answer) + "\n")

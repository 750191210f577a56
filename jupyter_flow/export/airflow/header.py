"""The top of a DAG file: what it is, what of the flow is not in it, what it needs, its imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from shlex import quote

from jupyter_flow.core.flow import Plan


def header(
    plan: Plan, project: str, remarks: tuple[str, ...], pools: Mapping[str, int]
) -> Iterator[str]:
    """The lines of the comment at the top. *pools* are the sizes of the project's pools."""
    flow = plan.flow
    first = flow.description.partition("\n")[0]
    yield _clean(f"{flow.name}: {first}" if first else flow.name)
    yield ""
    yield "Made by `jupyter flow export airflow`: edit the flow, not this file, and export again."
    if remarks:
        yield ""
        yield "Not as it is in the flow:"
        yield from (_clean(f"- {remark}") for remark in remarks)
    yield ""
    yield f"Workers need the project in {_clean(project)} and the command `jupyter flow`;"
    yield "the variable JUPYTER_FLOW may say another command."
    wanted = dict.fromkeys(plan.policy(task.name).pool for task in flow.tasks)
    for pool in filter(None, wanted):
        size = pools.get(pool, 1)
        yield _clean(
            f"Airflow needs the pool: airflow pools set {quote(pool)} {size} {quote(flow.name)}"
        )


def _clean(text: str) -> str:
    """*text* as it can stand in a comment."""
    return "".join(each if each.isprintable() else " " for each in text)


def imports(text: str) -> list[str]:
    """The imports from Airflow that the Python in *text* needs."""
    named = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return [
        f"from {module} import {', '.join(wanted)}"
        for module, names in _IMPORTS
        if (wanted := [name for name in names if name in named])
    ]


_IMPORTS = (
    ("airflow.providers.papermill.operators.papermill", ("PapermillOperator",)),
    ("airflow.providers.standard.hooks.subprocess", ("SubprocessHook",)),
    ("airflow.providers.standard.operators.hitl", ("ApprovalOperator",)),
    ("airflow.providers.standard.sensors.external_task", ("ExternalTaskSensor",)),
    (
        "airflow.sdk",
        (
            *("DAG", "Asset", "AssetOrTimeSchedule", "BaseOperator"),
            *("CronTriggerTimetable", "Param", "TaskGroup"),
        ),
    ),
    (
        "airflow.sdk.exceptions",
        ("AirflowException", "AirflowFailException", "AirflowSkipException"),
    ),
)

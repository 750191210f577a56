"""A flow as a DAG file for Apache Airflow 3: readable Python, and what of the flow is not in it.

Airflow keeps the schedule, the order, the rules, the retries and the limits. What a task does is
one attempt by ``jupyter flow attempt``, so that parameters, values, conditions and mapping mean
what they mean here. Pure translation: no notebook is read, nothing of Airflow is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from jupyter_flow.core.flow import Flow, Plan, Task
from jupyter_flow.export.definition import digest_of

from .body import Body
from .fates import remarks_on_kinds, remarks_on_options
from .header import header, imports
from .python import literal
from .schedule import head_of
from .tasks import Placing

__all__ = ["AirflowFile", "Placing", "airflow_file"]


@dataclass(frozen=True, slots=True)
class AirflowFile:
    """The text of a DAG file, and a line for each thing that does not arrive as it is here."""

    text: str
    remarks: tuple[str, ...]


def airflow_file(
    plan: Plan, placing: Placing, *, pools: Mapping[str, int] | None = None
) -> AirflowFile:
    """The DAG file of *plan*. *pools* are the sizes of the project's pools.

    Raises:
        UsageError: a value in the flow, given in Python, is of a type that JSON cannot keep
            (JF510).
    """
    from jinja2 import Environment, PackageLoader

    body = Body(plan, placing)
    remarks = (
        *remarks_on_options(plan),
        *remarks_on_kinds(plan),
        *body.remarks,
        *_remarks_on_texts(plan),
    )
    environment = Environment(
        loader=PackageLoader("jupyter_flow.export.airflow", ""),
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("dag.py.jinja")
    written = partial(
        template.render,
        header=list(header(plan, placing.project, remarks, pools or {})),
        project=literal(placing.project),
        flow=literal(placing.flow),
        digest=literal(digest_of(plan.flow)),
        executed=_executed(plan.flow),
        dag=head_of(plan).text(),
        body=body.lines,
        classes=body.classes,
    )
    return AirflowFile(text=written(imports=imports(written(imports=()))), remarks=remarks)


def _remarks_on_texts(plan: Plan) -> Iterator[str]:
    """What templates ask for that the other scheduler does not tell."""
    tasks = [task.name for task in plan.flow.tasks if _asks_for_past(plan, task)]
    if tasks:
        yield f"prev_success ({', '.join(tasks)}): not carried; it is never known"


def _asks_for_past(plan: Plan, task: Task) -> bool:
    return "prev_success" in repr((task.parameters, plan.policy(task.name).env))


def _executed(flow: Flow) -> str:
    """Where executed notebooks are, as Python: beside those of runs that are driven here."""
    run = "/{{ dag_run.run_id }}/{{ ti.task_id }}/{{ ti.try_number }}.ipynb"
    return f"PROJECT + {literal(f'/.jupyter_flow/runs/{flow.name}{run}')}"

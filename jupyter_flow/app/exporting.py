"""A flow written for others: Airflow, Mermaid, Graphviz, JSON. Writes one file, if asked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from jupyter_flow.core.errors import ConflictError, UsageError
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.project.documents import is_notebook

from .definitions import CheckedFlow

Format = Literal["airflow", "mermaid", "dot", "json"]

_SUFFIXES: Mapping[Format, str] = {
    "airflow": ".py",
    "mermaid": ".mmd",
    "dot": ".dot",
    "json": ".json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """What is said of Airflow's workers: where the project is there (as here, if not said),
    whether `PapermillOperator` may execute, and how large the pools are."""

    project: str | None = None
    papermill: bool = False
    pools: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """``text`` is what was written of the flow *name*; ``remarks`` say what is not in it."""

    name: str
    text: str
    suffix: str
    remarks: tuple[str, ...] = ()

    def write(self, to: Path) -> Path:
        """Write it to the file *to*, or into the folder *to*; where it is then."""
        is_folder = to.is_dir() or not to.suffix
        path = to / f"{self.name}{self.suffix}" if is_folder else to
        path.parent.mkdir(parents=True, exist_ok=True)
        write_over(path, self.text)
        return path


def write_over(path: Path, text: str) -> None:
    """Write *text* to *path*, over what was exported to it before, and never over a notebook.

    Raises ConflictError (JF445) when one is there: it may be the flow's own, or one of its tasks.
    """
    if is_notebook(path):
        raise ConflictError(
            f"{path} is a notebook, and would be written over",
            hint="Nothing was written. Name another file, or a folder.",
            code="JF445",
        )
    path.write_text(text, "utf-8")


def export_flow(
    checked: CheckedFlow, to: Format, folder: Path, workers: Workers = Workers()
) -> Exported:
    """The flow *checked* of the project in *folder* as *to*.

    Raises:
        DefinitionError: it has mistakes.
        UsageError: it is in no notebook, where workers could find it (JF442), or *workers* say
            what only Airflow asks (JF444).
    """
    plan = checked.runnable()
    if to == "airflow":
        return _airflow(plan, folder, workers)
    if workers.project is not None or workers.papermill:
        raise UsageError(
            f"--project and --papermill say how Airflow is to work; {to} is only a text",
            hint="Leave them out, or export to airflow.",
            code="JF444",
        )
    text = _text(plan.flow, to)
    return Exported(name=plan.flow.name, text=text, suffix=_SUFFIXES[to])


def _text(flow: Flow, to: Literal["mermaid", "dot", "json"]) -> str:
    match to:
        case "mermaid":
            from jupyter_flow.export.mermaid import to_mermaid

            return to_mermaid(flow)
        case "dot":
            from jupyter_flow.export.dot import to_dot

            return to_dot(flow)
        case "json":
            from jupyter_flow.export.definition import to_json

            return to_json(flow)


def _airflow(plan: Plan, folder: Path, workers: Workers) -> Exported:
    from jupyter_flow.export.airflow import Placing, airflow_file

    path, _, name = plan.origin.rpartition("::")
    try:
        below = Path(path).relative_to(folder).as_posix() if path else ""
    except ValueError:
        below = ""
    if not below:
        raise UsageError(
            f"flow '{plan.flow.name}' is in no notebook below {folder}, so workers cannot find it",
            hint="Put it into a %%flow cell of the project; -C says which folder that is.",
            code="JF442",
        )
    placing = Placing(
        project=workers.project or folder.as_posix(),
        here=folder.as_posix(),
        flow=f"{below}::{name}",
        papermill=workers.papermill,
    )
    dag = airflow_file(plan, placing, pools=workers.pools)
    return Exported(name=plan.flow.name, text=dag.text, suffix=".py", remarks=dag.remarks)

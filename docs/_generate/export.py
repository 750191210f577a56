"""What becomes of options and kinds of tasks in Airflow."""

from __future__ import annotations

from jupyter_flow.export.airflow.fates import FLOW_FATES, KIND_FATES, TASK_FATES, Fate

from .tables import table


def options() -> str:
    """Each option, those of tasks first."""
    return _table("option", {**TASK_FATES, **FLOW_FATES})


def kinds() -> str:
    """Each kind of task."""
    return _table("kind", {kind.value: fate for kind, fate in KIND_FATES.items()})


def _table(what: str, fates: dict[str, Fate]) -> str:
    rows = ((f"`{name}`", fate.how.value, fate.words) for name, fate in fates.items())
    return table((what, "in Airflow", "as what"), rows)

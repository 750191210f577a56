"""For which notebooks Airflow's `PapermillOperator` is enough, and with which parameters.

It passes texts that Airflow renders and constants, and hands on nothing. What needs more is an
attempt by the command of jupyter_flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Kind, Plan, Task
from jupyter_flow.core.inputs.templates import is_template, secrets_in
from jupyter_flow.core.inputs.templates import wrong_with as wrong_with_template

#: Names of templates that mean the same to Airflow, and come out as the same text.
_SAME = frozenset({"ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "params", "run_id"})
#: Types of parameters that JSON's values have already.
_PLAIN = frozenset({"", "int", "float", "str", "bool", "list", "dict", "Any"})


def parameters_for_papermill(plan: Plan, task: Task) -> Mapping[str, Any] | None:
    """What `PapermillOperator` passes to the notebook of *task*; None if it is not enough."""
    policy, target = plan.policy(task.name), plan.targets[task.name]
    used = frozenset[str]().union(*(each.uses() for each in plan.flow.tasks))
    if (
        task.kind is not Kind.NOTEBOOK
        or not target.path.endswith(".ipynb")
        or task.is_mapped
        or task.when is not None
        or task.name in used
        or policy.retry.retry_on
        or policy.retry.no_retry_on
        or policy.cell_timeout is not None
        or policy.env
    ):
        return None
    params = [each.name for each in plan.flow.params]
    values: dict[str, Any] = {}
    for name, expression in task.parameters.items():
        if not isinstance(expression, Constant) or not _is_same(expression.value, params):
            return None
        if target.types.get(name, "") not in _PLAIN:
            return None
        values[name] = expression.value
    return values


def means_the_same(text: str, plan: Plan) -> bool:
    """Whether Airflow renders *text* as it is rendered here."""
    return _is_same(text, [each.name for each in plan.flow.params])


def _is_same(value: Any, params: list[str]) -> bool:
    """Whether *value* comes out of Airflow's templates as it does of ours."""
    match value:
        case str():
            if not is_template(value):
                return not value.endswith((".ipynb", ".json"))
            return not secrets_in(value) and not wrong_with_template(
                value, params=params, names=_SAME
            )
        case Mapping():
            return all(_is_same(each, params) for each in [*value, *value.values()])
        case list():
            return all(_is_same(each, params) for each in value)
        case None | bool() | int():
            return True
        case float():
            return value == value and abs(value) != float("inf")
        case _:
            return False

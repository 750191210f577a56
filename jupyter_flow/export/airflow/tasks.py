"""The tasks of a flow as operators: which one, with which arguments.

A task is an attempt by the command of jupyter_flow; a question and the wait for another flow are
Airflow's. Where it was asked for, and is enough, Airflow's own `PapermillOperator` executes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind, Plan, Role, Task
from jupyter_flow.core.inputs.templates import is_template
from jupyter_flow.core.inputs.templates import literal as literal_template
from jupyter_flow.core.language.durations import span_of
from jupyter_flow.wire.values import to_json

from .enough import means_the_same, parameters_for_papermill
from .python import Call, Code
from .rules import rules_of

#: More instances than these are written out by the command when the run comes to them.
_MOST_ITEMS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where things are on the workers. ``project`` is the folder, ``here`` the same folder here.

    ``flow`` is the flow's address below it. With ``papermill``, `PapermillOperator` executes the
    notebooks for which it is enough.
    """

    project: str
    here: str
    flow: str
    papermill: bool = False

    def path(self, path: str) -> Code:
        """*path*, of here, as Python that says where it is there."""
        below = path.removeprefix(f"{self.here.rstrip('/')}/")
        if path == self.here:
            return Code("PROJECT")
        return Code(f"str(Path(PROJECT, {below!r}))") if below != path else Code(repr(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A task of the DAG: the call that makes it; ``lister`` makes what it is mapped over."""

    task: str
    call: Call
    lister: Call | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lister:
    """How the task is called that makes the list which another is mapped over, if it needs one."""

    id: str
    variable: str


def translated(plan: Plan, task: Task, placing: Placing, lister: Lister) -> Translated:
    """What *task* becomes."""
    if task.kind is Kind.APPROVE:
        return _approval(plan, task, lister)
    if is_sensor(task):
        return _sensor(plan, task, lister)
    parameters = parameters_for_papermill(plan, task) if placing.papermill else None
    if parameters is not None:
        return Translated(task=task.name, call=_papermill(plan, task, placing, parameters))
    return _made("FlowTask", plan, task, {}, lister)


def is_sensor(task: Task) -> bool:
    """Whether it waits for another flow, whose runs Airflow knows and jupyter_flow does not."""
    return task.kind is Kind.WAIT_FOR and "flow" in task.parameters


def _made(
    name: str,
    plan: Plan,
    task: Task,
    special: Mapping[str, Any],
    lister: Lister,
    remarks: tuple[str, ...] = (),
) -> Translated:
    uses, rules = _uses(plan, task.uses()), rules_of(plan.policy(task.name), task)
    known = {"task_id": task.name, **uses, **special, **rules}
    role = _role(task)
    if not task.is_mapped:
        return Translated(task=task.name, call=Call(name, (), known, role), remarks=remarks)
    items = _constant_items(task)
    made = None
    if items is None:
        told = {"task_id": lister.id, "flow_task": task.name, **uses, "only_items": True}
        made = Call("FlowTask", (), told)
        remark = f"{task.name}: the task {lister.id!r} makes the list that it is mapped over"
        remarks = (*remarks, remark)
    over = Code(f"{lister.variable}.output") if items is None else items
    call = Call(f"{name}.partial", (), known, (Call("expand", (), {"item": over}), *role))
    return Translated(task=task.name, call=call, lister=made, remarks=remarks)


def _approval(plan: Plan, task: Task, lister: Lister) -> Translated:
    given = dict(task.parameters)
    question = _text(given.pop("question"))
    special: dict[str, Any] = {"subject": question or "Go on?", "fail_on_reject": True}
    remarks: list[str] = []
    if question is None:
        remarks.append(f"{task.name}: its question is made of values, which Airflow does not ask")
    elif not means_the_same(question, plan):
        special["subject"] = literal_template(question)
        remarks.append(f"{task.name}: its question is shown with its templates as they are written")
    timeout = _span(given.pop("timeout", None))
    if timeout is not None:
        special["response_timeout"] = timeout
    form = given.pop("form", None)
    if isinstance(form, Constant) and isinstance(form.value, Mapping):
        special["params"] = to_json(form.value)
    elif form is not None:
        given["form"] = form
    if task.when is not None:
        special["has_condition"] = True
    remarks += _left(task, given)
    return _made("FlowApproval", plan, task, special, lister, tuple(remarks))


def _sensor(plan: Plan, task: Task, lister: Lister) -> Translated:
    given = dict(task.parameters)
    name = _text(given.pop("flow"))
    remarks = [
        f"{task.name}: waits for the DAG {name!r} with the same logical date, and hands on no run"
    ]
    special: dict[str, Any] = {
        "external_dag_id": name or "?",
        "allowed_states": ["success"],
        "mode": "reschedule",
        "poke_interval": _span(given.pop("poke_interval", None)) or timedelta(seconds=10),
        "timeout": _span(given.pop("timeout", None)) or timedelta(days=3650),
    }
    soft = given.pop("soft_fail", None)
    if isinstance(soft, Constant) and isinstance(soft.value, bool):
        special["soft_fail"] = soft.value
    elif soft is not None:
        given["soft_fail"] = soft
    if task.when is not None:
        special["has_condition"] = True
    remarks += _left(task, given)
    return _made("OtherFlow", plan, task, special, lister, tuple(remarks))


def _left(task: Task, given: Mapping[str, Expression]) -> list[str]:
    """The remark on parameters that nothing has become of."""
    left = [*given, *task.expand]
    return [f"{task.name}: not carried: {', '.join(left)}"] if left else []


def _papermill(plan: Plan, task: Task, placing: Placing, parameters: Mapping[str, Any]) -> Call:
    target = plan.targets[task.name]
    known = {
        "task_id": task.name,
        "input_nb": placing.path(target.path),
        "output_nb": Code("EXECUTED"),
        "parameters": parameters,
        "kernel_name": target.policy.kernel or target.kernel,
        "log_output": True,
        "pre_execute": Call("within", (placing.path(target.folder),)),
        **rules_of(plan.policy(task.name), task, grace=""),
    }
    said = {name: value for name, value in known.items() if value not in ({}, None)}
    return Call("PapermillOperator", (), said, _role(task))


def _uses(plan: Plan, names: frozenset[str]) -> dict[str, Any]:
    """The tasks whose values are needed, in the order of the flow."""
    ordered = [name for name in plan.flow.graph.order if name in names]
    one = [name for name in ordered if not plan.flow[name].is_mapped]
    many = [name for name in ordered if plan.flow[name].is_mapped]
    return {k: v for k, v in {"values_of": one, "lists_of": many}.items() if v}


def _role(task: Task) -> tuple[Call, ...]:
    match task.role:
        case Role.SETUP:
            return (Call("as_setup"),)
        case Role.TEARDOWN:
            fails = {"on_failure_fail_dagrun": True} if task.fails_run else {}
            return (Call("as_teardown", (), fails),)
        case _:
            return ()


def _constant_items(task: Task) -> list[Any] | None:
    """The items of *task*, if they can be told now and are no more than a person would read."""
    lists: list[list[Any]] = []
    size = 1
    for expression in task.expand.values():
        if not isinstance(expression, Constant) or not isinstance(expression.value, list):
            return None
        if _has_template(expression.value):
            return None
        lists.append(expression.value)
        size *= len(expression.value)
    if not 0 < size <= _MOST_ITEMS:
        return None
    return [to_json(dict(zip(task.expand, each, strict=True))) for each in product(*lists)]


def _has_template(value: Any) -> bool:
    match value:
        case str():
            return is_template(value)
        case Mapping():
            return any(map(_has_template, [*value, *value.values()]))
        case list() | tuple():
            return any(map(_has_template, value))
        case _:
            return False


def _text(expression: Expression) -> str | None:
    is_text = isinstance(expression, Constant) and isinstance(expression.value, str)
    return str(expression.value) if is_text else None  # type: ignore[union-attr]


def _span(expression: Expression | None) -> timedelta | None:
    return span_of(expression.value) if isinstance(expression, Constant) else None

"""The options of a flow as arguments of a DAG: schedule, limits, parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from jupyter_flow.core.flow import Flow, FlowParameter, Plan
from jupyter_flow.core.options import Catchup, FlowOptions, OnUpdate
from jupyter_flow.wire.values import to_json

from .python import Call, Code, Lines

_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def head_of(plan: Plan) -> Call:
    """The call that makes the DAG of *plan*."""
    return Call("DAG", (), dict(_arguments(plan)))


def _arguments(plan: Plan) -> Iterator[tuple[str, Any]]:
    from jupyter_flow.core.language import format_flow

    flow, options = plan.flow, plan.flow.options
    yield "dag_id", flow.name
    if flow.description:
        yield "description", flow.description
    yield "doc_md", Lines(f"```python\n{format_flow(flow).rstrip()}\n```")
    yield "schedule", _schedule(options)
    if options.start is not None:
        yield "start_date", options.start
    if options.end is not None:
        yield "end_date", options.end
    yield "catchup", options.catchup is Catchup.ALL and options.start is not None
    if options.max_active_runs is not None:
        yield "max_active_runs", options.max_active_runs
    if options.max_active_tasks is not None:
        yield "max_active_tasks", options.max_active_tasks
    if options.run_timeout is not None:
        yield "dagrun_timeout", options.run_timeout
    if flow.params:
        yield "params", {each.name: _param(each) for each in flow.params}
    yield "default_args", _default_args(plan)
    yield "tags", ["jupyter_flow"]


def _schedule(options: FlowOptions) -> Any:
    timed = None
    if options.schedule:
        timed = Call("CronTriggerTimetable", (options.schedule,), {"timezone": options.tz or "UTC"})
    if options.on_update is None:
        return timed
    assets = _assets(options.on_update)
    if timed is None:
        return assets
    return Call("AssetOrTimeSchedule", (), {"timetable": timed, "assets": assets})


def _assets(wanted: OnUpdate) -> Code:
    sign = " & " if wanted.of == "all" else " | "
    joined = sign.join(Call("Asset", (name,)).text() for name in wanted.names)
    return Code(joined if len(wanted.names) > 1 else f"[{joined}]")


def _param(param: FlowParameter) -> Any:
    default = param.default
    if isinstance(default, date):
        kind = "date-time" if isinstance(default, datetime) else "date"
        return Call("Param", (default.isoformat(),), {"type": "string", "format": kind})
    is_odd = isinstance(default, float) and not math.isfinite(default)
    kind_of_json = None if is_odd else _TYPES.get(type(default))
    return Call("Param", (to_json(default),), {"type": kind_of_json} if kind_of_json else {})


def _default_args(plan: Plan) -> dict[str, Any]:
    """What Airflow would do otherwise than a flow where nothing is said."""
    args: dict[str, Any] = {"owner": "jupyter_flow", "retries": 0}
    if _has_priorities(plan.flow, plan):
        args |= {"priority_weight": 0, "weight_rule": "absolute"}
    return args


def _has_priorities(flow: Flow, plan: Plan) -> bool:
    return any(plan.policy(task.name).priority for task in flow.tasks)

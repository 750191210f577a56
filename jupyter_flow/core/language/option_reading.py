"""Options from names and values to `TaskOptions` and `FlowOptions`, and back.

Used for `.options(...)`, for a flow's line, for the tags of notebooks and for commands. Every
mistake is a `Problem`; what is wrong is left out of what is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jupyter_flow.core.errors import Problem, Where, suggestion
from jupyter_flow.core.options import FlowOptions, TaskOptions

from .option_specs import FLOW_OPTIONS, LINE_OPTIONS, TASK_OPTIONS, OptionSpec
from .option_type import wrong
from .schedules import in_zone, write_moment
from .text_types import is_plain

#: What people who come from elsewhere write, and what it is called here.
_ELSEWHERE = {
    "trigger_rule": "trigger",
    "execution_timeout": "timeout",
    "retry_exponential_backoff": "backoff",
    "priority_weight": "priority",
    "pool_slots": "slots",
    "max_active_tis_per_dag": "max_active_tasks",
    "timezone": "tz",
    "cron": "schedule",
    "start_date": "start",
    "end_date": "end",
    "dagrun_timeout": "run_timeout",
    "concurrency": "max_active_tasks",
    "kernel_name": "kernel",
}


def read_task_options(
    mapping: Mapping[str, Any], *, is_text: bool = False, where: Where | None = None
) -> tuple[TaskOptions, list[Problem]]:
    """The task options that *mapping* says by name, and what is wrong with the others.

    With *is_text* the values are what somebody typed after a flag: ``{"retries": "2"}``. *where*
    is the place that the problems name.
    """
    said, problems = _read_all(mapping, TASK_OPTIONS, is_text=is_text)
    found = [*problems, *contradictions(said)]
    return TaskOptions(**said), [replace(problem, where=where) for problem in found]


def read_flow_options(
    mapping: Mapping[str, Any], *, is_text: bool = False, where: Where | None = None
) -> tuple[FlowOptions, list[Problem]]:
    """The same for the options of a flow."""
    said, problems = _read_all(mapping, FLOW_OPTIONS, is_text=is_text)
    options = flow_options(said)
    found = [*problems, *schedule_contradictions(options)]
    return options, [replace(problem, where=where) for problem in found]


def read_line_options(
    mapping: Mapping[str, Any],
) -> tuple[FlowOptions, TaskOptions, list[Problem]]:
    """The options of a flow and the defaults of its tasks, both from *mapping*."""
    said, problems = _read_all(mapping, LINE_OPTIONS, is_text=False)
    options = flow_options({name: said[name] for name in said if name in FLOW_OPTIONS})
    for_tasks = {name: said[name] for name in said if name in TASK_OPTIONS}
    problems += line_problems(for_tasks)
    found = [*problems, *contradictions(for_tasks), *schedule_contradictions(options)]
    return options, TaskOptions(**for_tasks), found


def line_problems(said: Mapping[str, Any]) -> list[Problem]:
    """What could be said of one task, but has no place on a flow's line."""
    many = said.get("env") or {}
    return [
        wrong(f"env: {name}", value, "a text of one line", hint="Say it in .options(…).")
        for name, value in many.items()
        if not is_plain(value)
    ]


def _read_all(
    mapping: Mapping[str, Any], specs: Mapping[str, OptionSpec], *, is_text: bool
) -> tuple[dict[str, Any], list[Problem]]:
    said: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, given in mapping.items():
        value = read_option(name, given, specs, is_text=is_text)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            said[name] = value
    return said, problems


def read_option(
    name: str, given: object, specs: Mapping[str, OptionSpec], *, is_text: bool = False
) -> object:
    """The value of one option, or the problem."""
    spec = specs.get(name)
    if spec is None:
        return unknown_option(name, specs)
    value = spec.type.from_text(given) if is_text and isinstance(given, str) else given
    found = spec.type.read(name, value)
    if isinstance(found, Problem) and not found.hint:
        example = spec.line_example if is_text else f"{name}={spec.example}"
        return replace(found, hint=f"For example: {example}.")
    return found


def flow_options(said: Mapping[str, Any]) -> FlowOptions:
    """The options of a flow with their moments put into its time zone."""
    zone = said.get("tz")
    moments = {
        name: in_zone(value, zone) for name, value in said.items() if isinstance(value, datetime)
    }
    return FlowOptions(**{**said, **moments})


def unknown_option(name: str, specs: Mapping[str, OptionSpec]) -> Problem:
    """There is no such option here; perhaps there is one elsewhere."""
    here = "task" if specs is TASK_OPTIONS else "flow"
    if name in FLOW_OPTIONS:
        what = f"{name!r} is an option of a flow, not of a task"
        hint = f"Put it on the first line: %%flow NAME {FLOW_OPTIONS[name].flag} …"
        return Problem(code="JF120", what=what, hint=hint)
    if _ELSEWHERE.get(name) in specs:
        hint = f"It is called {_ELSEWHERE[name]!r} here."
    else:
        hint = suggestion(name, list(specs), noun="option")
    return Problem(code="JF120", what=f"a {here} has no option {name!r}", hint=hint)


def contradictions(said: Mapping[str, Any]) -> list[Problem]:
    """What the options of a task cannot mean together."""
    both = set(said.get("retry_on") or ()) & set(said.get("no_retry_on") or ())
    return [
        Problem(
            code="JF127",
            what=f"{name!r} is both in 'retry_on' and in 'no_retry_on'",
            hint="Take it out of one of them.",
        )
        for name in sorted(both)
    ]


def schedule_contradictions(options: FlowOptions) -> list[Problem]:
    """What the options of a flow cannot mean together."""
    start, end = options.start, options.end
    if start is None or end is None or start <= end:
        return []
    what = f"the schedule ends ({write_moment(end)}) before it starts ({write_moment(start)})"
    return [Problem(code="JF127", what=what, hint="Change --start or --end.")]


def write_task_options(options: TaskOptions) -> dict[str, Any]:
    """*options* as JSON, such that `read_task_options` gives them back."""
    said = options.said().items()
    return {name: TASK_OPTIONS[name].type.write(value) for name, value in said}


def write_flow_options(options: FlowOptions) -> dict[str, Any]:
    """*options* as JSON, such that `read_flow_options` gives them back."""
    said = options.said().items()
    return {
        name: write_moment(value)
        if isinstance(value, datetime)
        else FLOW_OPTIONS[name].type.write(value)
        for name, value in said
    }

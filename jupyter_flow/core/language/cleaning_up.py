"""What set-ups and teardowns cannot be: said together, it would mean nothing.

A teardown runs whenever what it cleans up was set up. So nothing may keep it from running, and
what is to be there for certain is not left out because of an earlier run.
"""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.errors import Problem, Where
from jupyter_flow.core.expressions import values_used
from jupyter_flow.core.flow import Flow, Kind, Role, Task
from jupyter_flow.core.options import TriggerRule

from .findings import Spans

_RULE = TriggerRule.ALL_DONE_SETUP_SUCCESS


def check_roles(flow: Flow, spans: Spans) -> Iterator[Problem]:
    """All that is wrong with the set-ups and teardowns of *flow*, which has no loops."""
    for task in flow.tasks:
        if task.is_teardown:
            yield from _check_teardown(task, flow, spans)
        if task.role is not Role.WORK and task.options.cache:
            what = f"{_shown(task)} cannot be restored from an earlier run, it has to be done"
            yield _no_meaning(what, "Take the option away.", spans, "option", task, "cache")
        if task.role is Role.SETUP:
            yield from _check_after(task, flow, spans)


def rule_problem(setup: str, task: str, rule: TriggerRule, where: Where | None) -> Problem | None:
    """Whether *task*, which comes right after a set-up, may have that *rule*."""
    if rule is TriggerRule.ALL_SUCCESS:
        return None
    return Problem(
        code="JF141",
        what=f"task {task!r} comes right after the set-up {setup!r} and has the rule {rule}: it "
        "would run without what is set up for it",
        hint="Take the rule away: what comes right after a set-up needs that it succeeded.",
        where=where,
    )


def _check_teardown(task: Task, flow: Flow, spans: Spans) -> Iterator[Problem]:
    rule = task.options.trigger
    if rule is not None and rule is not _RULE:
        what = f"{_shown(task)} always has the rule {_RULE}"
        yield _no_meaning(what, "Take the option away.", spans, "option", task, "trigger")
    if task.options.depends_on_past:
        what = f"{_shown(task)} cannot depend on the past: it cleans up after this run"
        yield _no_meaning(what, "Take the option away.", spans, "option", task, "depends_on_past")
    if task.when is not None:
        what = f"{_shown(task)} has no condition: it runs whenever what it cleans up was set up"
        yield _no_meaning(what, "Give the condition to its set-up.", spans, "when", task)
    if task.kind in (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE):
        what = f"{_shown(task)} is of the kind {task.kind}, which cleans up nothing"
        yield _no_meaning(what, "Let a notebook or a command clean up.", spans, "role", task)
    setups = {up for up in flow.graph.upstream[task.name] if flow[up].role is Role.SETUP}
    for name, items in task.expand.items():
        used = [ref.task for ref in values_used(items) if ref.task not in setups]
        if used:
            what = f"{_shown(task)} is expanded over a value of {used[0]!r}, which may fail"
            hint = "Expand it over a constant, or over what its set-ups hand on."
            yield _no_meaning(what, hint, spans, "expand", task, name)


def _check_after(setup: Task, flow: Flow, spans: Spans) -> Iterator[Problem]:
    for name in flow.graph.downstream[setup.name]:
        task = flow[name]
        if task.is_teardown:
            continue
        places: list[tuple[str, ...]] = [("option", name, "trigger")]
        places += [("group_option", group.name, "trigger") for group in flow.groups_of(name)]
        places += [("option", "", "trigger"), ("task", name)]
        where = next((spans[place] for place in places if place in spans), None)
        problem = rule_problem(setup.name, name, flow.policy(task).trigger, where)
        if problem is not None:
            yield problem


def _shown(task: Task) -> str:
    return f"the {task.role} {task.name!r}".replace("setup", "set-up")


def _no_meaning(what: str, hint: str, spans: Spans, place: str, task: Task, *rest: str) -> Problem:
    where = spans.get((place, task.name, *rest)) or spans.get(("task", task.name))
    return Problem(code="JF140", what=what, hint=hint, where=where)

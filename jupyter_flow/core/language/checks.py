"""What must hold in a whole flow, however it was made: from text or in Python.

Works on the values of `jupyter_flow.core.flow`; the places come with them when there are any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from jupyter_flow.core.errors import Problem, Where, suggestion
from jupyter_flow.core.expressions import Constant, Expression, ParamRef, values_used, walk
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.graph import find_loops

from .cleaning_up import check_roles
from .composing import UNKNOWN
from .durations import span_of
from .findings import Spans


def check(flow: Flow, spans: Spans) -> list[Problem]:
    """All that is wrong with *flow* by itself; its notebooks are not looked at."""
    if not flow.tasks:
        return [
            Problem(
                code="JF129",
                what=f"flow {flow.name!r} has no tasks",
                hint="Name at least one notebook that is tagged as a task: load >> train.",
                where=spans.get(("flow",)),
            )
        ]
    strangers = [*_strangers(flow, spans)]
    alone = [*_undeclared(flow, spans), *_waits_for_itself(flow, spans)]
    wrong = strangers or [*_loops(flow, spans)] or [*check_roles(flow, spans)]
    return [*alone, *wrong]


def without_loops(flow: Flow) -> Flow | None:
    """*flow* without the edges that close its loops; None when values alone make one.

    Not what was meant, but good enough to look for further mistakes in it.
    """
    names = [task.name for task in flow.tasks]
    used = {(up, task.name) for task in flow.tasks for up in task.uses()}
    edges = set(flow.edges)
    while loops := find_loops(names, edges | used):
        closing = {pair for loop in loops for pair in links(loop)} & edges - used
        if not closing:
            return None
        edges -= closing
    return replace(flow, edges=frozenset(edges))


def links(loop: tuple[str, ...]) -> list[tuple[str, str]]:
    """The edges of *loop*, the last one leads back to its beginning."""
    return list(zip(loop, (*loop[1:], loop[0]), strict=True))


def expressions_of(task: Task) -> Iterator[Expression]:
    """All expressions that *task* holds."""
    yield from task.parameters.values()
    yield from task.expand.values()
    if task.when is not None:
        yield task.when


def _undeclared(flow: Flow, spans: Spans) -> Iterator[Problem]:
    known = [param.name for param in flow.params]
    parts = (part for task in flow.tasks for each in expressions_of(task) for part in walk(each))
    used = dict.fromkeys(part.name for part in parts if isinstance(part, ParamRef))
    for name in used:
        if name not in known and name != UNKNOWN.name:
            hint = suggestion(name, known, noun="parameter")
            yield Problem(
                code="JF118",
                what=f"the flow declares no parameter {name!r}",
                hint=hint if known else f"Declare it before the tasks: params({name}=…).",
                where=spans.get(("param_ref", name)),
            )


def _strangers(flow: Flow, spans: Spans) -> Iterator[Problem]:
    known = [task.name for task in flow.tasks]
    named = {name: ("edge", *edge) for edge in sorted(flow.edges) for name in edge}
    for task in flow.tasks:
        for ref in (ref for each in expressions_of(task) for ref in values_used(each)):
            named.setdefault(ref.task, ("value", ref.task, ref.name))
    for name, key in named.items():
        if name not in flow:
            yield Problem(
                code="JF102",
                what=f"the flow has no task {name!r}",
                hint=suggestion(name, known, noun="task"),
                where=spans.get(key),
            )


def _waits_for_itself(flow: Flow, spans: Spans) -> Iterator[Problem]:
    for task in flow.tasks:
        given = task.parameters
        within = given.get("within", Constant(0))
        is_now = isinstance(within, Constant) and span_of(within.value) == timedelta(0)
        if task.kind is Kind.WAIT_FOR and given.get("flow") == Constant(flow.name) and is_now:
            yield Problem(
                code="JF131",
                what=f"task {task.name!r} waits for a run of its own flow to succeed, which cannot "
                "end before the wait does",
                hint='Wait for an earlier run: within="1d". To wait for a task of the run before, '
                "give that task the option depends_on_past.",
                where=spans.get(("parameter", task.name, "flow")) or spans.get(("task", task.name)),
            )


def _loops(flow: Flow, spans: Spans) -> Iterator[Problem]:
    names = [task.name for task in flow.tasks]
    used = {(up, task.name) for task in flow.tasks for up in task.uses()}
    for loop in find_loops(names, flow.edges | used):
        by_value = [pair for pair in links(loop) if pair in used and pair not in flow.edges]
        if len(loop) == 1:
            yield Problem(
                code="JF106",
                what=f"task {loop[0]!r} would wait for itself: it uses a value of its own",
                hint="Use the value of a task that runs before it.",
                where=_place(flow, spans, (loop[0], loop[0])),
            )
            continue
        hint = "Remove one of these dependencies; a flow must be able to start somewhere."
        if by_value:
            up, down = by_value[0]
            hint += f" ({down!r} waits for {up!r} because it uses a value of it.)"
        yield Problem(
            code="JF101",
            what=f"these tasks wait for each other: {' → '.join((*loop, loop[0]))}",
            hint=hint,
            where=_last_written([_place(flow, spans, pair) for pair in links(loop)]),
        )


def _place(
    flow: Flow, spans: Mapping[tuple[str, ...], Where], pair: tuple[str, str]
) -> Where | None:
    """Where *pair* is made an edge, by an arrow or by a value."""
    up, down = pair
    if ("edge", up, down) in spans:
        return spans["edge", up, down]
    refs = [ref for each in expressions_of(flow[down]) for ref in values_used(each)]
    first = next((ref for ref in refs if ref.task == up), None)
    return spans.get(("value", up, first.name)) if first is not None else None


def _last_written(places: list[Where | None]) -> Where | None:
    """The edge that closed a loop is the one written last."""
    known = [place for place in places if place is not None]
    return max(known, key=lambda place: (place.line or 0, place.column or 0), default=None)

"""The flows that tasks of a flow run: are they there, and do they take what they are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.expressions import Constant, DictOf, Expression, ListOf
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Plan, Task
from jupyter_flow.core.notebooks.parameter_types import check, type_of

from .given_types import holds_template, no_lists
from .lookup import Lookup

#: What is found of a flow, by its name: its plan, or what is wrong.
Children = Mapping[str, Plan | Problem]


def flows_run(flow: Flow) -> tuple[str, ...]:
    """The names of the flows that tasks of *flow* run, each once."""
    names = (child_of(task) for task in flow.tasks if task.kind is Kind.FLOW)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def child_of(task: Task) -> str | None:
    """The name of the flow that *task* runs, if it does."""
    named = task.parameters.get("flow") if task.kind is Kind.FLOW else None
    name = named.value if isinstance(named, Constant) else None
    return name if isinstance(name, str) else None


def check_child(task: Task, children: Children, lookup: Lookup) -> Iterator[Problem]:
    """What is wrong with the flow that *task* runs, or with what it is given."""
    found = children.get(child_of(task) or "")
    if found is None:
        what = f"task {task.name!r} runs the flow {child_of(task)!r}, which nobody has looked for"
        yield Problem(code="JF207", what=what, hint="", where=lookup.place_of(task, "flow"))
        return
    if isinstance(found, Problem):
        yield replace(found, where=lookup.place_of(task, "flow"))
        return
    params = {each.name: each for each in found.flow.params}
    for name, given in ((n, g) for each in _given(task) for n, g in each.items()):
        if name in params:
            yield from _wrong_type(task, params[name], given, lookup)
        else:
            hint = f"Declare it in the flow {found.flow.name!r}: params({name}=…)."
            yield Problem(
                code="JF240",
                what=f"flow {found.flow.name!r} has no parameter {name!r}",
                hint=suggestion(name, list(params), noun="parameter") if params else hint,
                where=lookup.place_of(task, "params"),
            )
    yield from no_lists(task, lookup)


def _given(task: Task) -> Iterator[dict[str, Expression]]:
    """What *task* gives to the runs of its flow, by name, as far as the flow tells."""
    match task.expand.get("params"):
        case ListOf(items=items):
            yield from filter(None, map(_named, items))
        case Constant(value=list() as values):
            yield from filter(None, (_named(Constant(each)) for each in values))
        case None if "params" in task.parameters:
            yield _named(task.parameters["params"])


def _named(params: Expression) -> dict[str, Expression]:
    match params:
        case DictOf(items=pairs):
            return dict(pairs)
        case Constant(value=Mapping() as values):
            return {name: Constant(value) for name, value in values.items()}
        case _:
            return {}


def _wrong_type(
    task: Task, param: FlowParameter, given: Expression, lookup: Lookup
) -> Iterator[Problem]:
    if not isinstance(given, Constant) or holds_template(given.value):
        return
    wrong = check(given.value, type_of(param.default))
    if wrong is not None:
        yield Problem(
            code="JF241",
            what=f"parameter {param.name!r} of task {task.name!r} {wrong}",
            hint=f"The flow declares it as params({param.name}={param.default!r}).",
            where=lookup.place_of(task, "params"),
        )

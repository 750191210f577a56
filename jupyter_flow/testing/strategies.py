"""Hypothesis strategies: any flow, with everything that the language can say.

Every flow that comes out is one that `jupyter_flow.core.language` could have read: it has no
problems of its own. Whether its notebooks exist is another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from inspect import cleandoc
from typing import Any, Literal

from hypothesis import strategies as st

from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    DictOf,
    Every,
    Expression,
    ListOf,
    Not,
    ParamRef,
    Some,
    ValueRef,
    values_used,
)
from jupyter_flow.core.flow import Flow, FlowParameter, Group, Kind, Role, Task
from jupyter_flow.core.grouping import Grouping
from jupyter_flow.core.language.composing import dict_of, list_of
from jupyter_flow.core.language.writing import is_bare
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.task_names import wrong_with

from .option_strategies import flow_options, task_options

__all__ = ["any_flow", "constants", "flow_options", "task_names", "task_options", "with_roles"]

_COMMON = ("load", "clean", "features", "train", "evaluate", "report", "deploy", "options", "when")
_OPERATORS: tuple[Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"], ...] = (
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "not in",
)


@cache
def task_names() -> st.SearchStrategy[str]:
    """Names that tasks, parameters and arguments can have."""
    rare = st.from_regex(r"[a-zA-Zäñж_][a-z0-9_é]{0,7}", fullmatch=True)
    return st.sampled_from(_COMMON) | rare.filter(
        lambda name: not wrong_with(name) and is_bare(name)
    )


@cache
def constants() -> st.SearchStrategy[Any]:
    """What JSON can hold, as Python has it."""
    numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    plain = st.none() | st.booleans() | numbers | st.text(max_size=12)
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
        ),
        max_leaves=4,
    )


@st.composite
def any_flow(draw: st.DrawFn, *, max_tasks: int = 6) -> Flow:
    """Any flow: all kinds of task, mapped ones, conditions, options, values and parameters."""
    names = draw(st.lists(task_names(), min_size=1, max_size=max_tasks, unique=True))
    params = draw(st.dictionaries(task_names(), constants(), max_size=2))
    tasks = [
        draw(_any_task(name, ups=names[:place], params=list(params)))
        for place, name in enumerate(names)
    ]
    pairs = [(up, down) for place, down in enumerate(names) for up in names[:place]]
    edges = draw(st.frozensets(st.sampled_from(pairs))) if pairs else frozenset()
    description = st.text(max_size=40).map(_clean).filter(lambda text: _clean(text) == text)
    flow = Flow(
        name=draw(st.from_regex(r"[a-z_][\w-]{0,8}", fullmatch=True)),
        tasks=tuple(draw(st.permutations(tasks))),
        edges=edges,
        params=tuple(FlowParameter(name=name, default=params[name]) for name in params),
        options=draw(flow_options()),
        defaults=draw(task_options(on_line=True)),
        description=draw(description),
    )
    return draw(_with_groups(draw(with_roles(flow))))


@st.composite
def with_roles(draw: st.DrawFn, flow: Flow) -> Flow:
    """*flow* with some of its tasks made set-ups and teardowns.

    What contradicts that is taken from what those tasks say otherwise.
    """
    parts = {each.name: draw(st.sampled_from([*_ROLES, *Role])) for each in flow.tasks}
    after = {
        down
        for name, role in parts.items()
        if role is Role.SETUP
        for down in flow.graph.downstream[name]
    }
    tasks: list[Task] = []
    for task in flow.tasks:
        role, options = parts[task.name], task.options
        if role is Role.TEARDOWN and task.kind not in (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE):
            fails_run = draw(st.booleans())
            items = {
                name: Constant([1]) if any(values_used(value)) else value
                for name, value in task.expand.items()
            }
            task = replace(task, role=role, fails_run=fails_run, when=None, expand=items)
            options = replace(options, trigger=None, depends_on_past=None, cache=None)
        elif role is Role.SETUP:
            task, options = replace(task, role=role), replace(options, cache=None)
        if task.name in after and not task.is_teardown:
            options = replace(options, trigger=TriggerRule.ALL_SUCCESS)
        tasks.append(replace(task, options=options))
    return replace(flow, tasks=tuple(tasks))


@st.composite
def _with_groups(draw: st.DrawFn, flow: Flow) -> Flow:
    """*flow* with some of its tasks in groups, which may be in groups."""
    taken = {task.name for task in flow.tasks}
    free = task_names().filter(lambda name: name not in taken)
    names = draw(st.lists(free, max_size=3, unique=True))
    outer: list[str | None] = [None]
    grouping = Grouping()
    for name in names:
        grouping.parents[name] = draw(st.sampled_from(outer))
        outer.append(name)
    for task in flow.tasks:
        grouping.homes[task.name] = draw(st.sampled_from(outer))
    tasks, groups = grouping.in_order(task.name for task in flow.tasks)
    return replace(
        flow,
        tasks=tuple(flow[name] for name in tasks),
        groups=tuple(
            Group(
                name=name,
                members=tuple(task for task in tasks if grouping.homes[task] == name),
                parent=grouping.parents[name],
                options=draw(task_options()),
            )
            for name in groups
        ),
    )


_ROLES = (Role.WORK, Role.WORK)


def _clean(text: str) -> str:
    return cleandoc(text).strip()


@st.composite
def _any_task(draw: st.DrawFn, name: str, *, ups: Sequence[str], params: Sequence[str]) -> Task:
    kind = draw(st.sampled_from([Kind.NOTEBOOK, Kind.NOTEBOOK, *Kind]))
    notebook, over = None, task_names()
    if kind is Kind.NOTEBOOK:
        notebook = draw(st.just(name) | _notebooks())
        drawn = draw(_arguments())
    else:
        unordered = draw(_parameters(kind))
        drawn = {each: unordered[each] for each in _ORDER if each in unordered}
        over = st.sampled_from(_EXPANDED[kind])
    place = partial(_placed, ups=ups, params=params)
    mapped = {} if kind is Kind.EXPECT else draw(_mapped(over))
    expand = {each: place(value) for each, value in mapped.items()}
    condition = draw(st.none() | _conditions())
    return Task(
        name=name,
        kind=kind,
        notebook=notebook,
        parameters={each: place(value) for each, value in drawn.items() if each not in expand},
        expand=expand,
        when=None if condition is None else place(condition),
        options=draw(task_options()),
    )


@cache
def _notebooks() -> st.SearchStrategy[str]:
    return task_names() | st.sampled_from(["sub/train.ipynb", "01 Load.ipynb", "x/notes.py"])


@cache
def _arguments() -> st.SearchStrategy[dict[str, Expression]]:
    return st.dictionaries(task_names(), _expressions(), max_size=2)


def _mapped(over: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Expression]]:
    lists = st.lists(constants(), max_size=3).map(Constant)
    return st.dictionaries(over, lists | _references(), max_size=2)


#: As the parameters come out when a flow is read.
_ORDER = (
    *("question", "function", "method", "url", "command", "file", "sql", "http", "flow", "query"),
    *("connection", "bind", "preview", "headers", "json", "body", "timeout"),
    *("poke_interval", "soft_fail", "within", "condition", "message"),
    *("arguments", "params"),
    *("until", "backoff", "max_poke_interval"),
)

#: Over what a task of each kind can be mapped: here only what it does not need.
_EXPANDED = {
    Kind.PYTHON: ["arguments"],
    Kind.SQL: ["bind", "preview"],
    Kind.HTTP: ["headers", "body"],
    Kind.SHELL: ["command"],
    Kind.WAIT_FOR: ["soft_fail"],
    Kind.EXPECT: ["condition"],
    Kind.APPROVE: ["timeout"],
    Kind.FLOW: ["params"],
}


@cache
def _parameters(kind: Kind) -> st.SearchStrategy[dict[str, Expression]]:
    """The parameters of a task of *kind*."""
    texts = st.text(min_size=1, max_size=12).map(Constant)
    values = _expressions()
    rest = st.dictionaries(task_names(), values, max_size=2).map(dict_of)
    match kind:
        case Kind.PYTHON:
            function = st.just(Constant("package.module:function"))
            return st.fixed_dictionaries({"function": function, "arguments": rest})
        case Kind.SQL:
            return st.fixed_dictionaries(
                {"query": texts, "connection": values}, optional={"bind": values, "preview": values}
            )
        case Kind.HTTP:
            method = st.sampled_from(["GET", "post"]).map(Constant)
            return st.fixed_dictionaries(
                {"method": method, "url": texts}, optional={"headers": values, "json": values}
            )
        case Kind.SHELL:
            return st.fixed_dictionaries({"command": texts})
        case Kind.WAIT_FOR:
            return _waits(texts)
        case Kind.EXPECT:
            condition = st.builds(Compare, values, st.sampled_from(_OPERATORS), values)
            return st.fixed_dictionaries({"condition": condition}, optional={"message": texts})
        case Kind.APPROVE:
            questions = st.sampled_from([Constant("Deploy?"), Constant("{{ ds }}: go on?")])
            optional = {"soft_fail": st.booleans().map(Constant)}
            return st.fixed_dictionaries({"question": questions}, optional=optional)
        case _:
            return st.fixed_dictionaries({"flow": st.just(Constant("other")), "params": rest})


def _waits(texts: st.SearchStrategy[Constant]) -> st.SearchStrategy[dict[str, Expression]]:
    """What a task is given that waits for a flow, or for something else."""
    optional: dict[str, st.SearchStrategy[Constant]] = {
        "timeout": st.sampled_from([Constant("20m"), Constant(90)]),
        "poke_interval": st.just(Constant(5)),
        "soft_fail": st.booleans().map(Constant),
    }
    written = texts.filter(lambda text: bool(str(text.value).strip()))
    within = {"within": st.just(Constant("1d"))}
    flow = st.fixed_dictionaries({"flow": st.just(Constant("other"))}, optional=optional | within)
    file = st.fixed_dictionaries({"file": written}, optional=optional)
    pauses = {"backoff": st.just(Constant(2)), "max_poke_interval": st.just(Constant("5m"))}
    rows = {"sql": written, "connection": st.just(Constant("warehouse"))}
    query = st.fixed_dictionaries(rows, optional=optional | pauses)
    url = st.just(Constant("https://example.com/ready"))
    answer = st.fixed_dictionaries({"http": url}, optional=optional)
    moment = st.fixed_dictionaries({"until": st.sampled_from([Constant("18:00"), Constant("2h")])})
    found: st.SearchStrategy[dict[str, Any]] = st.one_of(flow, file, query, answer, moment)
    return found


@cache
def _references() -> st.SearchStrategy[Expression]:
    """Parameters of the flow and values of tasks, by number; `_placed` gives them their names."""
    numbers = st.integers(0, 9).map(str)
    names = task_names() | st.text(min_size=1, max_size=6)
    return numbers.map(ParamRef) | st.builds(ValueRef, numbers, names)


@cache
def _expressions() -> st.SearchStrategy[Expression]:
    """What a parameter of a task can be given."""
    return st.recursive(
        constants().map(Constant) | _references(),
        lambda inner: (
            st.lists(inner, max_size=3).map(list_of)
            | st.dictionaries(st.text(max_size=6), inner, max_size=3).map(dict_of)
        ),
        max_leaves=4,
    )


@cache
def _conditions() -> st.SearchStrategy[Expression]:
    """What ``.when`` can be given."""

    def more(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        compared = st.builds(Compare, inner, st.sampled_from(_OPERATORS), inner)
        return compared | several.map(Every) | several.map(Some) | inner.map(Not)

    return st.recursive(_expressions(), more, max_leaves=5)


def _placed(expression: Expression, *, ups: Sequence[str], params: Sequence[str]) -> Expression:
    """*expression* with references that there are; where there are none, a constant."""
    place = partial(_placed, ups=ups, params=params)
    match expression:
        case ParamRef(name=number):
            return ParamRef(params[int(number) % len(params)]) if params else Constant([1])
        case ValueRef(task=number, name=name):
            return ValueRef(ups[int(number) % len(ups)], name) if ups else Constant([1])
        case ListOf(items=items):
            return list_of([place(item) for item in items])
        case DictOf(items=pairs):
            return dict_of({key: place(item) for key, item in pairs})
        case Compare(left=left, right=right):
            return replace(expression, left=place(left), right=place(right))
        case Every(items=items) | Some(items=items):
            return replace(expression, items=tuple(place(item) for item in items))
        case Not(item=item):
            return Not(place(item))
        case _:
            return expression

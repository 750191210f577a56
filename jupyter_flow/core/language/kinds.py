"""The kinds of task that are not a bare name: which arguments they take, and what becomes of them.

Shared by the text and by the Python API. Places are not known here: a wrong argument is told by
its position or its name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.expressions import Expression
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.notebooks.notebook import SUFFIXES
from jupyter_flow.core.task_names import suggested_by

from .calling import Found, wrong_call
from .composing import dict_of
from .kind_checks import check
from .wait_checks import WAYS_TO_WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a kind is called. ``rest`` is the parameter that all other names are collected in."""

    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    rest: str | None = None
    example: str

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.positional, *self.keywords)


CALLS: Mapping[Kind, Call] = {
    Kind.PYTHON: Call(
        positional=("function",),
        required=("function",),
        rest="arguments",
        example='python("package.module:function", x=1)',
    ),
    Kind.SQL: Call(
        positional=("query",),
        keywords=("connection", "bind", "preview", "save"),
        required=("query", "connection"),
        example='sql("select 1", connection="name")',
    ),
    Kind.HTTP: Call(
        positional=("method", "url"),
        keywords=(
            *("connection", "headers", "query", "json", "form", "body", "timeout", "tries"),
            *("retry_status", "expect_status", "expect_json", "save", "preview"),
        ),
        required=("method", "url"),
        example='http("GET", "https://example.com")',
    ),
    Kind.SHELL: Call(
        positional=("command",),
        keywords=("output",),
        required=("command",),
        example='shell("make report")',
    ),
    Kind.WAIT_FOR: Call(
        keywords=(
            *(*WAYS_TO_WAIT, "connection", "within", "stable", "method", "headers"),
            *("expect_status", "expect_json", "bind", "any_row"),
            *("timeout", "poke_interval", "backoff", "max_poke_interval", "soft_fail"),
        ),
        example='wait_for(file="in/*.csv", timeout="1h")',
    ),
    Kind.EXPECT: Call(
        positional=("condition", "message"),
        required=("condition",),
        example="expect(evaluate.auc > 0.8)",
    ),
    Kind.APPROVE: Call(
        positional=("question",),
        keywords=("to", "form", "timeout", "soft_fail"),
        required=("question",),
        example='approve("Deploy?", timeout="1d")',
    ),
    Kind.FLOW: Call(
        positional=("flow",), required=("flow",), rest="params", example='flow("other", n=10)'
    ),
}


def parameters_of(
    kind: Kind, positional: Sequence[Expression], keywords: Mapping[str, Expression]
) -> tuple[dict[str, Expression], list[Found]]:
    """The parameters of a task of *kind* that is called like that, and what is wrong with it."""
    call = CALLS[kind]
    given = dict(zip(call.positional, positional, strict=False))
    found: list[Found] = []
    if len(positional) > len(call.positional):
        most = len(call.positional)
        what = f"{kind}() takes {most or 'no'} argument{'s' * (most != 1)} without a name"
        found.append((most, wrong_call(what, f"For example: {call.example}.")))
    collected: dict[str, Expression] = {}
    for name, value in keywords.items():
        if name in given:
            what = f"{kind}() is given {name!r} twice"
            found.append((name, wrong_call(what, f"For example: {call.example}.")))
        elif name in call.known:
            given[name] = value
        elif call.rest is not None:
            collected[name] = value
        else:
            what = f"{kind}() takes no {name!r}"
            hint = suggestion(name, call.known, noun="argument")
            hint = "The values of the query are bind={…}." if name == "params" else hint
            if kind is Kind.WAIT_FOR and name in ("json", "status"):
                hint = f"What the answer must have is expect_{name}=…."
            found.append((name, wrong_call(what, hint)))
    if call.rest is not None:
        given[call.rest] = dict_of(collected)
    found += check(kind, given)
    return given, found


def missing_of(kind: Kind, given: Collection[str]) -> list[str]:
    """What a task of *kind* needs and is not *given*."""
    if kind is Kind.WAIT_FOR:
        ways = set(given) & set(WAYS_TO_WAIT)
        if ways == {"sql"} and "connection" not in given:
            return ["connection"]
        return [] if ways else ["flow"]
    required = CALLS[kind].required if kind in CALLS else ()
    return [name for name in required if name not in given]


def missing_problem(kind: Kind, missing: Sequence[str]) -> Problem:
    """A task of *kind* is neither given what it needs nor expanded over it."""
    if kind is Kind.WAIT_FOR and missing == ["connection"]:
        hint = 'For example: wait_for(sql="select …", connection="name").'
        return wrong_call("wait_for(sql=…) needs a connection", hint)
    if kind is Kind.WAIT_FOR:
        what = "wait_for() waits for one thing, and it is given none"
        return wrong_call(what, f"Give one of {', '.join(WAYS_TO_WAIT)}.")
    return wrong_call(
        f"{kind}() needs {' and '.join(missing)}", f"For example: {CALLS[kind].example}."
    )


def name_of(kind: Kind, text: str | None) -> str | None:
    """The name that a task of *kind* has when it is given none, from the text of its argument.

    None where that says no name.
    """
    if not text:
        return None
    match kind:
        case Kind.NOTEBOOK:
            stem = text.replace("\\", "/").rpartition("/")[2]
            return suggested_by(stem.rpartition(".")[0]) if stem.endswith(SUFFIXES) else text
        case Kind.PYTHON:
            return re.split(r"[.:]", text)[-1]
        case Kind.FLOW:
            return suggested_by(text)
        case _:
            return None


def expand_problem(kind: Kind, name: str) -> Problem | None:
    """Whether a task of *kind* can be expanded over its parameter *name*."""
    if kind is Kind.NOTEBOOK:
        return None
    call = CALLS[kind]
    known = (*call.known, call.rest) if call.rest else call.known
    if kind is Kind.EXPECT:
        what = "expect() cannot be expanded: it looks once at all that it names"
        return Problem(code="JF116", what=what, hint="Take the expand(…) away.")
    if name in known and name not in call.positional[: call.rest is not None]:
        return None
    what = f"a task of the kind {kind.value!r} cannot be expanded over {name!r}"
    hint = suggestion(name, known, noun="argument")
    if call.rest is not None:
        hint = f'Expand all of them: .expand({call.rest}=[{{"{name}": …}}, {{"{name}": …}}]).'
    return Problem(code="JF116", what=what, hint=hint)

"""What must hold for the arguments of each kind of task, as far as it can be seen in the flow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.notebooks.notebook import SUFFIXES
from jupyter_flow.core.task_names import wrong_with

from .composing import UNKNOWN
from .durations import span_of
from .line import is_flow_name

#: Which argument is wrong: its position, its name, or None for the whole call.
At = int | str | None
Found = tuple[At, Problem]

#: What a task can wait for.
WAYS_TO_WAIT = ("file", "sql", "http", "flow")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def check(kind: Kind, given: Mapping[str, Expression]) -> Iterator[Found]:
    """What is wrong with the parameters that a task of *kind* is *given*."""
    if kind in _CHECKS:
        yield from _CHECKS[kind](given)


def wrong_call(what: str, hint: str) -> Problem:
    """A kind of task is called in a wrong way."""
    return Problem(code="JF113", what=what, hint=hint)


def notebook_problem(value: Expression | None) -> Problem | None:
    """What is wrong with what ``notebook(…)`` is given: a path, or the name in a tag."""
    text = value.value if isinstance(value, Constant) else None
    if not isinstance(text, str) or not text.strip():
        return wrong_call("notebook() needs a path", 'For example: notebook("sub/train.ipynb").')
    if text.endswith(SUFFIXES) or wrong_with(text) is None:
        return None
    hint = f"A path ends with one of {', '.join(SUFFIXES)}."
    return wrong_call(f"{text!r} is neither the path of a notebook nor a task's name", hint)


def _constant(given: Mapping[str, Expression], name: str) -> object:
    """The value of a constant; a template or a reference is None, nothing is known of it."""
    value = given.get(name)
    known = value.value if isinstance(value, Constant) else None
    return None if isinstance(known, str) and ("{{" in known or "{%" in known) else known


def _check_python(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = given.get("function", UNKNOWN)
    text = value.value if isinstance(value, Constant) else ""
    is_function = isinstance(text, str) and re.fullmatch(r"\w+(\.\w+)*:\w+(\.\w+)*", text)
    if value != UNKNOWN and not is_function:
        what = f"{text!r} names no function" if text else "the function must be a text"
        yield 0, wrong_call(what, 'Write "package.module:function".')


def _check_http(given: Mapping[str, Expression]) -> Iterator[Found]:
    method = _constant(given, "method")
    if isinstance(method, str) and method.upper() not in _METHODS:
        hint = f"Write one of {', '.join(_METHODS)}, and the URL after it."
        yield "method", wrong_call(f"{method!r} is no method of HTTP", hint)
    sent = [name for name in ("json", "form", "body") if name in given]
    if len(sent) > 1:
        what = f"http() is given {' and '.join(sent)}, and sends one"
        yield sent[-1], wrong_call(what, "Take one away.")


def _check_shell(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = _constant(given, "output")
    if value is not None and value not in ("text", "json"):
        hint = 'With output="json" the last line that it writes is read as JSON.'
        yield "output", wrong_call(f"'output' must be 'text' or 'json', not {value!r}", hint)


def _check_sql(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = _constant(given, "save")
    if isinstance(value, str) and not value.endswith(".parquet"):
        hint = 'Rows are kept in Parquet: save="rows.parquet".'
        yield "save", wrong_call(f"'save' must end with .parquet, not {value!r}", hint)


def _check_expect(given: Mapping[str, Expression]) -> Iterator[Found]:
    if isinstance(given.get("condition"), Constant):
        what = "expect() needs a condition, and a constant is never anything else"
        yield "condition", wrong_call(what, "For example: expect(evaluate.auc > 0.8).")
    message = given.get("message", Constant(""))
    if not isinstance(message, Constant) or not isinstance(message.value, str):
        yield "message", wrong_call("what expect() is to say must be a text", "Put it in quotes.")


def _check_flow(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = given.get("flow", UNKNOWN)
    name = value.value if isinstance(value, Constant) else None
    if value != UNKNOWN and not (isinstance(name, str) and is_flow_name(name)):
        yield "flow", wrong_call("flow() needs the name of a flow", 'For example: flow("other").')


def _check_wait_for(given: Mapping[str, Expression]) -> Iterator[Found]:
    ways = [name for name in WAYS_TO_WAIT if name in given]
    if len(ways) > 1:
        what = f"wait_for() waits for one thing, not for {' and '.join(ways)}"
        yield None, wrong_call(what, f"Give one of {', '.join(WAYS_TO_WAIT)}.")
    flow = _constant(given, "flow")
    if flow is not None and not (isinstance(flow, str) and is_flow_name(flow)):
        what = f"{flow!r} cannot be the name of a flow"
        yield "flow", wrong_call(what, 'For example: wait_for(flow="other").')
    if "within" in given and ways and ways != ["flow"]:
        what = f"'within' is for runs of flows, and this waits for {' and '.join(ways)}"
        yield "within", wrong_call(what, "Take it away.")
    for name in ("timeout", "poke_interval", "within"):
        yield from _check_span(given, name)
    soft = _constant(given, "soft_fail")
    if soft is not None and not isinstance(soft, bool):
        what = f"'soft_fail' must be True or False, not {soft!r}"
        yield "soft_fail", wrong_call(what, "True: it is skipped when it waited in vain.")


def _check_span(given: Mapping[str, Expression], name: str) -> Iterator[Found]:
    value = _constant(given, name)
    if value is None:
        return
    span = span_of(value)
    if span is None or span < timedelta(0) or (not span and name != "within"):
        hint = "Write 90 for seconds, or a text such as '20m'."
        what = f"{name!r} must be a length of time, not {value!r}"
        yield name, Problem(code="JF122", what=what, hint=hint)


_CHECKS: Mapping[Kind, Callable[[Mapping[str, Expression]], Iterator[Found]]] = {
    Kind.PYTHON: _check_python,
    Kind.SQL: _check_sql,
    Kind.HTTP: _check_http,
    Kind.SHELL: _check_shell,
    Kind.FLOW: _check_flow,
    Kind.WAIT_FOR: _check_wait_for,
    Kind.EXPECT: _check_expect,
}

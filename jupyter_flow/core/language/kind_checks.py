"""What must hold for the arguments of each kind of task, as far as it can be seen in the flow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.notebooks.notebook import SUFFIXES
from jupyter_flow.core.task_names import wrong_with

from .composing import UNKNOWN, is_number
from .durations import read_duration
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
    if "json" in given and "body" in given:
        yield "body", wrong_call("http() is given both json and body", "Take one away.")


def _check_flow(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = given.get("flow", UNKNOWN)
    name = value.value if isinstance(value, Constant) else None
    if value != UNKNOWN and not (isinstance(name, str) and is_flow_name(name)):
        yield "flow", wrong_call("flow() needs the name of a flow", 'For example: flow("other").')


def _check_wait_for(given: Mapping[str, Expression]) -> Iterator[Found]:
    ways = [name for name in WAYS_TO_WAIT if name in given]
    if len(ways) != 1:
        what = "wait_for() waits for one thing, " + (
            f"not for {' and '.join(ways)}" if ways else "and it is given none"
        )
        yield None, wrong_call(what, f"Give one of {', '.join(WAYS_TO_WAIT)}.")
    for name in ("timeout", "poke_interval"):
        value = _constant(given, name)
        is_span = isinstance(value, str) and read_duration(value) is not None
        is_span |= isinstance(value, int | float) and is_number(value) and value > 0
        if value is not None and not is_span:
            hint = "Write 90 for seconds, or a text such as '20m'."
            what = f"{name!r} must be a length of time, not {value!r}"
            yield name, Problem(code="JF122", what=what, hint=hint)


_CHECKS: Mapping[Kind, Callable[[Mapping[str, Expression]], Iterator[Found]]] = {
    Kind.PYTHON: _check_python,
    Kind.HTTP: _check_http,
    Kind.FLOW: _check_flow,
    Kind.WAIT_FOR: _check_wait_for,
}

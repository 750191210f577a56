"""What must hold for the arguments of each kind of task, as far as it can be seen in the flow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.notebooks.notebook import SUFFIXES
from jupyter_flow.core.task_names import wrong_with

from .calling import Found, constant, wrong_call
from .composing import UNKNOWN
from .line import is_flow_name
from .wait_checks import check_approval, check_wait

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def check(kind: Kind, given: Mapping[str, Expression]) -> Iterator[Found]:
    """What is wrong with the parameters that a task of *kind* is *given*."""
    if kind in _CHECKS:
        yield from _CHECKS[kind](given)


def notebook_problem(value: Expression | None) -> Problem | None:
    """What is wrong with what ``notebook(…)`` is given: a path, or the name in a tag."""
    text = value.value if isinstance(value, Constant) else None
    if not isinstance(text, str) or not text.strip():
        return wrong_call("notebook() needs a path", 'For example: notebook("sub/train.ipynb").')
    if text.endswith(SUFFIXES) or wrong_with(text) is None:
        return None
    hint = f"A path ends with one of {', '.join(SUFFIXES)}."
    return wrong_call(f"{text!r} is neither the path of a notebook nor a task's name", hint)


def _check_python(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = given.get("function", UNKNOWN)
    text = value.value if isinstance(value, Constant) else ""
    is_function = isinstance(text, str) and re.fullmatch(r"\w+(\.\w+)*:\w+(\.\w+)*", text)
    if value != UNKNOWN and not is_function:
        what = f"{text!r} names no function" if text else "the function must be a text"
        yield 0, wrong_call(what, 'Write "package.module:function".')


def _check_http(given: Mapping[str, Expression]) -> Iterator[Found]:
    method = constant(given, "method")
    if isinstance(method, str) and method.upper() not in _METHODS:
        hint = f"Write one of {', '.join(_METHODS)}, and the URL after it."
        yield "method", wrong_call(f"{method!r} is no method of HTTP", hint)
    sent = [name for name in ("json", "form", "body") if name in given]
    if len(sent) > 1:
        what = f"http() is given {' and '.join(sent)}, and sends one"
        yield sent[-1], wrong_call(what, "Take one away.")


def _check_shell(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = constant(given, "output")
    if value is not None and value not in ("text", "json"):
        hint = 'With output="json" the last line that it writes is read as JSON.'
        yield "output", wrong_call(f"'output' must be 'text' or 'json', not {value!r}", hint)


def _check_sql(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = constant(given, "save")
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


_CHECKS: Mapping[Kind, Callable[[Mapping[str, Expression]], Iterator[Found]]] = {
    Kind.PYTHON: _check_python,
    Kind.SQL: _check_sql,
    Kind.HTTP: _check_http,
    Kind.SHELL: _check_shell,
    Kind.FLOW: _check_flow,
    Kind.WAIT_FOR: check_wait,
    Kind.EXPECT: _check_expect,
    Kind.APPROVE: check_approval,
}

"""What a person is asked by ``approve(…)``: whom it asks, and with which values one may answer.

The form of a question is given as constants, as the parameters of a flow are: each default gives
the type. Whether anything is asked right now is the machine's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .errors import UsageError, suggestion
from .expressions import Constant
from .flow import FlowParameter, Task
from .given import bound

#: The value that says who answered.
BY = "by"

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def addresses_of(task: Task) -> tuple[str, ...]:
    """Whom *task* tells that it asks, as they are written: secrets are not filled in."""
    to = task.parameters.get("to")
    said = to.value if isinstance(to, Constant) else None
    return (said,) if isinstance(said, str) else tuple(said or ())


def form_of(task: Task) -> tuple[FlowParameter, ...]:
    """The values that an answer to *task* may have, with their defaults."""
    form = task.parameters.get("form")
    fields = form.value if isinstance(form, Constant) else {}
    return tuple(FlowParameter(name=name, default=default) for name, default in fields.items())


def values_of_answer(
    task: Task,
    *,
    by: str,
    given: Mapping[str, Any] = _NOTHING,
    texts: Mapping[str, str] = _NOTHING,
) -> dict[str, Any]:
    """What a yes to *task* hands on: all of its form, and who said so.

    *given* are values and *texts* the words of a command line or of a form, read as the types of
    the defaults. Without a form any names will do.

    Raises:
        UsageError: a name that the form does not have, or a value of another type (JF332).
    """
    form = form_of(task)
    names = [field.name for field in form]
    for name in {**given, **texts}:
        if name == BY:
            raise _wrong(f"the value {BY!r} says who answers, and cannot be given")
        if form and name not in names:
            hint = suggestion(name, names, noun="value")
            raise _wrong(f"'{task.name}' asks for no value {name!r}", hint)
    form = form or tuple(FlowParameter(name=name, default=None) for name in {**given, **texts})
    values: dict[str, Any] = {}
    for field in form:
        try:
            values[field.name] = bound(field, given, texts)
        except ValueError as error:
            hint = f"'{task.name}' asks for it as {field.name}={field.default!r}."
            raise _wrong(f"the value {field.name!r} {error}", hint) from error
    return values | ({BY: by} if by else {})


def wrong_form(form: object) -> str | None:
    """What is wrong with *form*; None when nothing is."""
    if not isinstance(form, Mapping) or not form:
        return "a form is an object of defaults by the names of values"
    for name, default in form.items():
        if not isinstance(name, str) or not name.isidentifier() or name == BY:
            return f"{name!r} cannot be the name of a value in a form"
        if isinstance(default, Mapping | list | tuple):
            return f"the default of {name!r} must be a text, a number, True, False or None"
    return None


def _wrong(what: str, hint: str = "") -> UsageError:
    return UsageError(what, hint=hint, code="JF332")

"""The core's values as JSON text, and back: what the store keeps and what the faces send.

Every value that is written can be read again and is then equal to what it was: plans, flows,
events, requests, failures, task runs, moves, entries of the journal, summaries. The text is
strict JSON, so a browser or a database can read it too, and equal values give equal text.

The shapes are compiled at their first use. This module knows no files and no tables.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, TypeVar, get_args, overload

from pydantic_core import PydanticSerializationError, ValidationError

from jupyter_flow.core.errors import FlowError, UsageError

from .shapes import Shape

T = TypeVar("T")


def encode(value: object, shape: Any) -> str:
    """The JSON text of *value*, which is of the type *shape* (a class, or a union of classes).

    Raises:
        UsageError: a user's value in it is of a type that cannot be kept (JF510).
        FlowError: it is not of the type *shape* (JF512).
    """
    serializer = _compiled(shape).serializer
    try:
        return serializer.to_json(value, warnings="error").decode()
    except PydanticSerializationError:
        return _encode_slowly(value, shape)


def _encode_slowly(value: object, shape: Any) -> str:
    """The text of *value* with question marks for half characters, or the true refusal.

    Kernels send halves of characters in their messages. They are no text; the rest is.
    """
    try:
        content = _compiled(shape).serializer.to_python(value, mode="json", warnings="error")
    except (ValueError, TypeError, AttributeError) as error:
        if isinstance(error.__cause__, UsageError):
            raise error.__cause__ from None
        raise FlowError(
            f"{type(value).__name__!r} is not what '{_name(shape)}' must be: {error}",
            hint="This is a mistake in the program that made it; please report it.",
            code="JF512",
        ) from error
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode(errors="replace").decode()


@overload
def decode(text: str | bytes, shape: type[T]) -> T: ...
@overload
def decode(text: str | bytes, shape: Any) -> Any: ...
def decode(text: str | bytes, shape: Any) -> Any:
    """The value of the type *shape* that `encode` wrote as *text*.

    Raises:
        FlowError: *text* is nothing of that type; a newer version may have written it (JF511).
    """
    try:
        return _compiled(shape).validator.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise FlowError(
            f"what is kept as '{_name(shape)}' cannot be read: {place}: {first['msg']}",
            hint="A newer version of jupyter_flow may have written it: upgrade this one.",
            code="JF511",
        ) from error


@cache
def _compiled(shape: Any) -> Shape:
    return Shape(shape)


def _name(shape: Any) -> str:
    members = get_args(shape)
    return " | ".join(_name(each) for each in members) if members else str(shape.__name__)

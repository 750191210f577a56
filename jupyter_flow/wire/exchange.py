"""What a face says to a browser and hears from it: the shapes of `jupyter_flow.wire.api` as text.

The difference to `jupyter_flow.wire.codec`, which does the work: what cannot be read here was
made by somebody who asks for something now, not by an older self. So the error says which field
is wrong, and a field that no one knows is a mistake, not a newer version.
"""

from __future__ import annotations

import json
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args, overload

from pydantic_core import ValidationError

from jupyter_flow.core.errors import UsageError

from .codec import encode
from .shapes import Shape

T = TypeVar("T")


def encode_view(value: object) -> str:
    """The JSON text of a view, or of a list of views."""
    if isinstance(value, (list, tuple)):
        return f"[{','.join(encode_view(each) for each in value)}]"
    return encode(value, type(value))


@overload
def decode_request(text: str | bytes, shape: type[T]) -> T: ...
@overload
def decode_request(text: str | bytes, shape: Any) -> Any: ...
def decode_request(text: str | bytes, shape: Any) -> Any:
    """The request of the type *shape* (a class, or a union told apart by ``kind``) in *text*.

    Raises:
        UsageError: *text* is no such request (JF414).
    """
    try:
        request = _compiled(shape).validator.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise _refusal(shape, f"{place}: {first['msg']}") from error
    known = [each.name for each in fields(request)]
    for name in json.loads(text):
        if name not in known:
            near = get_close_matches(name, known, n=1) or known
            raise _refusal(shape, f"{name}: there is no such field; known: {', '.join(near)}")
    return request


@cache
def _compiled(shape: Any) -> Shape:
    return Shape(shape)


def _refusal(shape: Any, what: str) -> UsageError:
    name = " | ".join(each.__name__ for each in get_args(shape) or (shape,))
    return UsageError(
        f"the request is no '{name}': {what}",
        hint="The shapes of all requests are in jupyter_flow/wire/schemas/api.json.",
        code="JF414",
    )

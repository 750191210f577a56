"""A parameter that a person gives, as a value or as a text: read as the type of its default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .flow import FlowParameter
from .notebooks.parameter_types import convert, convert_text, type_of
from .secrets import secrets_in


def bound(param: FlowParameter, given: Mapping[str, Any], texts: Mapping[str, str]) -> Any:
    """The value of *param*: given, or a text read as its type, or its default.

    Raises ValueError, whose text goes on from the name, when it is of another type.
    """
    type_text = type_of(param.default)
    if param.name in texts:
        text = texts[param.name]
        return convert_text(text, type_text) if type_text else _as_json(text)
    if param.name in given:
        if any(secrets_in(given[param.name])):
            raise ValueError("cannot be a secret: parameters of a run are shown to everybody")
        return convert(given[param.name], type_text)
    return param.default


def _as_json(text: str) -> Any:
    """What nothing is known of: JSON when it is some, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text

"""A flow's definition as JSON, in the shape that the store and the faces use, and its digest."""

from __future__ import annotations

import json
from hashlib import sha256

from jupyter_flow.core.flow import Flow
from jupyter_flow.wire.codec import encode

__all__ = ["digest_of", "to_json"]


def to_json(flow: Flow) -> str:
    """*flow* as JSON for people and programs: all of it, indented.

    Raises:
        UsageError: a value in it, given in Python, is of a type that JSON cannot keep (JF510).
    """
    return json.dumps(json.loads(encode(flow, Flow)), indent=2, ensure_ascii=False) + "\n"


def digest_of(flow: Flow) -> str:
    """Sixteen characters that are others as soon as anything in *flow* is another.

    Made from its text, so that they stay when later versions know more options.
    """
    from jupyter_flow.core.language import format_flow

    return sha256(format_flow(flow).encode(errors="replace")).hexdigest()[:16]

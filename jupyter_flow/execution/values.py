"""The values that an attempt hands on, taken from the displays of its kernel.

Any language's kernel can display such a bundle, so it is checked here again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jupyter_flow.handoff import VALUE_LIMIT, VALUE_MIME

from .failures import CellError

_NAME = "ValueError"


class Values:
    """What has been handed on so far, the last value of each name."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    @property
    def taken(self) -> Mapping[str, Any]:
        return dict(self._values)

    def take(self, bundle: Mapping[str, Any]) -> CellError | None:
        """Take the values in a MIME bundle, if there are any. Says what is wrong with them."""
        content = bundle.get(VALUE_MIME)
        if content is None:
            return None
        if isinstance(content, str):  # some kernels can display JSON as a text only
            try:
                content = json.loads(content)
            except ValueError:
                content = None
        if not isinstance(content, dict):
            return CellError(
                name=_NAME, message="the values that the cell displays are no JSON object"
            )
        for name, value in content.items():
            size = len(json.dumps(value).encode())
            if size > VALUE_LIMIT:
                return CellError(
                    name=_NAME,
                    message=f"the value {name!r} has {size:,} bytes, and a value may have "
                    f"{VALUE_LIMIT:,}: write it to a file instead",
                )
        self._values |= content
        return None

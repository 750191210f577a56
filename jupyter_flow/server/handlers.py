"""The handlers of the Jupyter server: one class for each path of the table, and the stream."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

from tornado import web

from .answering import AnswerHandler
from .base import FlowHandler, answering, guarded
from .openapi import describe
from .routes import ROUTES, Route
from .stream import StreamHandler

#: Everything is below this.
PREFIX = "jupyter-flow"
#: What a variable of a path may be, where it is not any text.
_VARIABLES = {"number": r"[0-9]{1,9}"}

Handler = tuple[str, type[web.RequestHandler]]


class OpenApiHandler(FlowHandler):
    """Says what can be asked for."""

    @guarded("read")
    async def get(self) -> None:
        server = f"{self.base_url.rstrip('/')}/{PREFIX}"
        found = await self.served.call(describe, server)
        self.finish(json.dumps(found))


def handlers(base_url: str) -> list[Handler]:
    """All handlers of a server whose addresses begin with *base_url*."""
    by_path: dict[str, list[Route]] = defaultdict(list)
    for route in ROUTES:
        by_path[route.path].append(route)
    made: list[Handler] = [(pattern(base_url, p), _handler(r)) for p, r in by_path.items()]
    return [
        *made,
        (pattern(base_url, "openapi.json"), OpenApiHandler),
        (pattern(base_url, "stream"), StreamHandler),
        (pattern(base_url, "answer"), AnswerHandler),
    ]


def pattern(base_url: str, path: str) -> str:
    """The addresses that *path* of the table stands for."""
    parts = re.split(r"\{(\w+)\}", path)
    parts[::2] = [re.escape(each) for each in parts[::2]]
    parts[1::2] = [f"(?P<{each}>{_VARIABLES.get(each, '[^/]+')})" for each in parts[1::2]]
    return f"{re.escape(base_url.rstrip('/'))}/{PREFIX}/{''.join(parts)}"


def _handler(routes: list[Route]) -> type[FlowHandler]:
    methods: dict[str, Any] = {each.method.lower(): answering(each) for each in routes}
    return type("FlowHandler", (FlowHandler,), methods | {"routes": tuple(routes)})

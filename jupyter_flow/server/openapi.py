"""The table of routes as OpenAPI. The shapes are those that the front end's types are made from."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import metadata
from typing import Any, get_args, get_origin

from jupyter_flow.wire import api
from jupyter_flow.wire.schema import api_schema

from .acts.looking import Document, Download
from .routes import ROUTES, Asked, Route

_FILE, _BYTES = "application/octet-stream", {"type": "string", "format": "binary"}
_ERROR = {"description": "It could not be done.", "content": {"application/json": {}}}


@cache
def describe(server: str) -> dict[str, Any]:
    """The description of a server whose routes are below the address *server*."""
    text = json.dumps(api_schema()["$defs"]).replace('"#/$defs/', '"#/components/schemas/')
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(f"/{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "jupyter_flow", "version": metadata.version("jupyterlab-flow")},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": json.loads(text),
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    summary, _, more = (route.act.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": route.act.__name__,
        "summary": summary,
        "parameters": [*_variables(route), *map(_parameter, route.query)],
        "responses": _answers(route),
    }
    if more.strip():
        operation["description"] = more.strip()
    if route.request is not None:
        operation["requestBody"] = {"required": True, "content": _json(_reference(route.request))}
    return operation


def _variables(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999}
            if name == "number"
            else {"type": "string", "minLength": 1},
        }
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _parameter(asked: Asked) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if asked.is_number:
        schema = {"type": "integer", "minimum": asked.least, "maximum": asked.most}
    if asked.default is not None:
        schema["default"] = asked.default
    is_required = asked.default is None
    return {"name": asked.name, "in": "query", "required": is_required, "schema": schema}


def _answers(route: Route) -> dict[str, Any]:
    error = _ERROR | {"content": _json(_reference(api.ErrorView))}
    if route.answer is None:
        return {"204": {"description": "It is done."}, "default": error}
    if route.answer is Document:
        known = {"304": {"description": "It is as the browser has it."}}
        found = {"200": {"description": "The notebook.", "content": _json({"type": "object"})}}
        return found | known | {"default": error}
    if route.answer is Download:
        found = {"200": {"description": "The file.", "content": {_FILE: {"schema": _BYTES}}}}
        return found | {"default": error}
    content = _json(_reference(route.answer))
    return {"200": {"description": "It was found, or done.", "content": content}, "default": error}


def _reference(shape: Any) -> dict[str, Any]:
    if get_origin(shape) is list:
        return {"type": "array", "items": _reference(get_args(shape)[0])}
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}

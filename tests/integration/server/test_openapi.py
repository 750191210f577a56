"""What the server says of itself is true: it answers what it promises, whatever it is asked."""

from __future__ import annotations

import asyncio
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.server.routes import ROUTES

if TYPE_CHECKING:
    from conftest import Asking

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    schemathesis = pytest.importorskip("schemathesis")

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


async def test_every_route_is_described(ask: Asking) -> None:
    described = await ask.get("openapi.json")

    asked = {(each.method.lower(), f"/{each.path}") for each in ROUTES}
    assert {(m, path) for path, methods in described["paths"].items() for m in methods} == asked
    assert described["servers"] == [{"url": "/a%40b/jupyter-flow"}]
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith((".", ";")), operation
            assert "default" in operation["responses"]


@pytest.mark.slow
async def test_whatever_is_asked_is_answered_as_described(
    ask: Asking, jp_http_port: int, jp_auth_header: dict[str, str]
) -> None:
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    await ask.end_of(run)
    described = await ask.get("openapi.json")

    await asyncio.to_thread(
        try_everything, described, f"http://127.0.0.1:{jp_http_port}", jp_auth_header, run
    )


def try_everything(described: Any, server: str, headers: dict[str, str], run: str) -> None:
    """Requests by chance to every route, half of them about a run that is there."""
    api = schemathesis.openapi.from_dict(described)
    base = server + described["servers"][0]["url"]
    for found in api.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), is_real=...)
        def try_one(case: Any, is_real: bool) -> None:
            if is_real and case.path_parameters and "run" in case.path_parameters:
                case.path_parameters["run"] = run
                if "key" in case.path_parameters:
                    case.path_parameters["key"] = "train"
                if "number" in case.path_parameters:
                    case.path_parameters["number"] = 1
            answer = case.call(base_url=base, headers=headers, timeout=30)
            case.validate_response(answer, checks=CHECKS)

        try_one()

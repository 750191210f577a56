"""Nobody gets in who may not, and nobody gets out of the server's root."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPResponse
from tornado.websocket import WebSocketClientConnection

from jupyter_flow.server.routes import ROUTES
from jupyter_flow.testing.notebooks import write_notebook

if TYPE_CHECKING:
    from conftest import Asking

Fetch = Callable[..., Awaitable[HTTPResponse]]
Connect = Callable[..., Awaitable[WebSocketClientConnection]]

#: What anybody may ask for is in the table; besides it there are these.
BESIDES = [("GET", "openapi.json", "read"), ("GET", "stream", "read")]
ASKED = [*((each.method, each.path, each.action) for each in ROUTES), *BESIDES]
#: As a page without a token would send it, so that it is not refused for other reasons.
STRANGER = {
    "Authorization": "token wrong",
    "Cookie": "_xsrf=deadbeef",
    "X-XSRFToken": "deadbeef",
}


def filled(path: str) -> list[str]:
    return re.sub(r"\{number\}", "1", re.sub(r"\{(run|key|name|file)\}", r"a-\1", path)).split("/")


async def asked(fetch: Fetch, method: str, path: str, **said: Any) -> HTTPResponse:
    query = {each.name: "1" for route in ROUTES if route.path == path for each in route.query}
    body = "{}" if method == "POST" else None
    return await fetch(
        "jupyter-flow",
        *filled(path),
        method=method,
        body=body,
        params=query,
        raise_error=False,
        **said,
    )


async def test_strangers_are_refused_everywhere(ask: Asking, jp_fetch: Fetch) -> None:
    for method, path, _ in ASKED:
        answer = await asked(jp_fetch, method, path, headers=dict(STRANGER))
        assert answer.code == 403, f"{method} {path}"
        if path != "stream":
            error = json.loads(answer.body)
            assert error["code"] == "HTTP403"
            assert "jupyter server list" in error["hint"], f"{method} {path}"


class Refusing(Authorizer):
    """Lets nobody do anything, and notes what was wanted."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        wanted.append((action, resource))
        return False


wanted: list[tuple[str, str]] = []


async def test_whoever_may_not_is_refused_everywhere(
    ask: Asking, jp_fetch: Fetch, jp_serverapp: ServerApp
) -> None:
    jp_serverapp.web_app.settings["authorizer"] = Refusing(parent=jp_serverapp)
    for method, path, action in ASKED:
        wanted.clear()
        answer = await asked(jp_fetch, method, path)
        assert answer.code == 403, f"{method} {path}"
        assert wanted == [(action, "jupyter-flow")], f"{method} {path}"
        if path != "stream":
            assert "authorizer" in json.loads(answer.body)["hint"], f"{method} {path}"


async def test_the_stream_is_refused_before_it_is_opened(
    ask: Asking, jp_ws_fetch: Connect, jp_serverapp: ServerApp
) -> None:
    with pytest.raises(HTTPClientError, match="403"):
        await jp_ws_fetch("jupyter-flow", "stream", headers=dict(STRANGER))
    jp_serverapp.web_app.settings["authorizer"] = Refusing(parent=jp_serverapp)
    with pytest.raises(HTTPClientError, match="403"):
        await jp_ws_fetch("jupyter-flow", "stream")


def test_every_handler_is_in_the_table(ask: Asking, jp_serverapp: ServerApp) -> None:
    """So that the tests above see all of them, but the page of a link, which brings its own key."""
    ours = [
        rule.matcher.regex.pattern
        for rules in jp_serverapp.web_app.default_router.rules
        for rule in getattr(rules.target, "rules", ())
        if "jupyter-flow" in getattr(rule.matcher, "regex", re.compile("")).pattern
    ]
    ours.remove("/a%40b/jupyter-flow/answer$")

    assert len(ours) == len({path for _, path, _ in ASKED})
    for _, path, _ in ASKED:
        address = f"/a%40b/jupyter-flow/{'/'.join(filled(path))}"
        assert any(re.match(each, address) for each in ours), path


@pytest.fixture
def outside(project: Path, tmp_path: Path) -> Path:
    """A flow and a task outside of the root, and links to them within."""
    folder = tmp_path / "outside"
    write_notebook(folder / "flow.ipynb", "%%flow secret\nhidden")
    write_notebook(folder / "task.ipynb", task="hidden", parameters="password: str = 'x'")
    write_notebook(project / ".hidden" / "flow.ipynb", "%%flow secret\nload")
    write_notebook(project / ".dot.ipynb", "%%flow secret\nload")
    (project / "link").symlink_to(folder)
    (project / "link.ipynb").symlink_to(folder / "flow.ipynb")
    return folder


OUTSIDE = [
    "../outside/flow.ipynb",
    "sub/../../outside/flow.ipynb",
    "./../outside/flow.ipynb",
    "{outside}/flow.ipynb",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\outside\\flow.ipynb",
    "C:/outside/flow.ipynb",
    "..\\outside\\flow.ipynb",
    "link/flow.ipynb",
    "link.ipynb",
    ".hidden/flow.ipynb",
    ".dot.ipynb",
    ".jupyter_flow/flow.ipynb",
    "flow.ipynb\0.ipynb",
]


async def test_no_request_leads_out_of_the_root(ask: Asking, outside: Path) -> None:
    before = (outside / "flow.ipynb").read_bytes()
    for text in OUTSIDE:
        path = text.format(outside=outside)
        for request in (
            ask.get("flows", "one", address=path),
            ask.get("flows", "one", address=f"{path}::secret"),
            ask.get("contract", path=path),
            ask.post("tag", body={"path": path}),
            ask.post("check", body={"line": "x", "body": "hidden", "path": path}),
            ask.post("runs", body={"flow": path}),
            ask.post("runs", body={"flow": f"{path}::secret"}),
            ask.post("schedules", body={"flow": f"{path}::secret"}),
        ):
            status, error = await ask.refusal(request)
            assert status == 404, path
            assert "password" not in json.dumps(error)
    assert (outside / "flow.ipynb").read_bytes() == before


async def test_flows_outside_of_the_root_are_not_listed_nor_found_by_name(
    ask: Asking, outside: Path
) -> None:
    assert [each["name"] for each in await ask.get("flows")] == ["churn"]
    status, error = await ask.refusal(ask.get("flows", "one", address="secret"))
    assert status == 404
    assert "link" not in json.dumps(error)


async def test_contract_and_tag_are_for_notebooks_only(ask: Asking, project: Path) -> None:
    (project / "secret.txt").write_text("x")

    assert (await ask.refusal(ask.get("contract", path="secret.txt")))[0] == 404


async def test_a_flow_beside_one_outside_of_the_same_name_is_found(
    ask: Asking, outside: Path, project: Path
) -> None:
    write_notebook(project / "mine.ipynb", "%%flow secret\nload")
    one = await ask.get("flows", "one", address="secret")
    write_notebook(project / "sub" / "mine.ipynb", "%%flow secret\nload")
    status, error = await ask.refusal(ask.get("flows", "one", address="secret"))

    assert one["source"] == "mine.ipynb"
    assert status == 400
    assert error["hint"] == "Name one: mine.ipynb::secret, sub/mine.ipynb::secret."

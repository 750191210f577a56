"""A Jupyter server over a small project of real notebooks.

The fixtures of pytest-jupyter are taken in here and not for the whole suite: some of them are for
every test, and start a server's parts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyter_flow.server.serving import Served, served_by
from jupyter_flow.testing.notebooks import write_notebook

FLOW = """%%flow churn
"Counts and trains"
params(n=3)
load(n=params.n) >> train(rows=load.rows) >> report
load >> side
"""


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {"jupyter_flow.server": True}}}


@pytest.fixture
def project(jp_root_dir: Path) -> Path:
    """``load >> train >> report`` and ``load >> side``; train fails while ``broken`` is there."""
    folder = jp_root_dir
    write_notebook(
        folder / "load.ipynb",
        "import jupyter_flow\njupyter_flow.output(rows=n * 2)",
        parameters="n: int = 1",
        task="load",
    )
    write_notebook(
        folder / "train.ipynb",
        "from pathlib import Path",
        "if Path('broken').exists():\n    raise ValueError('no rows today')",
        "print('training on', rows)",
        parameters="rows: int = 0  # how many",
        task="train",
    )
    write_notebook(folder / "report.ipynb", "print('done')", task="report")
    write_notebook(folder / "side.ipynb", "1 + 1", task="side")
    write_notebook(folder / "flow.ipynb", FLOW)
    return folder


@pytest.fixture
def served(project: Path, jp_serverapp: ServerApp) -> Iterator[Served]:
    """What the server serves; its services are ended after the test."""
    found = served_by(jp_serverapp.web_app.settings)
    yield found
    if (project / ".jupyter_flow" / "flow.db").exists():
        found.flows.services.stop(hurry=True, timeout=30)
    found.close()


class Asking:
    """Requests to the server, as a browser makes them."""

    def __init__(self, served: Served, fetch: Callable[..., Awaitable[HTTPResponse]]) -> None:
        self.served = served
        self._fetch = fetch

    async def fetch(self, *path: str, **said: Any) -> HTTPResponse:
        return await self._fetch("jupyter-flow", *path, **said)

    async def get(self, *path: str, **query: Any) -> Any:
        return json.loads((await self.fetch(*path, params=query)).body)

    async def post(self, *path: str, body: Any = None) -> Any:
        text = json.dumps({} if body is None else body)
        answer = await self.fetch(*path, method="POST", body=text, request_timeout=90)
        return json.loads(answer.body)

    async def delete(self, *path: str) -> HTTPResponse:
        return await self.fetch(*path, method="DELETE")

    async def until(self, run: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The page of *run*, once something holds of it."""
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        flows = await asyncio.to_thread(lambda: self.served.flows)
        with flows.following.listening(lambda _: loop.call_soon_threadsafe(told.set)):
            async with asyncio.timeout(120):
                while not holds(page := await self.get("runs", run)):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(told.wait(), 2)
                    told.clear()
        return page

    async def end_of(self, run: str, *, after: int = 0) -> dict[str, Any]:
        """The page of *run* once it has ended, by an entry that comes after *after*."""
        final = ("succeeded", "failed", "cancelled")
        return await self.until(run, lambda p: p["run"]["state"] in final and p["seq"] > after)

    async def refusal(self, request: Awaitable[Any]) -> tuple[int, dict[str, Any]]:
        """The status and the body of an answer that is an error."""
        with pytest.raises(HTTPClientError) as caught:
            await request
        assert caught.value.response is not None
        return caught.value.code, json.loads(caught.value.response.body)


@pytest.fixture
def ask(served: Served, jp_fetch: Callable[..., Awaitable[HTTPResponse]]) -> Asking:
    return Asking(served, jp_fetch)

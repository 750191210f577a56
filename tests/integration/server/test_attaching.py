"""Who debugs a task whose kernel was kept gets that kernel, as one of the Jupyter server's own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.testing.notebooks import write_notebook

from .conftest import Asking

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kept kernels are signalled as Unix has it"
)

Fetch = Callable[..., Awaitable[HTTPResponse]]


@pytest.fixture
def project(project: Path) -> Path:
    """With a task whose kernel is to be kept."""
    cells = ["x = 41 + 1", "raise ValueError('look at x')"]
    write_notebook(project / "odd.ipynb", *cells, task="odd")
    write_notebook(project / "looking.ipynb", '%%flow looking --keep-kernel "on_failure"\nodd')
    return project


async def failed(ask: Asking) -> str:
    """A run that failed; its id."""
    begun = await ask.post("runs", body={"flow": "looking"})
    await ask.end_of(begun["run"])
    return str(begun["run"])


async def said(app: ServerApp, kernel_id: str, expression: str) -> Any:
    """What the kernel says that this is, asked as the server's own connections do."""
    client = app.kernel_manager.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        asked = client.execute("", user_expressions={"it": expression})
        while True:
            reply = await client.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == asked:
                return reply["content"]["user_expressions"]["it"]["data"]["text/plain"]
    finally:
        client.stop_channels()


async def test_it_gets_the_variables_as_they_were(
    ask: Asking, jp_serverapp: ServerApp, jp_fetch: Fetch
) -> None:
    run = await failed(ask)
    copy = await ask.post("runs", run, "tasks", "odd", "1", "debug")
    again = await ask.post("runs", run, "tasks", "odd", "1", "debug")
    session = await jp_fetch(
        "api",
        "sessions",
        method="POST",
        body=json.dumps(
            {
                "path": copy["path"],
                "name": copy["path"],
                "type": "notebook",
                "kernel": {"id": copy["kernel"]},
            }
        ),
    )

    assert copy["kernel"] == again["kernel"]
    assert json.loads(session.body)["kernel"]["id"] == copy["kernel"]
    assert await said(jp_serverapp, copy["kernel"], "x") == "42"


async def test_without_a_kept_kernel_there_is_none(ask: Asking, project: Path) -> None:
    (project / "broken").touch()
    begun = await ask.post("runs", body={"flow": "churn"})
    await ask.end_of(begun["run"])
    copy = await ask.post("runs", begun["run"], "tasks", "train", "1", "debug")
    assert copy["kernel"] is None


async def test_it_is_interrupted_as_any_other(
    ask: Asking, jp_serverapp: ServerApp, jp_fetch: Fetch
) -> None:
    run = await failed(ask)
    kernel = (await ask.post("runs", run, "tasks", "odd", "1", "debug"))["kernel"]
    client = jp_serverapp.kernel_manager.get_kernel(kernel).client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    asked = client.execute("print('in it', flush=True)\nimport time\ntime.sleep(600)")
    while (await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
        pass
    await jp_fetch(
        "api", "kernels", kernel, "interrupt", method="POST", allow_nonstandard_methods=True
    )
    reply = await client.get_shell_msg(timeout=60)
    while reply["parent_header"].get("msg_id") != asked:
        reply = await client.get_shell_msg(timeout=60)
    client.stop_channels()

    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert await said(jp_serverapp, kernel, "x") == "42"


async def test_restarted_it_is_another_kernel(
    ask: Asking, jp_serverapp: ServerApp, jp_fetch: Fetch
) -> None:
    run = await failed(ask)
    kernel = (await ask.post("runs", run, "tasks", "odd", "1", "debug"))["kernel"]
    await jp_fetch(
        "api", "kernels", kernel, "restart", method="POST", allow_nonstandard_methods=True,
        request_timeout=60,
    )  # fmt: skip
    assert await said(jp_serverapp, kernel, "'x' in globals()") == "False"
    assert await said(jp_serverapp, kernel, "1 + 1") == "2"


async def test_shut_down_it_is_gone_for_all(ask: Asking, jp_fetch: Fetch) -> None:
    run = await failed(ask)
    flows, key = ask.served.flows, TaskKey("odd")
    kept = flows.files.kept_kernel(flows.run(run), key)
    assert kept is not None
    kernel = (await ask.post("runs", run, "tasks", "odd", "1", "debug"))["kernel"]
    await jp_fetch("api", "kernels", kernel, method="DELETE", request_timeout=60)
    assert not kept.is_alive
    assert flows.files.kept_kernel(flows.run(run), key) is None


async def test_the_server_sees_that_it_has_died(
    ask: Asking, jp_serverapp: ServerApp, jp_fetch: Fetch
) -> None:
    run = await failed(ask)
    kernel = (await ask.post("runs", run, "tasks", "odd", "1", "debug"))["kernel"]
    died = asyncio.Event()
    jp_serverapp.kernel_manager.add_restart_callback(kernel, died.set, "dead")
    await asyncio.to_thread(ask.served.flows.services.stop, hurry=True, timeout=30)
    await asyncio.wait_for(died.wait(), 60)

    with pytest.raises(HTTPClientError, match="404"):
        await jp_fetch("api", "kernels", kernel)

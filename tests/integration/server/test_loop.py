"""The event loop is everybody's: nothing of ours keeps it from going on."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Asking

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


async def test_a_file_that_does_not_answer_holds_up_nobody_else(ask: Asking, project: Path) -> None:
    await ask.get("status")
    os.mkfifo(project / "stuck.ipynb")

    stuck = asyncio.create_task(
        ask.fetch("contract", params={"path": "stuck.ipynb"}, raise_error=False)
    )
    for _ in range(3):
        await ask.get("status")
    assert not stuck.done()
    # Whoever reads the pipe is let go.
    while not stuck.done():
        try:
            pipe = os.open(project / "stuck.ipynb", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            await asyncio.sleep(0)
        else:
            with suppress(BrokenPipeError):  # it has just been let go
                os.write(pipe, b"{}")
            os.close(pipe)
            await asyncio.sleep(0)


class Touched:
    """Notes which files below a folder the thread of the event loop opens."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.loop = str(folder), threading.get_ident()
        self.is_on = True
        self.opened: list[str] = []

    def note(self, event: str, args: Any) -> None:
        if not self.is_on or threading.get_ident() != self.loop:
            return
        is_file = event in ("open", "sqlite3.connect", "os.listdir", "os.scandir")
        if event == "subprocess.Popen" or (is_file and str(args[0]).startswith(self.folder)):
            self.opened.append(f"{event} {args[0]}")


async def test_the_loop_opens_no_file_no_store_and_starts_no_process(
    ask: Asking, project: Path, jp_ws_fetch: Any
) -> None:
    touched = Touched(project)
    sys.addaudithook(touched.note)
    try:
        socket = await jp_ws_fetch("jupyter-flow", "stream")
        await socket.write_message('{"kind": "watch_runs"}')
        run = (await ask.post("runs", body={"flow": "churn"}))["run"]
        await socket.write_message(f'{{"kind": "watch_run", "run": "{run}"}}')
        page = await ask.end_of(run)
        await socket.write_message(
            f'{{"kind": "watch_attempt", "run": "{run}", "task": "load", "number": 1}}'
        )
        while '"is_over":true' not in str(await socket.read_message()):
            pass
        for path in (
            ["flows"],
            ["runs"],
            ["schedules"],
            ["runs", run, "tasks", "load", "1", "log"],
        ):
            await ask.get(*path)
        await ask.fetch("runs", run, "tasks", "load", "1", "notebook")
        socket.close()
    finally:
        touched.is_on = False

    assert page["run"]["state"] == "succeeded"
    assert touched.opened == []

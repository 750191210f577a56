"""What waits holds no kernel, says what it sees, and goes on waiting when its process is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest

from jupyter_flow.testing.notebooks import write_notebook

FLOW = """%%flow waits
data = wait_for(file="in/*.csv", poke_interval="100ms", timeout="1h")
ready = wait_for(
    http="ready.json", connection="api", expect_json={"state": "done"}, poke_interval="100ms"
)
rows = wait_for(
    sql="select count(*) from t where n > :n",
    connection="db",
    bind={"n": 1},
    poke_interval="100ms",
)
never = wait_for(file="never", timeout="200ms", poke_interval="50ms", soft_fail=True)
[data, ready, rows] >> wait_for(until="2026-01-01").options(trigger="all_done")
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A flow that waits for a file, an answer and a row, none of which is there."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    served.daemon_threads = True
    thread = threading.Thread(target=partial(served.serve_forever, 0.01), daemon=True)
    thread.start()
    monkeypatch.setenv("JUPYTER_FLOW_CONN_API", f"http://me:sEcReT@127.0.0.1:{served.server_port}")
    monkeypatch.setenv("JUPYTER_FLOW_CONN_DB", "sqlite:///x.db")
    with closing(sqlite3.connect(tmp_path / "x.db")) as connected, connected:
        connected.execute("create table t (n integer)")
    write_notebook(tmp_path / "flow.ipynb", FLOW)
    yield tmp_path
    served.shutdown()
    served.server_close()
    thread.join()


def started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "jupyter_flow", "run", "waits"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


def until_all_was_seen(lines: IO[str] | None) -> None:
    """Read *lines* until each wait has told that there is nothing yet."""
    wanted = {"in/*.csv: nothing is there", "it answers with status 404", "its first value is 0"}
    for line in lines or ():
        wanted = {each for each in wanted if each not in line}
        if not wanted and "waits for" in line:
            return
    raise AssertionError(f"it ended before it was told: {wanted}")


def let_them_come(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in" / "a.csv").touch()
    (folder / "new.json").write_text('{"state": "done", "n": 1}', encoding="utf-8")
    (folder / "new.json").rename(folder / "ready.json")
    with closing(sqlite3.connect(folder / "x.db")) as connected, connected:
        connected.execute("insert into t values (2)")


def status(folder: Path) -> dict[str, dict[str, object]]:
    told = subprocess.run(
        [sys.executable, "-m", "jupyter_flow", "status", "--json"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return {task["task"]: task for task in json.loads(told.stdout)["tasks"]}


def assert_all_came(folder: Path) -> None:
    tasks = status(folder)
    assert {name: task["state"] for name, task in tasks.items()} == {
        "data": "succeeded",
        "ready": "succeeded",
        "rows": "succeeded",
        "never": "skipped",
        "wait_for_1": "succeeded",
    }
    assert tasks["data"]["values"]["files"] == [str(folder / "in" / "a.csv")]
    assert tasks["ready"]["values"] == {"status": 200, "json": {"state": "done", "n": 1}}
    assert tasks["rows"]["values"] == {"scalar": 1, "first": {"count(*)": 1}}
    assert all(task["attempts"] == [] for task in tasks.values())
    kept = [file for file in (folder / ".jupyter_flow").rglob("*") if file.is_file()]
    assert not [file for file in kept if b"sEcReT" in file.read_bytes()]


def test_what_is_awaited_comes_while_the_run_goes_on(project: Path) -> None:
    run = started(project)
    until_all_was_seen(run.stdout)

    let_them_come(project)
    rest, _ = run.communicate(timeout=60)

    assert run.returncode == 0, rest
    assert_all_came(project)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_wait_goes_on_when_its_process_is_killed(project: Path) -> None:
    run = started(project)
    until_all_was_seen(run.stdout)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=30)

    let_them_come(project)
    service = subprocess.Popen(
        [sys.executable, "-m", "jupyter_flow", "serve"],
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = []
    for line in service.stderr or ():
        told.append(line)
        if "action=run_ended" in line:
            break
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=60)

    assert any("action=run_taken_up" in line for line in told), told
    assert_all_came(project)

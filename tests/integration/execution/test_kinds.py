"""The notebooks that ship: tasks of the other kinds, executed as any notebook is."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.kinds import notebooks_of_kinds

from .conftest import Attempt, Trial


@pytest.fixture
def run(attempt: Attempt) -> Any:
    def start(kind: str, **given: Any) -> Trial:
        env = given.pop("env", {})
        return attempt(source=notebooks_of_kinds()[kind], parameters=given, env=env)

    return start


def test_a_python_function_hands_on_what_it_returns(run: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def double(x, by=2):\n    print('at it')\n    return {'x': x * by}"
    )
    trial = run("python", function="mine:double", arguments={"x": 4})
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values == {"result": {"x": 8}}


def test_a_python_function_may_return_anything(run: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("async def f():\n    return object()")
    trial = run("python", function="mine:f")
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values == {}
    assert "not handed on" in trial.log


@pytest.mark.parametrize("function", ["nomodule:f", "json", "json:nothing"])
def test_a_python_function_that_is_not_there_fails(run: Any, function: str) -> None:
    assert run("python", function=function).end.outcome is Outcome.FAILED


def test_a_query_hands_on_its_rows(run: Any, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("create table orders (name text, n integer)")
        shop.executemany("insert into orders values (?, ?)", [("a", 1), ("b", 2), ("c'", 3)])
    shop.close()
    env = {"JUPYTER_FLOW_CONN_WARE_HOUSE": f"sqlite:///{tmp_path / 'shop.db'}"}
    trial = run(
        "sql",
        query="select * from orders where n > :least or name = :name order by n",
        connection="ware-house",
        bind={"least": 1, "name": "'; drop table orders; --"},
        preview=1,
        env=env,
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values == {"rows": 2, "columns": ["name", "n"], "first": {"name": "b", "n": 2}}
    changed = run("sql", query="delete from orders", connection="ware-house", env=env)
    assert changed.end.values == {"rows": 3, "columns": [], "first": None}


def test_a_connection_that_is_not_there_is_named(run: Any) -> None:
    trial = run("sql", query="select 1", connection="warehouse")
    assert "set JUPYTER_FLOW_CONN_WAREHOUSE" in trial.failure.message


def test_a_command_shows_its_output_and_hands_on_the_last_line(run: Any) -> None:
    trial = run("shell", command="echo one; echo two >&2; echo 'three ü'")
    assert trial.end.values == {"exit": 0, "output": "three ü"}
    assert "one\ntwo\nthree ü\n" in "".join(trial.text(i) for i in range(4))


def test_a_command_that_fails_is_told_with_its_exit_status(run: Any) -> None:
    trial = run("shell", command="echo no; exit 7")
    assert (trial.end.outcome, trial.failure.exit_status) == (Outcome.FAILED, 7)


@pytest.fixture
def server() -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = {"path": self.path, "body": json.loads(body)}
            self.send_response(404 if "missing" in self.path else 201)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_a_request_hands_on_its_answer(run: Any, server: str) -> None:
    trial = run("http", method="POST", url=f"{server}/a", query={"q": "1"}, json={"n": 1})
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values == {"status": 201, "json": {"path": "/a?q=1", "body": {"n": 1}}}


def test_a_bad_status_fails_unless_it_was_expected(run: Any, server: str) -> None:
    given = {"method": "POST", "url": f"{server}/missing", "json": {}}
    assert "status 404" in run("http", **given).failure.message
    assert run("http", **given, expect_status=[404]).end.outcome is Outcome.SUCCEEDED

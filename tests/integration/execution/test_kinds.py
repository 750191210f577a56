"""The notebooks that ship: tasks of the other kinds, executed as any notebook is."""

from __future__ import annotations

import json
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.kinds import notebooks_of_kinds
from jupyter_flow.testing import postgres as servers

from .conftest import Attempt, Trial


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


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


def test_a_function_travels_as_its_source(run: Any) -> None:
    source = "async def double(x: Unknown, by=2):\n    return [x * by, __name__]\n"
    trial = run("python", function="__main__:double", arguments={"x": 4}, source=source)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values == {"result": [8, "__main__"]}


def test_a_travelled_function_that_fails_shows_its_line(run: Any) -> None:
    source = "def halve(x):\n    y = x\n    return y / 0\n"
    trial = run("python", function="__main__:halve", arguments={"x": 4}, source=source)
    assert trial.end.outcome is Outcome.FAILED
    assert "return y / 0" in trial.end.failure.traceback


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
    first = {"name": "b", "n": 2}
    assert trial.end.values == {
        "rows": 2,
        "columns": ["name", "n"],
        "first": first,
        "scalar": "b",
    }
    changed = run("sql", query="delete from orders", connection="ware-house", env=env)
    assert changed.end.values == {"rows": 3, "columns": [], "first": None, "scalar": None}


def test_a_connection_that_is_not_there_is_named(run: Any) -> None:
    trial = run("sql", query="select 1", connection="warehouse")
    assert "there is no connection 'warehouse'" in trial.failure.message
    assert "Set JUPYTER_FLOW_CONN_WAREHOUSE" in trial.failure.message


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    if servers.binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with servers.postgres() as server:
        yield server.url()


def test_postgresql_is_asked_with_bound_values(run: Any, postgres: str) -> None:
    trial = run(
        "sql",
        query="select n, cast(n as numeric) / 3 as third from generate_series(1, 9) n "
        "where n in :some or cast(n as text) = :text order by n",
        connection="pg",
        bind={"some": [2, 5], "text": "'; drop table x; --"},
        env={"JUPYTER_FLOW_CONN_PG": postgres},
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values["rows"] == 2
    assert trial.end.values["scalar"] == 2


def test_duckdb_is_asked_too(run: Any, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("day,amount\n2026-01-01,3\n2026-01-02,4\n")
    trial = run(
        "sql",
        query="select sum(amount) as total from 'sales.csv' where day >= :day",
        connection="lake",
        bind={"day": "2026-01-02"},
        env={"JUPYTER_FLOW_CONN_LAKE": "duckdb:///:memory:"},
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert float(trial.end.values["scalar"]) == 4


@pytest.mark.parametrize("where", ["sqlite", "postgres", "duckdb"])
def test_rows_are_kept_in_parquet(
    run: Any, tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    urls = {"sqlite": f"sqlite:///{tmp_path / 'x.db'}", "duckdb": "duckdb:///:memory:"}
    url = urls.get(where) or request.getfixturevalue("postgres")
    query = (
        "with recursive s(n) as (select 1 union all select n + 1 from s where n < 25000) "
        "select n, case when n > 12000 then n * 0.5 end as half, 'ü' as word from s order by n"
    )
    env = {"JUPYTER_FLOW_CONN_DB": url}
    trial = run("sql", query=query, connection="db", save="out/rows.parquet", env=env)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    ref = ArtifactRef.read(trial.end.values["table"])
    assert ref is not None
    assert (ref.format, ref.line.startswith("parquet, 25,000 rows x 3, ")) == ("parquet", True)
    file = trial.assignment.artifacts / "out" / "rows.parquet"
    table = parquet.read_table(file)
    assert (trial.end.values["rows"], table.num_rows) == (25000, 25000)
    assert table.column("n").to_pylist() == list(range(1, 25001))
    halves = table.column("half").to_pylist()
    assert (halves[0], float(halves[-1])) == (None, 12500)
    assert [each.name for each in file.parent.iterdir()] == ["rows.parquet"]


def test_a_statement_without_rows_has_none_to_keep(run: Any, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("create table t (n int)")
    env = {"JUPYTER_FLOW_CONN_DB": f"sqlite:///{tmp_path / 'x.db'}"}
    trial = run("sql", query="insert into t values (1)", connection="db", save="a.parquet", env=env)
    assert "save= is for rows" in trial.failure.message
    assert database.execute("select count(*) from t").fetchone() == (0,)
    database.close()


def test_a_password_is_nowhere_when_a_database_is_not_there(run: Any, tmp_path: Path) -> None:
    trial = run(
        "sql",
        query="select 1",
        connection="gone",
        env={
            "JUPYTER_FLOW_CONN_GONE": 'postgresql+psycopg://ada:{{ secret("PW") }}@127.0.0.1:1/x',
            "JUPYTER_FLOW_SECRET_PW": "hunter-2/x",
        },
    )
    assert trial.end.outcome is Outcome.FAILED
    assert trial.failure.name == "OperationalError"
    for each in (trial.log, json.dumps(trial.executed), str(trial.failure)):
        assert "hunter-2" not in each


def test_a_command_shows_its_output_and_hands_on_the_last_line(run: Any) -> None:
    trial = run("shell", command="echo one; echo two >&2; echo 'three ü'")
    assert trial.end.values == {"exit": 0, "output": "three ü"}
    assert "one\ntwo\nthree ü\n" in "".join(trial.text(i) for i in range(4))


def test_a_command_that_fails_is_told_with_its_exit_status(run: Any) -> None:
    trial = run("shell", command="echo no; exit 7")
    assert (trial.end.outcome, trial.failure.exit_status) == (Outcome.FAILED, 7)
    assert (trial.failure.name, trial.failure.message) == (
        "CalledProcessError",
        "exit status 7: no",
    )


def test_a_command_that_a_signal_ends_is_told_so(run: Any) -> None:
    trial = run("shell", command="kill -TERM $$")
    assert trial.failure.message == "it was ended by SIGTERM"
    assert trial.end.values["exit"] == -15


def test_the_last_line_of_a_command_may_be_json(run: Any) -> None:
    command = "echo working; echo '{\"n\": [1, 2]}'"
    trial = run("shell", command=command, output="json")
    assert trial.end.values == {"exit": 0, "output": {"n": [1, 2]}}
    failure = run("shell", command="echo no", output="json").failure
    assert failure.message.startswith("the last line of the command is no JSON")


@pytest.fixture
def server() -> Iterator[str]:
    seen: dict[str, int] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            user = self.headers["Authorization"]
            # itself it would be masked
            said = {"path": self.path, "body": body, "user": user and digest(user)}
            self.answer(404 if "missing" in self.path else 201, said)

        def do_GET(self) -> None:
            seen[self.path] = seen.get(self.path, 0) + 1
            is_busy = "busy" in self.path and seen[self.path] < 3
            self.answer(503 if is_busy else 200, {"state": "done", "n": seen[self.path]})

        def answer(self, status: int, said: object) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Retry-After", "0")
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
    said = {"path": "/a?q=1", "body": '{"n":1}', "user": None}
    assert trial.end.values["status"] == 201
    assert trial.end.values["json"] | {"body": '{"n":1}'} == said


def test_a_bad_status_fails_unless_it_was_expected(run: Any, server: str) -> None:
    given = {"method": "POST", "url": f"{server}/missing", "json": {}}
    failure = run("http", **given, query={"key": "of-mine"}).failure
    assert failure.message == f"POST {server}/missing was answered with status 404"
    for good in ([404], "4xx", [200, "4xx"]):
        assert run("http", **given, expect_status=good).end.outcome is Outcome.SUCCEEDED


def test_an_answer_that_says_something_else_fails(run: Any, server: str) -> None:
    given = {"method": "GET", "url": f"{server}/state"}
    assert run("http", **given, expect_json={"state": "done"}).end.outcome is Outcome.SUCCEEDED
    failure = run("http", **given, expect_json={"state": "going"}).failure
    assert failure.message.endswith("was answered without {'state': 'going'} in its JSON")


def test_what_is_busy_is_asked_again(run: Any, server: str) -> None:
    trial = run("http", method="GET", url=f"{server}/busy", tries=3)
    assert trial.end.values == {"status": 200, "json": {"state": "done", "n": 3}}
    assert "try 2 of 3: status 503; again in 0 s" in trial.log
    assert (
        "status 503 after 2 tries"
        in run("http", method="GET", url=f"{server}/busy/2", tries=2).failure.message
    )
    given = {"method": "GET", "url": f"{server}/busy/3", "tries": 3}
    assert run("http", **given, retry_status=429).failure.message.endswith("with status 503")
    for again in (503, "5xx", [429, "5xx"]):
        given["url"] += "/"
        assert run("http", **given, retry_status=again).end.outcome is Outcome.SUCCEEDED
    gone = run("http", method="GET", url="http://127.0.0.1:1/", tries=1)
    assert gone.failure.name == "ConnectError"
    assert gone.failure.message.startswith("GET http://127.0.0.1:1/ failed: ")


def test_an_answer_can_be_kept_as_a_file(run: Any, server: str) -> None:
    trial = run("http", method="GET", url=f"{server}/state", save="got/state.json")
    assert json.loads(Path(trial.end.values["file"]).read_text())["state"] == "done"
    assert "json" not in trial.end.values
    saved = ArtifactRef.read(trial.end.values["saved"])
    assert saved is not None
    assert (saved.format, saved.size) == ("json", Path(trial.end.values["file"]).stat().st_size)
    bare = run("http", method="GET", url=f"{server}/state", save="got")
    assert ArtifactRef.read(bare.end.values["saved"]).format == "bin"


def test_a_connection_has_the_host_and_logs_in(run: Any, server: str) -> None:
    base = server.replace("://", "://ada:hunter-2@")
    env = {"JUPYTER_FLOW_CONN_API": f"{base}/v1"}
    trial = run("http", method="POST", url="/a", form={"n": "1"}, connection="api", env=env)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.end.values["json"] == {
        "path": "/v1/a",
        "body": "n=1",
        "user": digest("Basic " + b64encode(b"ada:hunter-2").decode()),
    }

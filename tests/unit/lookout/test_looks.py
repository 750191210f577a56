"""What is seen at one look: at real folders, a real server, a real database."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest

from jupyter_flow.core.commands import Answer, Files, Query
from jupyter_flow.lookout import files as files_module
from jupyter_flow.lookout.answers import Asking
from jupyter_flow.lookout.files import FileSearch
from jupyter_flow.lookout.queries import REFUSALS, RowSearch
from jupyter_flow.ports.lookout import Sight

# -- files -------------------------------------------------------------------------------------


def test_files_are_found_below_the_folder_in_order_with_whole_paths(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("b.csv", "deep/a.csv", "c.txt"):
        (tmp_path / "in" / name).touch()

    sight = FileSearch(Files(pattern="in/**/*.csv", folder=str(tmp_path))).look()

    paths = [str(tmp_path / "in" / name) for name in ("b.csv", "deep/a.csv")]
    assert sight.is_there
    assert sight.values == {"file": paths[0], "files": paths, "count": 2}


@pytest.mark.parametrize("pattern", ["none.csv", "none/*.csv", "[", "\0"])
def test_nothing_is_no_reason_to_give_up(pattern: str, tmp_path: Path) -> None:
    sight = FileSearch(Files(pattern=pattern, folder=str(tmp_path))).look()

    assert (sight.is_there, sight.is_hopeless, bool(sight.seen)) == (False, False, True)


def test_the_folder_itself_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "odd[1]*"
    folder.mkdir()
    (folder / "a").touch()

    assert FileSearch(Files(pattern="a", folder=str(folder))).look().is_there


def test_a_file_that_grows_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 0.0
    monkeypatch.setattr(files_module, "monotonic", lambda: moment)
    file = tmp_path / "a.csv"
    file.write_text("1", encoding="utf-8")
    stable = timedelta(seconds=10)
    search = FileSearch(Files(pattern="*.csv", folder=str(tmp_path), stable=stable))

    seen = [search.look()]
    moment = 9.0
    file.write_text("12", encoding="utf-8")
    seen.append(search.look())
    moment = 18.0
    seen.append(search.look())
    moment = 19.0
    seen.append(search.look())

    assert [each.is_there for each in seen] == [False, False, False, True]
    assert seen[0].seen == "1 file is there, and may still grow"


def test_other_file_systems_are_looked_at_with_fsspec() -> None:
    system = fsspec.filesystem("memory")
    search = FileSearch(Files(pattern="memory://lookout/*.csv"))
    before = search.look()
    system.pipe("/lookout/a.csv", b"x")

    sight = search.look()

    assert (before.is_there, sight.is_there) == (False, True)
    assert sight.values["file"] == "memory:///lookout/a.csv"


def test_a_file_system_that_is_not_known_is_hopeless_and_keeps_its_password() -> None:
    sight = FileSearch(Files(pattern="nosuch://me:sEcReT@host/x")).look()

    assert sight.is_hopeless
    assert "sEcReT" not in sight.seen


# -- answers -----------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """Answers by the path, and notes who asks."""

    asked: list[tuple[str, str, str]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        given = self.headers.get("authorization", "")
        self.asked.append((self.command, self.path, given))
        status, kind, body = {
            "/ready": (200, "application/json", json.dumps({"state": "done", "n": 1}).encode()),
            "/gone": (404, "text/plain", b"no"),
            "/text": (200, "text/plain", b"hello"),
            "/broken": (200, "application/json", b"{"),
            "/big": (200, "application/json", json.dumps("x" * 100_000).encode()),
            "/huge": (200, "application/json", json.dumps("x" * 1_100_000).encode()),
        }.get(self.path, (500, "text/plain", b""))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    thread = threading.Thread(target=partial(served.serve_forever, 0.01), daemon=True)
    thread.start()
    yield f"127.0.0.1:{served.server_address[1]}"
    served.shutdown()
    served.server_close()
    thread.join()


def ask(answer: Answer) -> Sight:
    async def once() -> Sight:
        asking = Asking()
        try:
            return await asking.look_for(answer)()
        finally:
            await asking.close()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("path", "given", "seen"),
    [
        ("ready", {}, {"status": 200, "json": {"state": "done", "n": 1}}),
        ("ready", {"expect_json": {"state": "done"}}, {"status": 200, "json": None}),
        ("ready", {"expect_json": {"state": "busy"}}, "its JSON is not what is expected"),
        ("ready", {"method": "HEAD"}, {"status": 200}),
        ("ready", {"expect_status": (404,)}, "it answers with status 200"),
        ("gone", {}, "it answers with status 404"),
        ("gone", {"expect_status": ("4xx",)}, {"status": 404}),
        ("text", {}, {"status": 200}),
        ("text", {"expect_json": {}}, "it answers with status 200, and not with JSON"),
        ("broken", {}, {"status": 200}),
        ("broken", {"expect_json": 1}, "it answers with status 200, and not with JSON"),
        ("big", {}, {"status": 200}),
        ("huge", {"expect_json": 1}, "its answer has more than 1,000,000 bytes, too many to"),
    ],
)
def test_an_answer_is_good_or_it_is_told_what_it_is(
    server: str, path: str, given: dict[str, Any], seen: dict[str, Any] | str
) -> None:
    sight = ask(Answer(url=f"http://{server}/{path}", **given))

    if isinstance(seen, str):
        assert not sight.is_there
        assert sight.seen.startswith(seen)
    else:
        assert sight.is_there
        assert sight.values.keys() == seen.keys()
        assert sight.values["status"] == seen["status"]
        assert not sight.is_hopeless


def test_who_asks_is_known_from_the_connection_and_never_told(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_CONN_API", f"http://me:sEcReT@{server}/")
    Handler.asked.clear()

    good, bad = (ask(Answer(url=url, connection="api")) for url in ("/ready", "gone"))

    assert good.is_there
    assert [each[1] for each in Handler.asked] == ["/ready", "/gone"]
    assert all(each[2].startswith("Basic ") for each in Handler.asked)
    assert "sEcReT" not in repr((good, bad))


def test_a_server_that_is_not_there_is_asked_again() -> None:
    sight = ask(Answer(url="http://me:sEcReT@127.0.0.1:1/"))

    assert not sight.is_hopeless
    assert sight.seen == "it cannot be reached (ConnectError)"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(url="ftp://example.com"),
        Answer(url="http://[::1"),
        Answer(url="/x", connection="nowhere"),
    ],
    ids=["scheme", "url", "connection"],
)
def test_what_can_never_be_asked_is_hopeless(answer: Answer) -> None:
    assert ask(answer).is_hopeless


# -- rows --------------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., RowSearch]:
    with closing(sqlite3.connect(tmp_path / "x.db")) as connected, connected:
        connected.execute("create table t (day text, n integer)")
        connected.execute("insert into t values ('2026-01-01', 7)")
    monkeypatch.setenv("JUPYTER_FLOW_CONN_DB", "sqlite:///x.db")

    def search(sql: str, **given: Any) -> RowSearch:
        return RowSearch(Query(sql=sql, connection="db", folder=str(tmp_path), **given))

    return search


@pytest.mark.parametrize(
    ("sql", "given", "seen"),
    [
        ("select n, day from t", {}, 7),
        ("select n from t where day = :day", {"bind": {"day": "2026-01-01"}}, 7),
        ("select n from t where day in :days", {"bind": {"days": ["2026-01-01", "x"]}}, 7),
        ("select n from t where day = 'x'", {}, "it finds no row"),
        ("select 0", {}, "its first value is 0"),
        ("select '0'", {}, "its first value is '0'"),
        ("select ''", {}, "its first value is ''"),
        ("select null", {}, "its first value is None"),
        ("select 0", {"any_row": True}, 0),
        ("select 0 where 1 = 0", {"any_row": True}, "it finds no row"),
    ],
)
def test_a_query_is_true_by_the_first_value_of_its_first_row(
    database: Callable[..., RowSearch], sql: str, given: dict[str, Any], seen: object
) -> None:
    sight = database(sql, **given).look()

    if isinstance(seen, str):
        assert (sight.is_there, sight.seen) == (False, seen)
    else:
        assert (sight.is_there, sight.values["scalar"]) == (True, seen)


def test_a_query_that_is_refused_is_hopeless_after_some_looks(
    database: Callable[..., RowSearch],
) -> None:
    search = database("selekt 1")

    sights = [search.look() for _ in range(REFUSALS)]

    assert [each.is_hopeless for each in sights] == [*[False] * (REFUSALS - 1), True]
    assert all("syntax error" in each.seen for each in sights)


def test_looking_changes_nothing(database: Callable[..., RowSearch]) -> None:
    sight = database("delete from t returning n").look()

    assert "readonly" in sight.seen
    assert database("select count(*) from t").look().is_there


@pytest.mark.parametrize(
    ("url", "is_hopeless"),
    [
        ("", True),
        ("nosuch://me:sEcReT@host/x", True),
        ("no url", True),
        ("postgresql://me:sEcReT@127.0.0.1:1/x", False),
    ],
    ids=["unknown", "no such database", "no URL", "nobody is there"],
)
def test_a_database_that_is_not_there_is_asked_again_if_it_may_come(
    url: str, is_hopeless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_CONN_DB", url)

    sight = RowSearch(Query(sql="select 1", connection="db")).look()

    assert (sight.is_there, sight.is_hopeless) == (False, is_hopeless)
    assert "sEcReT" not in sight.seen

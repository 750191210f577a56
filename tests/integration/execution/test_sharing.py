"""What attempts write is shared: before their end is told, while they last, and after a failure."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from jupyter_flow.artifacts.shared_home import RemoteHome
from jupyter_flow.core.errors import FlowError, UnreachableError
from jupyter_flow.core.events import AttemptEnded
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution import sharing
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.sharing import SharingExecutor
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.testing.notebooks import write_notebook

PATIENCE = 60.0


class Machine:
    """A machine whose home is shared in the folder ``mounted``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.home = folder / name
        self.shared = RemoteHome(f"file://{folder / 'mounted'}", self.home)
        self.executor = SharingExecutor(LocalExecutor(home=self.home), self.shared, self.home)

    def assignment(self, *cells: str) -> Assignment:
        source = write_notebook(self.home / "task.ipynb", *cells)
        runs = self.home / "runs" / "flow" / "run" / "task"
        return Assignment(
            run=RunId("run"),
            flow="flow",
            key=TaskKey("task"),
            number=1,
            notebook=source,
            source=source.name,
            folder=self.home,
            executed=runs / "1.ipynb",
            log=runs / "1.log",
            artifacts=runs / "1",
        )

    def place_of(self, path: Path, other: Machine) -> Path:
        return other.home / path.relative_to(self.home)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, "here")
    yield made
    made.executor.close()


@pytest.fixture
def there(tmp_path: Path) -> Machine:
    return Machine(tmp_path, "there")


WRITES = (
    "import os, pathlib\n"
    "pathlib.Path(os.environ['JUPYTER_FLOW_ARTIFACTS'], 'a.txt').write_text('a')\n"
    "print('hello')"
)


def ended(inbox: SimpleQueue[Any]) -> AttemptEnded:
    while True:
        report = inbox.get(timeout=PATIENCE)
        if isinstance(report, AttemptEnded):
            return report


def test_when_the_end_is_told_others_find_all_of_it(here: Machine, there: Machine) -> None:
    given, inbox = here.assignment(WRITES), SimpleQueue[Any]()

    def note(report: object) -> None:
        if isinstance(report, AttemptEnded):
            for path in (given.executed, given.log, given.artifacts):
                there.shared.fetch(here.place_of(path, there))
            inbox.put({each.name for each in there.home.joinpath("runs").rglob("*.*")})
            inbox.put(report)

    here.executor.start(given, note)

    assert inbox.get(timeout=PATIENCE) == {"1.ipynb", "1.log", "a.txt"}
    assert ended(inbox).outcome is Outcome.SUCCEEDED
    notebook = here.place_of(given.executed, there).read_text()
    assert json.loads(notebook)["cells"][0]["outputs"][0]["text"] == "hello\n"
    assert not list(here.home.glob("unshared/*"))


def test_others_see_what_lasts(
    here: Machine, there: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_BETWEEN", 0.05)
    gate, put, shared = tmp_path / "gate", here.shared.put, SimpleQueue[None]()
    os.mkfifo(gate)

    def noted(path: Path, *, is_last: bool = True) -> None:
        put(path, is_last=is_last)
        shared.put(None)

    monkeypatch.setattr(here.shared, "put", noted)
    given, inbox = here.assignment(WRITES, f"open({str(gate)!r}).read()"), SimpleQueue[Any]()
    here.executor.start(given, inbox.put)
    log = here.place_of(given.log, there)

    while not log.exists() or "hello" not in log.read_text():
        shared.get(timeout=PATIENCE)
        there.shared.fetch(log, is_last=False)
    gate.write_text("go on")

    assert ended(inbox).outcome is Outcome.SUCCEEDED
    before = log.read_text()
    there.shared.fetch(log)
    assert log.read_text().startswith(before)
    assert len(log.read_text()) > len(before)


def test_what_cannot_be_shared_is_told_and_shared_later(
    here: Machine, there: Machine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mounted").write_text("a file is in the way")
    given, inbox = here.assignment(WRITES), SimpleQueue[Any]()
    here.executor.start(given, inbox.put)
    assert ended(inbox).outcome is Outcome.SUCCEEDED, "it is not its fault"
    assert "is not shared yet" in caplog.text
    (tmp_path / "mounted").unlink()
    here.executor.close()

    again = Machine(tmp_path, "here")
    again.executor.get_ready()
    again.executor.close()

    there.shared.fetch(here.place_of(given.log, there))
    assert "hello" in here.place_of(given.log, there).read_text()
    assert not list(here.home.glob("unshared/*"))


def test_what_cannot_be_shared_is_shared_as_soon_as_that_can_be(
    here: Machine, there: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_BETWEEN", 0.05)
    settle, tried, settled = here.shared.settle, SimpleQueue[None](), SimpleQueue[str]()

    def noted(what: str) -> None:
        tried.put(None)
        settle(what)
        settled.put(what)

    monkeypatch.setattr(here.shared, "settle", noted)
    (tmp_path / "mounted").write_text("a file is in the way")
    given, inbox = here.assignment(WRITES), SimpleQueue[Any]()
    here.executor.start(given, inbox.put)
    assert ended(inbox).outcome is Outcome.SUCCEEDED
    for _ in range(3):
        tried.get(timeout=PATIENCE)

    (tmp_path / "mounted").unlink()

    assert settled.get(timeout=PATIENCE) == "run-task-1"
    there.shared.fetch(here.place_of(given.log, there))
    assert "hello" in here.place_of(given.log, there).read_text()


def test_what_can_never_be_shared_keeps_nothing_else_from_it(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = (here.home / "runs" / name for name in ("a", "b"))
    for each in (first, last):
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_text("made")
        here.shared.owe(each.name, [each])
    put = here.shared.put

    def refused(path: Path, *, is_last: bool = True) -> None:
        if path == first:
            raise FlowError("nobody may read it")
        put(path, is_last=is_last)

    monkeypatch.setattr(here.shared, "put", refused)
    here.executor.get_ready()
    here.executor.close()

    assert there.shared.has(here.place_of(last, there))
    assert here.shared.owed() == ["a"]


def test_what_an_attempt_wrote_is_shared_once(
    here: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another one ends meanwhile, which looks for what is owed."""
    settle, settled = here.shared.settle, SimpleQueue[str]()
    begun, caught_up = threading.Event(), threading.Event()

    def noted(what: str) -> None:
        settled.put(what)
        if what == "run-task-1":
            begun.set()
            assert caught_up.wait(PATIENCE)
        settle(what)

    monkeypatch.setattr(here.shared, "settle", noted)
    owed = here.shared.owed

    def looked() -> list[str]:
        found = owed()
        settled.put("looked")
        return found

    monkeypatch.setattr(here.shared, "owed", looked)
    given, inbox = here.assignment("1"), SimpleQueue[Any]()
    here.executor.start(given, inbox.put)
    assert begun.wait(PATIENCE)
    here.executor.get_ready()
    assert [settled.get(timeout=PATIENCE) for _ in range(2)] == ["run-task-1", "looked"]
    caught_up.set()

    assert ended(inbox).outcome is Outcome.SUCCEEDED
    here.executor.close()
    assert "run-task-1" not in [settled.get() for _ in range(settled.qsize())]


def test_nothing_is_shared_of_what_could_not_be_taken_up(
    here: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise UnreachableError("the cluster is away")

    monkeypatch.setattr(LocalExecutor, "take_up", away)
    with pytest.raises(UnreachableError):
        here.executor.take_up(here.assignment("1"), lambda _: None)

    assert not here.executor._lasting


def given_what_was_written_there(here: Machine, there: Machine) -> Assignment:
    """An attempt here that reads a file which an attempt there has handed on, by its path."""
    before = there.assignment(WRITES)
    (before.artifacts / "deep").mkdir(parents=True)
    (before.artifacts / "deep" / "t.csv").write_text("a,b")
    there.shared.put(before.artifacts)
    table = there.place_of(before.artifacts / "deep" / "t.csv", here)
    reads = here.assignment(
        f"assert open({str(table)!r}).read() == 'a,b'",
        f"import os\nassert sorted(os.listdir({str(table.parent)!r})) == ['t.csv']",
    )
    again = here.home / "runs" / "flow" / "run" / "again"
    return replace(
        reads,
        key=TaskKey("again"),
        executed=again / "1.ipynb",
        log=again / "1.log",
        artifacts=again / "1",
        parameters={"all": [{"table": str(table)}], "folder": str(table.parent)},
    )


def test_files_that_were_handed_on_elsewhere_are_there_when_an_attempt_begins(
    here: Machine, there: Machine
) -> None:
    given, inbox = given_what_was_written_there(here, there), SimpleQueue[Any]()

    here.executor.start(given, inbox.put)

    end = ended(inbox)
    assert end.outcome is Outcome.SUCCEEDED, given.log.read_text()


def test_an_attempt_can_be_stopped_while_its_files_are_fetched(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, inbox = given_what_was_written_there(here, there), SimpleQueue[Any]()
    fetching, go_on, fetch = threading.Event(), threading.Event(), here.shared.fetch

    def slowly(path: Path, *, is_last: bool = True) -> None:
        fetching.set()
        assert go_on.wait(PATIENCE)
        fetch(path, is_last=is_last)

    monkeypatch.setattr(here.shared, "fetch", slowly)
    here.executor.start(given, inbox.put)
    assert fetching.wait(PATIENCE)
    here.executor.stop(given.run, given.key, given.number)
    go_on.set()

    assert ended(inbox).outcome is Outcome.CANCELLED
    assert not given.executed.exists()


def test_why_files_could_not_be_fetched_is_why_an_attempt_fails(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, inbox = given_what_was_written_there(here, there), SimpleQueue[Any]()

    def fail(path: Path, *, is_last: bool = True) -> None:
        raise FlowError("the shared home cannot be used", code="JF607")

    monkeypatch.setattr(here.shared, "fetch", fail)
    here.executor.start(given, inbox.put)

    failure = ended(inbox).failure
    assert failure is not None
    assert (failure.cause, failure.name) == (Cause.START_FAILED, "JF607")


def test_the_end_is_told_of_what_is_closed_while_its_files_are_fetched(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, inbox = given_what_was_written_there(here, there), SimpleQueue[Any]()
    fetching, go_on = threading.Event(), threading.Event()

    def fetch(*_: object) -> None:
        fetching.set()
        assert go_on.wait(PATIENCE)

    close = here.executor._hands.shutdown

    def closed() -> None:
        here.executor._hands.shutdown(wait=False)
        go_on.set()
        close()

    monkeypatch.setattr(here.shared, "fetch", fetch)
    here.executor.start(given, inbox.put)
    assert fetching.wait(PATIENCE)
    monkeypatch.setattr(LocalExecutor, "close", lambda _: closed())
    here.executor.close()

    assert ended(inbox).outcome is Outcome.CANCELLED


def test_the_end_is_told_of_what_cannot_be_started_once_its_files_are_fetched(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    given, inbox = given_what_was_written_there(here, there), SimpleQueue[Any]()
    monkeypatch.setattr(LocalExecutor, "start", fail)
    here.executor.start(given, inbox.put)

    failure = ended(inbox).failure
    assert failure is not None
    assert failure.name == "RuntimeError"

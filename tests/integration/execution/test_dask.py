"""Attempts on the workers of a Dask cluster: what travels, what is told, and who dies when."""

from __future__ import annotations

import gc
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest.mock import patch

import psutil
import pytest
from distributed import Client

from jupyter_flow.app.equipment import equip
from jupyter_flow.artifacts.folder import FolderArtifacts
from jupyter_flow.core.artifacts import Arrival, ArtifactRef
from jupyter_flow.core.errors import FlowError, UnreachableError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.dask import clusters, hands, parcels, worker
from jupyter_flow.execution.dask import executor as dask_executor
from jupyter_flow.execution.dask.clusters import Cluster, ClusterConfig
from jupyter_flow.execution.dask.executor import DaskExecutor
from jupyter_flow.execution.dask.parcels import name_of
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.testing.dask import DaskCluster, dask_cluster
from jupyter_flow.testing.notebooks import write_notebook

pytestmark = pytest.mark.slow
PATIENCE = 60.0

#: Dask leaves a socket behind when it is cut off while it connects. It goes within the test.
cuts = pytest.mark.filterwarnings("ignore:.*unclosed <socket")

Inbox = SimpleQueue[AttemptProgressed | AttemptEnded]
Make = Callable[..., DaskExecutor]

_EQUIP = partial(equip, artifact_store="", owner="", load_limit=2**20)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[DaskCluster]:
    """A cluster whose workers may be killed."""
    with dask_cluster(tmp_path / "cluster", workers=1) as made:
        yield made


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Executors that share no disk with their workers, unless told otherwise."""
    made: list[DaskExecutor] = []

    def one(cluster: DaskCluster, **options: Any) -> DaskExecutor:
        home = tmp_path / "home"
        executor = DaskExecutor(
            Cluster(ClusterConfig(scheduler=cluster.address)),
            home=home,
            artifacts=FolderArtifacts(home / "artifacts"),
            **{"shares_disk": False, "equip": _EQUIP} | options,
        )
        made.append(executor)
        return executor

    yield one
    for each in made:
        each.close()


def assignment(
    folder: Path,
    task: str,
    *cells: str,
    number: int = 1,
    declared: str | None = None,
    **given: Any,
) -> Assignment:
    source = write_notebook(folder / "project" / f"{task}.ipynb", *cells, parameters=declared)
    runs = folder / "home" / "runs" / "flow" / "run" / task
    return Assignment(
        run=RunId("run"),
        flow="flow",
        key=TaskKey(task),
        number=number,
        notebook=source,
        source=source.name,
        folder=source.parent,
        executed=runs / f"{number}.ipynb",
        log=runs / f"{number}.log",
        artifacts=runs / str(number),
        **given,
    )


def end_of(inbox: Inbox) -> AttemptEnded:
    while True:
        report = inbox.get(timeout=PATIENCE)
        if isinstance(report, AttemptEnded):
            return report


def made(executor: DaskExecutor, given: Assignment) -> AttemptEnded:
    inbox: Inbox = SimpleQueue()
    executor.start(given, inbox.put)
    return end_of(inbox)


def pipe(folder: Path, name: str) -> Path:
    """A named pipe: whoever opens it waits for the other side."""
    path = folder / name
    os.mkfifo(path)
    return path


def wait_at(path: Path) -> str:
    """A cell that says its process id through the pipe, and waits until it is let go on."""
    return (
        f"import os\nwith open({str(path)!r}, 'w') as p: p.write(str(os.getpid()))\n"
        f"with open({str(path)!r}) as p: p.read()"
    )


def ends(pid: int) -> bool:
    """Whether that process ends before long."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE)[0])
    finally:
        os.close(process)


# -- what travels ------------------------------------------------------------------------------


def test_all_that_a_notebook_needs_goes_along_and_all_that_it_wrote_comes_back(
    cluster: DaskCluster, make: Make, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    (project / "data").mkdir(parents=True)
    (project / "shop.py").write_text("import prices\ndef total(): return prices.ONE + 1")
    (project / "prices.py").write_text("ONE = 1")
    (project / "data" / "a.csv").write_text("2")
    earlier = tmp_path / "home" / "runs" / "flow" / "run" / "load" / "1" / "raw.txt"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("4")
    given = assignment(
        tmp_path,
        "sum",
        "import os, shop, pathlib, jupyter_flow\n"
        "here = pathlib.Path.cwd()\n"
        "n = shop.total() + int((here / 'data/a.csv').read_text()) + int(open(raw).read())",
        "path = jupyter_flow.artifact('n.txt')\npathlib.Path(path).write_text(str(n))\n"
        "jupyter_flow.output(n=n, path=str(path), raw=raw, here=str(here))",
        "'x' * 10",
        declared="raw = ''",
        inputs=("data/*.csv",),
        parameters={"raw": str(earlier)},
    )

    ended = made(make(cluster), given)

    assert ended.outcome is Outcome.SUCCEEDED, ended.failure
    here = ended.values["here"]
    assert str(tmp_path / "cluster") not in here
    assert not here.startswith(str(project)), "it ran in a folder of the worker"
    assert not Path(here).exists(), "nothing is left there"
    assert ended.values["n"] == 8
    assert ended.values["path"] == str(given.artifacts / "n.txt")
    assert ended.values["raw"] == str(earlier)
    assert (given.artifacts / "n.txt").read_text() == "8"
    cells = json.loads(given.executed.read_text())["cells"]
    assert cells[-1]["outputs"], "the executed notebook came back"
    assert "made by the worker tcp://" in given.log.read_text()


def test_artifacts_go_to_the_worker_and_come_from_it(
    cluster: DaskCluster, make: Make, tmp_path: Path
) -> None:
    executor = make(cluster)
    first = assignment(
        tmp_path, "first", "import jupyter_flow\njupyter_flow.output(words=('ab ' * 60000))"
    )
    ended = made(executor, first)
    assert ended.outcome is Outcome.SUCCEEDED, ended.failure
    ref = ArtifactRef.read(ended.values["words"])
    assert ref is not None
    assert FolderArtifacts(tmp_path / "home" / "artifacts").has(ref.file)

    second = assignment(
        tmp_path,
        "second",
        "import jupyter_flow\njupyter_flow.output(n=len(words))",
        declared="words = None",
        parameters={"words": Arrival(ref, "object")},
    )
    assert made(executor, second).values == {"n": 180000}


def test_what_is_too_much_to_travel_is_refused_before_it_begins(
    cluster: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "MOST", 10)
    given = assignment(tmp_path, "much", "1", inputs=("big.csv",))
    (given.folder / "big.csv").write_text("x" * 11)

    ended = made(make(cluster), given)

    assert ended.outcome is Outcome.FAILED
    assert ended.failure is not None
    assert ended.failure.name == "JF613"
    assert "big.csv" in ended.failure.traceback


def test_a_worker_with_other_versions_makes_no_attempt(
    cluster: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = dict(parcels.installed()) | {"Python": "3.9"}
    monkeypatch.setattr(parcels, "installed", lambda: other)

    ended = made(make(cluster), assignment(tmp_path, "old", "1"))

    assert ended.outcome is Outcome.FAILED
    assert ended.failure is not None
    assert ended.failure.name == "JF614"
    assert "and not 3.9" in ended.failure.message


def test_no_scheduler_is_a_clear_error(tmp_path: Path) -> None:
    executor = DaskExecutor(
        Cluster(ClusterConfig(scheduler="tcp://127.0.0.1:9")),
        home=tmp_path,
        equip=partial(equip, artifact_store="", owner="", load_limit=1),
    )

    with pytest.raises(FlowError, match="cannot be reached") as caught:
        executor.connect()

    assert caught.value.code == "JF615"


def test_what_cannot_be_reached_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_TIMEOUT", 0.1)
    monkeypatch.setattr(clusters, "_PAUSE", 0.0)
    cluster = Cluster(ClusterConfig(scheduler=unused_address()))

    def left() -> tuple[int, int]:
        with pytest.raises(UnreachableError):
            cluster.client(lambda _: None)
        gc.collect()
        us = psutil.Process()
        return us.num_threads(), us.num_fds()

    at_first = left()
    assert [left() for _ in range(3)][-1] == at_first
    cluster.close()


def test_it_is_not_tried_for_each_attempt_to_reach_what_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def away(address: str) -> None:
        tried.append(address)
        raise TimeoutError

    monkeypatch.setattr(clusters, "_client_of", away)
    cluster = Cluster(ClusterConfig(scheduler="tcp://127.0.0.1:1"))

    for _ in range(3):
        with pytest.raises(UnreachableError, match="tcp"):
            cluster.client(lambda _: None)

    assert len(tried) == 1


def unused_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as here:
        return f"tcp://127.0.0.1:{here.getsockname()[1]}"


def test_a_cluster_is_made_by_the_class_that_is_named(tmp_path: Path) -> None:
    arguments: Mapping[str, Any] = {
        "processes": True,
        "threads_per_worker": 1,
        "dashboard_address": ":0",
        "local_directory": str(tmp_path / "workers"),
    }
    config = ClusterConfig(cluster="distributed.LocalCluster", arguments=arguments, workers=1)
    executor = DaskExecutor(
        Cluster(config),
        home=tmp_path / "home",
        equip=partial(equip, artifact_store="", owner="", load_limit=1),
        artifacts=FolderArtifacts(tmp_path / "artifacts"),
    )
    given = assignment(tmp_path, "one", "1")

    with patch.dict(os.environ):  # Dask tells its workers things by it, and leaves them there
        ended = made(executor, given)
        assert ended.outcome is Outcome.SUCCEEDED, str(ended.failure and ended.failure.traceback)
        assert not executor.let_go(given.run, given.key, 1), "it would end with this process"
        executor.close()


@pytest.mark.parametrize(
    ("name", "hint"),
    [("no_such_library.Cluster", "Install it here"), ("distributed.NoCluster", r"table \[dask\]")],
)
def test_a_class_that_is_not_there_is_named(name: str, hint: str) -> None:
    with pytest.raises(FlowError, match=f"the cluster {name}") as caught:
        Cluster(ClusterConfig(cluster=name)).client(lambda _: None)

    assert caught.value.code == "JF616"
    assert re.search(hint, caught.value.hint)


# -- while it lasts ----------------------------------------------------------------------------


def test_log_and_notebook_come_while_it_runs(
    cluster: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, inbox, fetched = pipe(tmp_path, "gate"), SimpleQueue[Any](), SimpleQueue[None]()
    fetch = DaskExecutor._fetch

    def noted(self: DaskExecutor, *given: Any) -> None:
        fetch(self, *given)
        fetched.put(None)

    monkeypatch.setattr(DaskExecutor, "_fetch", noted)
    given = assignment(tmp_path, "tells", "print('hello there')", wait_at(gate))
    make(cluster).start(given, inbox.put)
    gate.read_text()  # it waits now

    for path in (given.log, given.executed):
        while not path.exists() or "hello there" not in path.read_text():
            fetched.get(timeout=PATIENCE)
    progress = inbox.get(timeout=PATIENCE)
    gate.write_text("go on")

    assert (progress.cell, progress.cells) in {(1, 2), (2, 2)}
    assert end_of(inbox).outcome is Outcome.SUCCEEDED


def test_what_waits_for_a_worker_is_cancelled_without_being_begun(
    mortal: DaskCluster, make: Make, tmp_path: Path
) -> None:
    gate, executor = pipe(tmp_path, "gate"), make(mortal)
    first, second = SimpleQueue[Any](), SimpleQueue[Any]()
    executor.start(assignment(tmp_path, "first", wait_at(gate)), first.put)
    gate.read_text()
    waiting = assignment(tmp_path, "second", f"open({str(tmp_path / 'begun')!r}, 'w')")
    executor.start(waiting, second.put)

    executor.stop(waiting.run, waiting.key, 1)

    assert end_of(second).outcome is Outcome.CANCELLED
    gate.write_text("go on")
    assert end_of(first).outcome is Outcome.SUCCEEDED
    assert not (tmp_path / "begun").exists()


def test_what_is_stopped_before_its_worker_can_start_it_is_never_started(
    cluster: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ran = pipe(tmp_path, "begun"), tmp_path / "ran"

    def equip_slowly(home: Path) -> worker.Equipment:
        begun.write_text("")  # as soon as somebody listens
        begun.read_text()
        return _EQUIP(home)

    is_told = threading.Event()

    def asking(what: Any, *given: Any, **how: Any) -> Any:
        answer = clusters.ask(what, *given, **how)
        if worker.stop in given:
            is_told.set()
        return answer

    monkeypatch.setattr(dask_executor, "ask", asking)
    executor, inbox = make(cluster, equip=equip_slowly), Inbox()
    executor.start(assignment(tmp_path, "never", f"open({str(ran)!r}, 'w')"), inbox.put)
    begun.read_text()
    executor.stop(RunId("run"), TaskKey("never"), 1)
    assert is_told.wait(PATIENCE)
    begun.write_text("go on")

    assert end_of(inbox).outcome is Outcome.CANCELLED
    assert not ran.exists()


def test_a_worker_that_does_not_see_our_files_is_sent_them(
    mortal: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though all others do. It notices when it gets an attempt that came without them."""
    gate, executor = pipe(tmp_path, "gate"), make(mortal, shares_disk=True)
    first, second = SimpleQueue[Any](), SimpleQueue[Any]()
    executor.start(assignment(tmp_path, "first", wait_at(gate)), first.put)
    gate.read_text()
    sent, send = threading.Event(), executor._sender.send

    def noted(*given: Any) -> Any:
        future = send(*given)
        sent.set()
        return future

    monkeypatch.setattr(executor._sender, "send", noted)
    executor.start(assignment(tmp_path, "second", "print('made')"), second.put)
    assert sent.wait(PATIENCE)

    for mark in (tmp_path / "home").glob("seen-by-workers-*"):
        mark.unlink()
    gate.write_text("go on")

    assert end_of(first).outcome is Outcome.SUCCEEDED
    assert end_of(second).outcome is Outcome.SUCCEEDED
    assert not executor._sender.shares_disk


def test_tasks_of_a_pool_go_to_workers_that_have_the_resource(
    mortal: DaskCluster, make: Make, tmp_path: Path
) -> None:
    mortal.add_worker("--resources", "gpu=1")
    mortal.wait_for_workers(2)
    executor = make(mortal)
    cell = "import os, jupyter_flow\njupyter_flow.output(here=os.getcwd())"

    ends = [
        made(executor, assignment(tmp_path, f"t{each}", cell, pool="gpu", slots=1))
        for each in range(3)
    ]

    assert all("worker-1" in end.values["here"] for end in ends), ends


# -- who dies ----------------------------------------------------------------------------------


def test_an_attempt_whose_worker_dies_is_lost_and_not_begun_again(
    mortal: DaskCluster, make: Make, tmp_path: Path
) -> None:
    gate, inbox = pipe(tmp_path, "gate"), SimpleQueue[Any]()
    ledger = tmp_path / "ledger"
    note = f"open({str(ledger)!r}, 'a').write('begun\\n')"
    make(mortal).start(assignment(tmp_path, "task", note, wait_at(gate)), inbox.put)
    kernel = int(gate.read_text())
    mortal.add_worker()
    mortal.wait_for_workers(2)

    mortal.kill_worker(0)

    ended = end_of(inbox)
    assert ended.outcome is Outcome.LOST
    assert ended.failure is not None
    assert ended.failure.cause is Cause.LOST
    assert ends(kernel), "its kernel went with it"
    assert ledger.read_text() == "begun\n"
    again = assignment(tmp_path, "task", note, number=2)
    assert made(make(mortal), again).outcome is Outcome.SUCCEEDED, "elsewhere, as attempt 2"
    assert ledger.read_text() == "begun\nbegun\n"


def test_it_is_lost_at_once_where_no_worker_is_left(
    mortal: DaskCluster, make: Make, tmp_path: Path
) -> None:
    gate, inbox = pipe(tmp_path, "gate"), SimpleQueue[Any]()
    make(mortal).start(assignment(tmp_path, "task", wait_at(gate)), inbox.put)
    gate.read_text()

    mortal.kill_worker(0)

    assert end_of(inbox).outcome is Outcome.LOST


class Line:
    """A connection to the scheduler that can be cut: whoever connects to its ``address``."""

    def __init__(self, address: str) -> None:
        self.leads_to(address)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._passes = threading.Event()
        self._passes.set()
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def leads_to(self, address: str) -> None:
        """Whoever connects from now on is connected with that one."""
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        self._there = host, int(port)

    def cut(self) -> None:
        """All that are connected are so no more."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def fall_silent(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._passes.clear()

    def go_on(self) -> None:
        """All arrives that was sent meanwhile."""
        self._passes.set()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self.go_on()
        self.cut()
        for each in self._threads:
            each.join()
        for each in (*self._open, self._listening):
            each.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(self._there)
                self._open += [here, there]
                for one, other in ((here, there), (there, here)):
                    self._threads.append(threading.Thread(target=self._pass_on, args=(one, other)))
                    self._threads[-1].start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(2**16):
                self._passes.wait()
                other.sendall(said)
            other.shutdown(socket.SHUT_RDWR)


@cuts
def test_what_goes_on_while_the_connection_is_cut_is_found_again(
    cluster: DaskCluster, make: Make, tmp_path: Path
) -> None:
    gate, inbox, line = pipe(tmp_path, "gate"), SimpleQueue[Any](), Line(cluster.address)
    executor = make(replace(cluster, address=line.address))
    executor.start(assignment(tmp_path, "task", wait_at(gate), "1 + 1"), inbox.put)
    gate.read_text()

    line.cut()
    gate.write_text("go on")

    assert end_of(inbox).outcome is Outcome.SUCCEEDED
    executor.close()
    line.close()
    gc.collect()


@cuts
def test_a_scheduler_that_was_begun_anew_is_told_what_we_want_to_hear(
    cluster: DaskCluster, mortal: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, again = Line(cluster.address), threading.Event()
    ours, heard = Cluster(ClusterConfig(scheduler=line.address)), SimpleQueue[Any]()
    first, connect = (client := ours.client(heard.put)), client._ensure_connected

    async def noted(*given: Any, **named: Any) -> None:
        await connect(*given, **named)
        again.set()

    monkeypatch.setattr(client, "_ensure_connected", noted)
    line.leads_to(mortal.address)
    line.cut()
    assert again.wait(PATIENCE)

    new = ours.client(heard.put)
    assert new is not first
    while heard.empty() or heard.get()[1] != "a word":
        new.log_event(worker.TOPIC, "a word")  # what we want to hear is told it by another way
    ours.close()
    line.close()
    gc.collect()


@cuts
def test_what_ends_while_nothing_is_heard_of_the_scheduler_is_told_later(
    cluster: DaskCluster,
    make: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(clusters, "_ANSWER", 1.0)
    monkeypatch.setattr(dask_executor, "_PATIENCE", 0.0)
    gate, gone, line = pipe(tmp_path, "gate"), pipe(tmp_path, "gone"), Line(cluster.address)
    inbox, noticed = SimpleQueue[Any](), SimpleQueue[None]()
    executor = make(replace(cluster, address=line.address))
    last = f"open({str(gone)!r}, 'w').close()"
    executor.start(assignment(tmp_path, "task", wait_at(gate), last), inbox.put)
    gate.read_text()
    note_cuts(monkeypatch, executor, noticed)
    while not isinstance(inbox.get(timeout=PATIENCE), AttemptProgressed):
        pass

    line.fall_silent()
    gate.write_text("go on")
    gone.read_text()
    noticed.get(timeout=PATIENCE)
    line.go_on()

    assert end_of(inbox).outcome is Outcome.SUCCEEDED
    assert "the Dask scheduler cannot be reached" in caplog.text
    executor.close()
    line.close()
    gc.collect()


@cuts
def test_what_was_given_up_is_ended_and_forgotten_once_the_scheduler_is_back(
    cluster: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_PAUSE", 0.0)
    monkeypatch.setattr(dask_executor, "_PATIENCE", 0.0)
    gate, line, inbox = pipe(tmp_path, "gate"), Line(cluster.address), SimpleQueue[Any]()
    executor = make(replace(cluster, address=line.address))
    given = assignment(tmp_path, "task", wait_at(gate))
    executor.start(given, inbox.put)
    kernel = psutil.Process(int(gate.read_text()))
    while not isinstance(inbox.get(timeout=PATIENCE), AttemptProgressed):
        pass

    line.fall_silent()
    # Not before: a busy machine may take as long for any answer.
    monkeypatch.setattr(clusters, "_ANSWER", 1.0)
    monkeypatch.setattr(clusters, "_TIMEOUT", 1.0)
    monkeypatch.setattr(hands, "_LONGEST_CUT", 0.0)
    assert end_of(inbox).outcome is Outcome.LOST
    monkeypatch.setattr(clusters, "_TIMEOUT", PATIENCE)
    monkeypatch.setattr(clusters, "_ANSWER", PATIENCE)
    line.go_on()

    kernel.wait(timeout=PATIENCE)
    executor.close()
    with Client(cluster.address, set_as_default=False) as client:
        assert name_of(given) not in client.list_datasets()
    line.close()
    gc.collect()


@cuts
def test_what_begins_while_nothing_is_heard_of_the_scheduler_is_made_later(
    cluster: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_TIMEOUT", 1.0)
    inbox, line, noticed = SimpleQueue[Any](), Line(cluster.address), SimpleQueue[None]()
    executor = make(replace(cluster, address=line.address))
    note_cuts(monkeypatch, executor, noticed)
    line.fall_silent()

    executor.start(assignment(tmp_path, "task", "1 + 1"), inbox.put)
    noticed.get(timeout=PATIENCE)
    monkeypatch.setattr(clusters, "_TIMEOUT", PATIENCE)
    line.go_on()

    assert end_of(inbox).outcome is Outcome.SUCCEEDED
    executor.close()
    line.close()
    gc.collect()


def note_cuts(
    monkeypatch: pytest.MonkeyPatch, executor: DaskExecutor, noticed: SimpleQueue[None]
) -> None:
    """Tell *noticed* each time that the scheduler is found out of reach."""
    has_time = executor._hands._has_time

    def noted(*given: Any) -> bool:
        noticed.put(None)
        return has_time(*given)

    monkeypatch.setattr(executor._hands, "_has_time", noted)


@cuts
def test_a_worker_that_is_cut_off_ends_what_it_does_at_once(
    mortal: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "_LONGEST_CUT", 0.0)
    monkeypatch.setattr(clusters, "_TIMEOUT", 1.0)
    told, gate, inbox = pipe(tmp_path, "told"), pipe(tmp_path, "gate"), SimpleQueue[Any]()
    executor = make(mortal)
    tell = f"import os\nopen({str(told)!r}, 'w').write(str(os.getpid()))"
    executor.start(assignment(tmp_path, "task", tell, wait_at(gate)), inbox.put)
    kernel = psutil.Process(int(told.read_text()))

    mortal.scheduler.kill()

    kernel.wait(timeout=25)  # Dask waits for half a minute
    executor.close()
    gc.collect()


@cuts
def test_it_is_lost_when_the_scheduler_dies(
    mortal: DaskCluster, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, inbox = pipe(tmp_path, "gate"), SimpleQueue[Any]()
    monkeypatch.setattr(clusters, "_TIMEOUT", 1.0)
    monkeypatch.setattr(hands, "_LONGEST_CUT", 1.0)
    executor = make(mortal)
    executor.start(assignment(tmp_path, "task", wait_at(gate)), inbox.put)
    gate.read_text()

    mortal.scheduler.kill()

    assert end_of(inbox).outcome is Outcome.LOST
    mortal.kill_worker(0)
    ended = made(executor, assignment(tmp_path, "next", "1"))
    assert (ended.outcome, ended.failure and ended.failure.name) == (Outcome.FAILED, "JF615")
    executor.close()
    gc.collect()


def test_another_process_takes_up_what_goes_on_and_gets_its_end(
    cluster: DaskCluster, make: Make, tmp_path: Path
) -> None:
    gate, nobody, inbox = pipe(tmp_path, "gate"), SimpleQueue[Any](), SimpleQueue[Any]()
    given = assignment(tmp_path, "goes_on", "print('early')", wait_at(gate), "print('late')")
    before = make(cluster)
    before.start(given, nobody.put)
    gate.read_text()
    assert before.let_go(given.run, given.key, given.number)

    after = make(cluster)
    assert after.take_up(given, inbox.put)
    gate.write_text("go on")

    assert end_of(inbox).outcome is Outcome.SUCCEEDED
    assert not any(isinstance(nobody.get(), AttemptEnded) for _ in range(nobody.qsize()))
    after.close()
    text = given.log.read_text()
    assert text.count("early") == text.count("late") == 1
    with cluster.client() as client:
        kept = client.list_datasets()
    assert not [each for each in kept if each.startswith(name_of(given))], "nothing is left"


def test_what_waited_while_its_process_ended_is_made_where_its_files_are(
    mortal: DaskCluster, make: Make, tmp_path: Path
) -> None:
    """A worker that shares the disk sees so though that process is gone."""
    gate, first, second = pipe(tmp_path, "gate"), SimpleQueue[Any](), SimpleQueue[Any]()
    before, after = make(mortal, shares_disk=True), make(mortal, shares_disk=True)
    of_long_ago = tmp_path / "home" / "seen-by-workers-1"
    of_long_ago.parent.mkdir()
    of_long_ago.touch()
    os.utime(of_long_ago, (0, 0))
    given = assignment(tmp_path, "waits", "import os, jupyter_flow as f\nf.output(at=os.getcwd())")
    after.start(assignment(tmp_path, "first", wait_at(gate)), first.put)
    gate.read_text()
    before.start(given, lambda _: None)
    while not before.let_go(given.run, given.key, given.number):
        pass  # it is on its way
    before.close()
    assert not of_long_ago.exists()

    assert after.take_up(given, second.put)
    gate.write_text("go on")

    assert end_of(second).values == {"at": str(given.folder)}
    assert after._sender.shares_disk


def test_nobody_takes_up_what_nobody_began(
    cluster: DaskCluster, make: Make, tmp_path: Path
) -> None:
    executor = make(cluster)

    assert not executor.take_up(assignment(tmp_path, "never", "1"), lambda _: None)


def test_what_was_begun_by_a_process_that_was_killed_goes_on(
    cluster: DaskCluster, make: Make, tmp_path: Path
) -> None:
    gate = pipe(tmp_path, "gate")
    given = assignment(tmp_path, "outlives", wait_at(gate), "1 + 1")
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_dask as t
from jupyter_flow.testing.dask import DaskCluster
from functools import partial
executor = t.DaskExecutor(
    t.Cluster(t.ClusterConfig(scheduler={cluster.address!r})),
    home=Path({str(tmp_path / "home")!r}),
    equip=partial(t.equip, artifact_store="", owner="", load_limit=2**20),
    artifacts=t.FolderArtifacts(Path({str(tmp_path / "home" / "artifacts")!r})),
    shares_disk=False,
)
given = t.assignment(Path({str(tmp_path)!r}), "outlives", {wait_at(gate)!r}, "1 + 1")
executor.start(given, lambda report: None)
import threading
threading.Event().wait()
"""
    begins = subprocess.Popen([sys.executable, "-c", code])
    gate.read_text()
    with cluster.client() as client:
        while name_of(given) not in client.list_datasets():
            pass  # it has been sent, and is to be found in a moment
    begins.send_signal(signal.SIGKILL)
    begins.wait()

    inbox: Inbox = SimpleQueue()
    executor = make(cluster)
    assert executor.take_up(given, inbox.put)
    gate.write_text("go on")

    assert end_of(inbox).outcome is Outcome.SUCCEEDED
    assert json.loads(given.executed.read_text())["cells"][-1]["outputs"]

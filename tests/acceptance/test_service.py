"""Services as their users have them: real processes, killed, stopped, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_flow.testing.notebooks import write_notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's process groups"),
]

LEASE = 2.0


class Project:
    """A project folder, its services, and the command line in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = os.environ | {"JUPYTER_FLOW_LEASE": str(LEASE), "JUPYTER_FLOW_IDLE": "10"}
        self.services: list[subprocess.Popen[str]] = []

    def flow(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_flow", *words],
            cwd=self.folder,
            env=self.env,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.flow(*words, "--json"))

    def serve(self, *words: str) -> subprocess.Popen[str]:
        """A service in the foreground, from when it says that it has started."""
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_flow", "serve", "--log-json", *words],
            cwd=self.folder,
            env=self.env,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.services.append(process)
        self.wait_for(process, "service_started")
        return process

    def wait_for(self, process: subprocess.Popen[str], action: str) -> dict[str, Any]:
        """The next line of its log about *action*; blocks."""
        assert process.stderr is not None
        for line in process.stderr:
            said: dict[str, Any] = json.loads(line)
            if said.get("action") == action:
                return said
        raise AssertionError(f"it ended without {action}")

    def left(self) -> list[psutil.Process]:
        """The living processes that some attempt of this project started."""
        home = str(self.folder / ".jupyter_flow")
        found = []
        for process in psutil.process_iter():
            try:
                environ = process.environ()
                is_ours = environ.get("JUPYTER_FLOW_HOME") == home
                if is_ours and "JUPYTER_FLOW_RUN" in environ:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]

    def close(self) -> None:
        for process in self.services:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
        self.flow("serve", "--stop", "--now")
        _, alive = psutil.wait_procs(self.left(), timeout=10)
        for each in alive:
            each.kill()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """``first >> second``; the second tells through a pipe that it runs, and waits to be mended."""
    os.mkfifo(tmp_path / "told")
    write_notebook(
        tmp_path / "first.ipynb",
        "from jupyter_flow import output\nopen('times', 'a').write('x')\noutput(n=1)",
        task="first",
    )
    write_notebook(
        tmp_path / "second.ipynb",
        "import pathlib, subprocess, time",
        "if not pathlib.Path('mended').exists():\n"
        "    subprocess.Popen(['sleep', '300'])\n"
        "    subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        "    open('told', 'w').write('running')\n"
        "    time.sleep(300)",
        parameters="n: int",
        task="second",
    )
    write_notebook(tmp_path / "flow.ipynb", "%%flow two --retries 1\nfirst >> second(n=first.n)")
    project = Project(tmp_path)
    yield project
    project.close()


def until_it_runs(project: Project) -> None:
    with (project.folder / "told").open() as told:
        assert told.read() == "running"


def outcomes(run: dict[str, Any], task: str) -> list[str]:
    (found,) = (each for each in run["tasks"] if each["task"] == task)
    return [each["outcome"] for each in found["attempts"]]


def the_end_of(project: Project, run: str) -> dict[str, Any]:
    """The run at its end: its log is followed until nobody sees to it any more."""
    project.flow("logs", run, "--follow")
    found: dict[str, Any] = project.json("status", run)
    return found


def kill(service: subprocess.Popen[str]) -> None:
    service.kill()
    service.wait()


def stop(service: subprocess.Popen[str]) -> None:
    service.send_signal(signal.SIGSTOP)


@pytest.mark.parametrize("strike", [kill, stop], ids=["SIGKILL", "SIGSTOP"])
def test_another_service_carries_on(
    project: Project, strike: Callable[[subprocess.Popen[str]], None]
) -> None:
    first = project.serve()
    run = project.json("run", "--detach", "two")["id"]
    project.wait_for(first, "run_taken_up")
    until_it_runs(project)
    lost = project.left()
    assert len(lost) >= 3, "the kernel and its two children"
    second = project.serve()
    (project.folder / "mended").touch()

    strike(first)

    assert project.wait_for(second, "run_taken_up")["state"] == "running"
    done = the_end_of(project, run)
    assert done["state"] == "succeeded"
    assert outcomes(done, "second") == ["lost", "succeeded"]
    assert (project.folder / "times").read_text() == "x", "the finished task did not run again"
    _, alive = psutil.wait_procs(lost, timeout=0 if strike is stop else 10)
    # Who is stopped cannot collect its dead children.
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
    if strike is stop:
        first.send_signal(signal.SIGCONT)
        assert project.wait_for(first, "lease_lost")["run"] == run
        assert project.json("status", run) == done, "it noticed, and wrote nothing"


def test_a_run_outlives_whoever_started_it_and_its_service_ends_by_itself(
    project: Project,
) -> None:
    run = project.json("run", "--detach", "two")["id"]
    until_it_runs(project)
    (service,) = project.json("serve", "--status")["services"]
    process = psutil.Process(service["pid"])
    assert os.getsid(process.pid) == process.pid, "it has a session of its own"

    project.flow("cancel", run)

    assert the_end_of(project, run)["state"] == "cancelled"
    process.wait(timeout=30)
    assert json.loads(project.flow("serve", "--status", "--json", check=False))["services"] == []


def test_of_many_services_that_are_started_at_once_one_stays(project: Project) -> None:
    (project.folder / "mended").touch()
    threads = [
        threading.Thread(target=project.flow, args=("run", "--detach", "two")) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(project.json("serve", "--status")["services"]) == 1
    for run in project.json("runs"):
        assert the_end_of(project, run["id"])["state"] == "succeeded"


def test_stopping_lets_tasks_end_and_another_service_goes_on(project: Project) -> None:
    write_notebook(
        project.folder / "second.ipynb",
        "open('told', 'w').write('running')",
        "open('go').read()",
        parameters="n: int",
        task="second",
    )
    os.mkfifo(project.folder / "go")
    write_notebook(project.folder / "third.ipynb", "1", task="third")
    write_notebook(project.folder / "flow.ipynb", "%%flow two\nfirst >> second(n=first.n) >> third")
    service = project.serve()
    run = project.json("run", "--detach", "two")["id"]
    until_it_runs(project)

    service.send_signal(signal.SIGTERM)
    project.wait_for(service, "stop_asked")
    (project.folder / "go").write_text("go")

    assert service.wait(timeout=60) == 0
    left = {each["task"]: each["state"] for each in project.json("status", run)["tasks"]}
    assert left == {"first": "succeeded", "second": "succeeded", "third": "queued"}
    project.serve()
    done = the_end_of(project, run)
    assert {each["task"]: len(each["attempts"]) for each in done["tasks"]} == {
        "first": 1,
        "second": 1,
        "third": 1,
    }


def test_a_request_reaches_the_service(project: Project) -> None:
    service = project.serve()
    run = project.json("run", "--detach", "two")["id"]
    until_it_runs(project)

    said = project.flow("cancel", run)

    assert "asked to stop" in said
    assert the_end_of(project, run)["state"] == "cancelled"
    assert service.poll() is None

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

import psutil
import pytest

from jupyter_flow.testing.notebooks import write_notebook

from .projects import Project, outcomes, the_end_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's process groups"),
]


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

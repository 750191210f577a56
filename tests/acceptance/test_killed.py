"""`jupyter flow run` is killed with SIGKILL: nothing stays behind, and a repair carries on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from jupyter_flow.testing.notebooks import write_notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's process groups")


def jupyter_flow(*words: str, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run ``jupyter flow …`` to its end."""
    command = [sys.executable, "-m", "jupyter_flow", *words]
    return subprocess.run(
        command, cwd=folder, check=check, capture_output=True, text=True, timeout=120
    )


def processes_of(folder: Path) -> list[psutil.Process]:
    """The living processes that some attempt of the project in *folder* started."""
    home = str(folder / ".jupyter_flow")
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("JUPYTER_FLOW_HOME") == home:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """``first >> second``; the second starts children, then tells through a pipe that it runs."""
    os.mkfifo(tmp_path / "told")
    write_notebook(
        tmp_path / "first.ipynb",
        "from jupyter_flow import output\nopen('times', 'a').write('x')\noutput(n=1)",
        task="first",
    )
    write_notebook(
        tmp_path / "second.ipynb",
        "import pathlib, subprocess, sys, time",
        "if not pathlib.Path('mended').exists():\n"
        "    subprocess.Popen(['sleep', '300'])\n"
        "    subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        "    open('told', 'w').write('running')\n"
        "    time.sleep(300)",
        parameters="n: int",
        task="second",
    )
    write_notebook(tmp_path / "flow.ipynb", "%%flow two\nfirst >> second(n=first.n)")
    return tmp_path


def test_a_killed_run_leaves_no_process_and_is_carried_on(project: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "jupyter_flow", "run", "two"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with (project / "told").open() as told:
        assert told.read() == "running"
    alive = processes_of(project)
    assert len(alive) >= 3, "the kernel and its two children"

    run.send_signal(signal.SIGKILL)
    run.wait(timeout=30)

    _, still_alive = psutil.wait_procs(alive, timeout=10)
    assert still_alive == []

    (project / "mended").touch()
    repaired = jupyter_flow("repair", "--json", folder=project)

    states = {task["task"]: task for task in json.loads(repaired.stdout)["tasks"]}
    assert states["second"]["state"] == "succeeded"
    assert [each["outcome"] for each in states["second"]["attempts"]] == ["lost", "succeeded"]
    assert (project / "times").read_text() == "x", "the finished task did not run again"
    assert processes_of(project) == []

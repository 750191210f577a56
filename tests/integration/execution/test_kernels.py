"""Kernels: which one is taken, where it runs, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.kernels import StartedKernels
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.processes import GroupProcess
from jupyter_flow.ports.kernels import KernelRequest

from .conftest import Attempt, notebook_of


def test_without_a_warden_the_process_group_ends(tmp_path: Path) -> None:
    read, write = os.pipe()
    command = ["/bin/sh", "-c", "sleep 300 & echo $!; wait"]
    process = GroupProcess(command, env=dict(os.environ), cwd=tmp_path, output=write)
    os.close(write)
    child = int(os.read(read, 100))
    process.interrupt()
    watch = os.pidfd_open(child)
    ended = process.close()
    assert ended.signal in (signal.SIGINT, signal.SIGKILL)
    _await_end([watch])
    os.close(read)


def test_a_kernel_that_is_not_installed_is_refused(attempt: Attempt) -> None:
    trial = attempt("1", kernel="pyhton3")
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.FAILED, Cause.START_FAILED)
    assert trial.failure.name == "JF601"
    assert "'pyhton3' is not installed" in trial.failure.message
    assert "python3" in trial.failure.traceback


def test_a_kernel_whose_command_is_not_there_is_refused(attempt: Attempt, kernels) -> None:
    name = kernels("broken", ["/no/such/python", "-f", "{connection_file}"], "python")
    trial = attempt("1", kernel=name)
    assert trial.failure.cause is Cause.START_FAILED
    assert trial.statuses == ["pending"]


def test_a_kernel_that_dies_at_its_start_says_why(attempt: Attempt, kernels) -> None:
    argv = [sys.executable, "-c", "raise SystemExit('no ipykernel here')", "{connection_file}"]
    trial = attempt("1", kernel=kernels("dying", argv, "python"))
    assert trial.failure.cause is Cause.START_FAILED
    assert "no ipykernel here" in trial.failure.message
    assert trial.statuses == ["pending"]


def test_a_kernel_that_never_answers_is_given_up(attempt: Attempt, kernels) -> None:
    name = kernels("mute", ["sh", "-c", "sleep 60", "{connection_file}"], "python")
    executor = LocalExecutor(start_timeout=0.5)
    trial = attempt("1", kernel=name, on=executor)
    assert trial.failure.cause is Cause.START_FAILED
    assert "did not answer within 0.5 s" in trial.failure.message
    assert trial.executed.metadata.language_info.name == "python"
    executor.close()


def test_a_notebook_that_names_no_kernel_gets_this_python(attempt: Attempt) -> None:
    trial = attempt("import sys; print(sys.executable)")
    assert trial.text(0) == sys.executable + "\n"
    assert "no kernel is named: this environment's" in trial.log
    assert trial.executed.metadata.kernelspec.language == "python"
    assert trial.executed.metadata.language_info.file_extension == ".py"


def test_a_notebook_in_another_language_that_names_no_kernel_is_refused(attempt: Attempt) -> None:
    trial = attempt(notebook=notebook_of("1", language_info={"name": "julia"}))
    assert trial.failure.name == "JF604"


def test_the_kernel_that_was_asked_for_wins_over_the_notebooks(attempt: Attempt, bash: str) -> None:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    trial = attempt(notebook=notebook_of("echo $BASH_VERSION", kernelspec=spec), kernel=bash)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.executed.metadata.kernelspec.name == "bash"


def test_four_at_once_have_four_folders_and_four_environments(
    attempt: Attempt, tmp_path: Path
) -> None:
    here = Path.cwd()
    code = "import os; print(os.getcwd(), os.environ['WHO'], open('mine.txt').read())"
    trials = []
    for number in range(4):
        folder = tmp_path / f"folder {number}"
        folder.mkdir()
        (folder / "mine.txt").write_text(str(number))
        trials.append(attempt(code, folder=folder, env={"WHO": f"task {number}"}))
    for number, trial in enumerate(trials):
        assert trial.text(0) == f"{tmp_path}/folder {number} task {number} {number}\n"
    assert Path.cwd() == here


def test_one_notebook_serves_several_tasks_at_once(attempt: Attempt, tmp_path: Path) -> None:
    source = attempt(("n = 0", "parameters"), "print(n)").assignment.notebook
    trials = [attempt(source=source, parameters={"n": n}) for n in (1, 2, 3)]
    assert [trial.text(2) for trial in trials] == ["1\n", "2\n", "3\n"]


def test_a_notebook_is_told_who_it_is(attempt: Attempt, tmp_path: Path) -> None:
    executor = LocalExecutor(home=tmp_path / "home")
    names = ["RUN", "FLOW", "TASK", "INDEX", "ATTEMPT", "ARTIFACTS", "HOME"]
    code = f"import os\nfor n in {names}: print(n, os.environ['JUPYTER_FLOW_' + n])"
    trial = attempt(code, key="train[2]", on=executor)
    said = dict(line.split(" ", 1) for line in trial.text(0).splitlines())
    assert said["TASK"] == "train"
    assert said["INDEX"] == "2"
    assert said["RUN"] == "run-1"
    assert said["FLOW"] == "flow"
    assert said["ATTEMPT"] == str(trial.assignment.number)
    assert said["ARTIFACTS"] == str(trial.assignment.artifacts)
    assert said["HOME"] == str(tmp_path / "home")
    executor.close()


def test_a_kernel_started_from_a_kernel_lives(attempt: Attempt, monkeypatch) -> None:
    """What watches the parent in this process's kernel must not end the kernels it starts."""
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    trial = attempt("import time; time.sleep(1.5); print('alive')")
    assert trial.text(0) == "alive\n", trial.log


def test_the_folder_of_sockets_is_private_and_left_clean(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    launcher = StartedKernels()
    kernel = launcher.launch(KernelRequest(name=None, folder=tmp_path))
    (folder,) = tmp_path.glob("jf-*")
    assert folder.stat().st_mode & 0o777 & ~0o700 == 0
    kernel.close()
    assert list(folder.iterdir()) == []
    launcher.close()
    assert not folder.exists()


def test_no_descriptor_is_left_open(attempt: Attempt) -> None:
    attempt("1").end  # noqa: B018 - what is shared is open now
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(4):
        attempt("import os; os._exit(1)").end  # noqa: B018
        attempt("1").end  # noqa: B018
    # the last sockets are closed by ZeroMQ's own thread, when it gets round to it
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 8


def _await_end(pidfds: list[int]) -> None:
    """Wait until each of these processes has ended."""
    import select

    for fd in pidfds:
        ready, _, _ = select.select([fd], [], [], 20)
        assert ready
        os.close(fd)

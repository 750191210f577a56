"""Kernels of other languages, through the same path."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.forked.libraries import site_folders

from .conftest import Attempt


def test_bash_takes_plain_parameters(attempt: Attempt, bash: str) -> None:
    given = {"name": "it's a $test", "n": 3}
    trial = attempt("n=1", "echo $name; echo $n", kernel=bash, parameters=given)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.text(2).split("\n")[:2] in (["it's a $test", "1"], ["it's a $test", "3"])


def test_a_bash_cell_whose_last_line_fails_has_failed(attempt: Attempt, bash: str) -> None:
    trial = attempt("echo before", "echo no >&2; (exit 3)", "echo after", kernel=bash)
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.FAILED, Cause.CELL_ERROR)
    assert (trial.failure.cell, trial.failure.exit_status) == (2, 3)
    assert trial.statuses == ["completed", "failed", "pending"]


def test_a_failure_without_an_error_output_is_a_failure(
    attempt: Attempt, kernels, tmp_path
) -> None:
    """The reply alone says it: nothing is shown at all."""
    (tmp_path / "silent_kernel.py").write_text(
        "from ipykernel.kernelbase import Kernel\n"
        "from ipykernel.kernelapp import IPKernelApp\n"
        "class Silent(Kernel):\n"
        "    implementation = language = 'silent'\n"
        "    implementation_version = banner = '1'\n"
        "    language_info = {'name': 'silent', 'mimetype': 'text/plain', 'file_extension': '.s'}\n"
        "    def do_execute(self, code, silent, *args, **kwargs):\n"
        "        status = 'error' if code == 'fail' else 'ok'\n"
        "        return {'status': status, 'execution_count': 1, 'ename': 'Nope',\n"
        "                'evalue': 'silently', 'traceback': []}\n"
        "IPKernelApp.launch_instance(kernel_class=Silent)\n"
    )
    import sys

    argv = [sys.executable, str(tmp_path / "silent_kernel.py"), "-f", "{connection_file}"]
    trial = attempt("fine", "fail", "fine", kernel=kernels("silent", argv, "silent"))
    assert trial.end.outcome is Outcome.FAILED
    assert (trial.failure.name, trial.failure.message) == ("Nope", "silently")
    assert trial.executed.cells[1].outputs == []
    assert trial.statuses == ["completed", "failed", "pending"]


def test_a_long_bash_cell_is_interrupted(attempt: Attempt, bash: str) -> None:
    trial = attempt("sleep 60", "echo after", kernel=bash, cell_timeout=timedelta(seconds=1))
    assert trial.failure.cause is Cause.CELL_TIMEOUT
    assert trial.statuses == ["failed", "pending"]


def test_a_dict_for_bash_is_refused(attempt: Attempt, bash: str) -> None:
    trial = attempt("echo $x", kernel=bash, parameters={"x": {"a": 1}})
    assert (trial.failure.cause, trial.failure.name) == (Cause.START_FAILED, "JF224")


@pytest.mark.r
def test_r_takes_parameters_and_hands_on_values(attempt: Attempt, r: str) -> None:
    given = {"name": "täst", "n": 3, "flags": [True, False], "none": None}
    hand_on = (
        "IRdisplay::publish_mimebundle(list('application/vnd.jupyter-flow.value+json' = "
        "list(n = n + 1L, name = name)))"
    )
    trial = attempt(
        ("n <- 1", "parameters"), "cat(name, unlist(flags))", hand_on, kernel=r, parameters=given
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.text(2) == "täst TRUE FALSE"
    assert trial.end.values == {"n": 4, "name": "täst"}


@pytest.mark.r
def test_an_error_in_r_is_a_failure(attempt: Attempt, r: str) -> None:
    trial = attempt("1", "f <- function() stop('boo')\nf()", "3", kernel=r)
    assert trial.end.outcome is Outcome.FAILED
    assert "boo" in trial.failure.message
    assert trial.failure.cell == 2
    assert trial.statuses == ["completed", "failed", "pending"]


@pytest.mark.r
def test_a_question_in_r_fails_at_once(attempt: Attempt, r: str) -> None:
    trial = attempt("x <- readline('name? ')", kernel=r)
    assert trial.failure.cause is Cause.INPUT_REQUESTED


@pytest.mark.r
def test_r_may_end_itself(attempt: Attempt, r: str) -> None:
    trial = attempt("1", "quit()", "3", kernel=r)
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.statuses == ["completed", "completed", "pending"]


@pytest.mark.r
def test_r_killed_in_a_cell_is_told(attempt: Attempt, r: str) -> None:
    trial = attempt("tools::pskill(Sys.getpid(), 9)", kernel=r)
    assert (trial.end.outcome, trial.failure.signal) == (Outcome.KERNEL_DIED, 9)


def test_another_python_environment_is_its_own(
    attempt: Attempt, kernels: Callable[..., str], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", other], check=True)
    python = other / "bin" / "python"
    site = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        ).strip()
    )
    (site / "only_here.py").write_text("value = 7")
    (site / "shared.pth").write_text("\n".join(site_folders()))  # ipykernel, without installing it
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    name = kernels("other", argv, "python")

    trial = attempt("import sys, only_here\nprint(sys.prefix, only_here.value)", kernel=name)

    assert trial.text(0).split() == [str(other), "7"], trial.log
    assert "the kernel is started: other is not this environment's Python kernel" in trial.log

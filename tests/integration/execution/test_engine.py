"""The engine under papermill's own command and API, without our executor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from .conftest import notebook_of

SPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


@pytest.fixture
def source(tmp_path: Path):
    def write(*cells: object) -> str:
        notebook = notebook_of(*cells, kernelspec=SPEC, language_info={"name": "python"})
        nbformat.write(notebook, tmp_path / "in.ipynb")
        return str(tmp_path / "in.ipynb")

    return write


def execute(source: str, tmp_path: Path, **given: object) -> nbformat.NotebookNode:
    out = str(tmp_path / "out.ipynb")
    return papermill.execute_notebook(
        source, out, engine_name="jupyter_flow", progress_bar=False, **given
    )


def test_papermill_runs_a_notebook_with_it(source, tmp_path: Path) -> None:
    done = execute(source(("n = 1", "parameters"), "print(n)"), tmp_path, parameters={"n": 2})
    assert done.cells[2].outputs[0].text == "2\n"
    assert nbformat.read(tmp_path / "out.ipynb", 4).metadata.papermill.exception is None


def test_papermill_raises_for_a_failing_cell(source, tmp_path: Path) -> None:
    with pytest.raises(papermill.PapermillExecutionError, match="ZeroDivisionError"):
        execute(source("1 / 0"), tmp_path)


def test_a_dead_kernel_leaves_a_truthful_notebook(source, tmp_path: Path) -> None:
    with pytest.raises(DeadKernelError, match="SIGKILL"):
        execute(source("1", "import os; os.kill(os.getpid(), 9)", "3"), tmp_path)
    left = nbformat.read(tmp_path / "out.ipynb", 4)
    assert [c.metadata.papermill.status for c in left.cells] == ["completed", "failed", "pending"]


def test_its_time_limit_of_a_cell_is_kept(source, tmp_path: Path) -> None:
    with pytest.raises(CellTimeoutError):
        execute(source("import time; time.sleep(60)"), tmp_path, execution_timeout=1)


def test_papermills_command_finds_it(source, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "papermill", "--engine", "jupyter_flow"]
    given = [source("print('hi')"), str(tmp_path / "out.ipynb")]
    done = subprocess.run([*command, *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "hi" in (tmp_path / "out.ipynb").read_text()


#: Holds the process *client* up, says much meanwhile, and lets it go on.
MUCH = """\
import os, signal
from IPython.display import display
os.kill(client, signal.SIGSTOP)
try:
    for number in range(5_000):
        display(number)
    print("all", flush=True)  # what was shown before it has left
finally:
    os.kill(client, signal.SIGCONT)
"""


def test_what_a_kernel_says_while_nobody_listens_is_kept(source, tmp_path: Path) -> None:
    """As on a machine that has too much to do, or while we are held in a debugger."""
    path = source(("client = 0", "parameters"), MUCH)
    command = [sys.executable, "-m", "papermill", "--engine", "jupyter_flow", "--no-progress-bar"]
    # The shell becomes papermill: its number is papermill's.
    shell = ["sh", "-c", 'exec "$@" -p client $$', "sh", *command, path, "out.ipynb"]
    subprocess.run(shell, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    *shown, said = nbformat.read(tmp_path / "out.ipynb", 4).cells[-1].outputs
    assert [int(each.data["text/plain"]) for each in shown] == list(range(5_000))
    assert said.text == "all\n"


def test_the_engine_can_be_imported_before_papermill() -> None:
    code = "from jupyter_flow.execution.engine import JupyterFlowEngine; import papermill"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, check=False)
    assert done.returncode == 0

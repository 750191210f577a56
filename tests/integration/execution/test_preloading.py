"""Which way an attempt comes by its kernel, and what that has loaded before, is as it was said."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.routes import KernelRoutes
from jupyter_flow.ports.executor import Prospect
from jupyter_flow.ports.kernels import KernelRequest

from .conftest import RUN, Attempt, notebook_of, zygotes_of_its_own

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork kernels")

#: Says whether a library is there before it is imported.
LOOK = "import sys\nprint('tqdm' in sys.modules)\nimport tqdm"


class Watched(KernelRoutes):
    """Tells when it has foreseen something."""

    def __init__(self) -> None:
        super().__init__()
        self.has_foreseen = threading.Event()

    def foresee(self, requests: Iterable[KernelRequest]) -> None:
        super().foresee(requests)
        self.has_foreseen.set()


def prospects(folder: Path, *cells: str) -> list[Prospect]:
    """One for a notebook of each of *cells*."""
    found = []
    for number, cell in enumerate(cells):
        path = folder / f"foreseen-{number}.ipynb"
        nbformat.write(notebook_of(cell), path)
        found.append(Prospect(run=RUN, key=TaskKey(f"task-{number}"), notebook=path, folder=folder))
    return found


def test_a_fresh_kernel_is_started_and_the_log_says_why(attempt: Attempt) -> None:
    trial = attempt("1", fresh_kernel=True)
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert "the kernel is started: kernel_start is 'fresh'" in trial.log


def test_what_is_to_be_preloaded_is_there_before_the_first_cell(attempt: Attempt) -> None:
    with zygotes_of_its_own():
        trial = attempt(LOOK, preload=("tqdm",))
        assert trial.text(0) == "True\n"
        assert "the kernel is forked, 1 libraries ready" in trial.log


def test_what_nobody_else_imports_is_loaded_by_the_notebook_itself(attempt: Attempt) -> None:
    with zygotes_of_its_own():
        trial = attempt(LOOK)
        assert trial.text(0) == "False\n"


def test_nothing_is_preloaded_for_a_notebook_that_wants_nothing(attempt: Attempt) -> None:
    with zygotes_of_its_own():
        assert attempt(LOOK, preload=("tqdm",)).text(0) == "True\n"
        for _ in range(3):
            assert attempt(LOOK, preload=()).text(0) == "False\n"


def test_a_module_of_the_project_comes_before_a_library_of_its_name(
    attempt: Attempt, tmp_path: Path
) -> None:
    (tmp_path / "tqdm.py").write_text("mine = True")
    with zygotes_of_its_own():
        trial = attempt("import tqdm\nprint(tqdm.mine)", preload=("tqdm",))
        assert trial.text(0) == "True\n", trial.log


def test_a_module_that_is_not_installed_is_not_preloaded_and_told(
    attempt: Attempt, tmp_path: Path
) -> None:
    (tmp_path / "helpers.py").write_text("")
    with zygotes_of_its_own():
        trial = attempt("import sys\nprint('helpers' in sys.modules)", preload=("helpers", "tqdm"))
        assert trial.text(0) == "False\n"
        assert "not loaded beforehand, for it is no installed library: helpers" in trial.log
        assert "1 libraries ready" in trial.log


def test_what_several_will_want_is_ready_for_the_first_of_them(
    attempt: Attempt, tmp_path: Path
) -> None:
    launcher = Watched()
    with zygotes_of_its_own():
        executor = LocalExecutor(launcher=launcher)
        (tmp_path / "helpers.py").write_text("import tqdm")
        executor.foresee(prospects(tmp_path, LOOK, "import helpers"))
        assert launcher.has_foreseen.wait(60)
        assert attempt(LOOK, key="task-0", on=executor).text(0) == "True\n"
        executor.close()


def test_a_notebook_that_was_foreseen_is_not_counted_again(
    attempt: Attempt, tmp_path: Path
) -> None:
    launcher = Watched()
    with zygotes_of_its_own():
        executor = LocalExecutor(launcher=launcher)
        executor.foresee(prospects(tmp_path, LOOK))
        assert launcher.has_foreseen.wait(60)
        assert attempt(LOOK, key="task-0", on=executor).text(0) == "False\n"
        assert attempt(LOOK, key="task-0", on=executor).text(0) == "True\n"
        executor.close()


def test_what_takes_another_way_is_not_foreseen(attempt: Attempt, tmp_path: Path) -> None:
    launcher = Watched()
    with zygotes_of_its_own():
        executor = LocalExecutor(launcher=launcher)
        others = [
            Prospect(run=RUN, key=each.key, notebook=each.notebook, folder=tmp_path, **given)
            for each in prospects(tmp_path, LOOK)
            for given in ({"fresh_kernel": True}, {"env": {"X": "1"}}, {"kernel": "nowhere"})
        ]
        executor.foresee(others)
        assert launcher.has_foreseen.wait(60)
        assert attempt(LOOK, on=executor).text(0) == "False\n"
        executor.close()


COLD = """
import sys
from pathlib import Path
from queue import SimpleQueue

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.ports.executor import Assignment, Prospect

folder = Path(sys.argv[1])
source = folder / "foreseen-0.ipynb"
executor, ends = LocalExecutor(), SimpleQueue()
executor.get_ready()
print(sorted({"nbformat", "nbclient", "jupyter_client", "papermill", "zmq"} & sys.modules.keys()))
executor.foresee([Prospect(run=RunId("run"), key=TaskKey("task"), notebook=source, folder=folder)])
executor.start(
    Assignment(
        run=RunId("run"), flow="flow", key=TaskKey("task"), number=1,
        notebook=source, source=source.name, folder=folder,
        executed=folder / "1.ipynb", log=folder / "1.log", artifacts=folder / "1",
    ),
    ends.put,
)
while not hasattr(end := ends.get(timeout=60), "outcome"):
    pass
print(end.outcome)
executor.close()
"""


def test_a_new_process_gets_ready_before_it_loads_what_attempts_are_made_with(
    tmp_path: Path,
) -> None:
    prospects(tmp_path, "1")
    command = [sys.executable, "-c", COLD, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert said.splitlines() == ["[]", "succeeded"]

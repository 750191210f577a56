"""One attempt with a real kernel, in a line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import nbformat
import pytest

from jupyter_flow.artifacts.folder import FolderArtifacts
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Failure
from jupyter_flow.execution.forked.kernels import _of_process, forked_kernels
from jupyter_flow.execution.kernels import StartedKernels
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.routes import KernelRoutes
from jupyter_flow.execution.stopping import Graces
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.ports.kernels import KernelLauncher

RUN = RunId("run-1")


def notebook_of(*cells: Any, **metadata: Any) -> nbformat.NotebookNode:
    """A notebook with code cells: a source, or (source, tag …), or a cell as it is."""
    made = []
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, nbformat.NotebookNode):
            made.append(cell)
            continue
        source, *tags = (cell,) if isinstance(cell, str) else cell
        node = nbformat.v4.new_code_cell(source, metadata={"tags": tags} if tags else {})
        node["id"] = f"cell-{number}"
        made.append(node)
    return nbformat.v4.new_notebook(cells=made, metadata=metadata)


@dataclass(kw_only=True)
class Trial:
    """An attempt under way, or what came of it."""

    assignment: Assignment
    reports: SimpleQueue[AttemptProgressed | AttemptEnded] = field(default_factory=SimpleQueue)
    progress: list[tuple[int, int]] = field(default_factory=list)
    _end: AttemptEnded | None = None

    def next(self) -> AttemptProgressed | AttemptEnded:
        """Wait for the next report."""
        report = self.reports.get(timeout=120)
        if isinstance(report, AttemptEnded):
            self._end = report
        else:
            self.progress.append((report.cell, report.cells))
        return report

    @property
    def end(self) -> AttemptEnded:
        while self._end is None:
            self.next()
        return self._end

    @property
    def failure(self) -> Failure:
        assert self.end.failure is not None, self.log
        return self.end.failure

    @property
    def executed(self) -> nbformat.NotebookNode:
        self.end  # noqa: B018 - wait for it
        return nbformat.read(self.assignment.executed, as_version=4)

    @property
    def statuses(self) -> list[str]:
        return [cell.metadata.papermill.status for cell in self.executed.cells]

    @property
    def log(self) -> str:
        return self.assignment.log.read_text(encoding="utf-8")

    def text(self, index: int) -> str:
        """All that the streams of a cell said."""
        outputs = self.executed.cells[index].get("outputs", ())
        return "".join(each.text for each in outputs if each.output_type == "stream")


Attempt = Callable[..., Trial]


@pytest.fixture(scope="session", autouse=True)
def environment_of_zygotes() -> None:
    """That of the session: without the test that pytest notes there, which is another each time."""
    if sys.platform == "linux":
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("PYTEST_CURRENT_TEST", raising=False)
            forked_kernels()


@contextmanager
def zygotes_of_its_own() -> Iterator[None]:
    """Zygotes for one test. pytest names each test in the environment; a library might read it."""
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    _of_process.cache_clear()
    try:
        yield
    finally:
        forked_kernels().close()
        _of_process.cache_clear()


#: For a module that holds both ways to a kernel to the same promises.
BOTH_ROUTES = pytest.mark.parametrize("route", ["forked", "started"], indirect=True)


@pytest.fixture(scope="session")
def route(request: pytest.FixtureRequest) -> str:
    """The way to a kernel: the best one unless a module wants to see several."""
    return getattr(request, "param", "forked")


#: However busy the machine is, what heeds a push has the time for it.
PATIENT = Graces(interrupt=30.0, terminate=1.0, shutdown=30.0)


def launcher_of(route: str) -> KernelLauncher:
    return StartedKernels() if route == "started" else KernelRoutes()


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> FolderArtifacts:
    """Where the files are kept that attempts hand on."""
    return FolderArtifacts(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(scope="session")
def executor(route: str, artifacts: FolderArtifacts) -> Iterator[LocalExecutor]:
    made = LocalExecutor(graces=PATIENT, launcher=launcher_of(route), artifacts=artifacts)
    yield made
    made.close()


def until_heard(text: str) -> str:
    """The source of a cell that prints *text*, and goes on once it stands in its log.

    What a kernel has not sent when it dies is never heard.
    """
    return (
        f"print({text!r}, flush=True)\nimport os, pathlib, time\n"
        "log = pathlib.Path(os.environ['JUPYTER_FLOW_ARTIFACTS'] + '.log')\n"
        f"while {text!r} not in log.read_text(): time.sleep(0.01)\n"
    )


@pytest.fixture
def attempt(tmp_path: Path, executor: LocalExecutor) -> Attempt:
    """Start an attempt at a notebook of these cells."""
    numbers = iter(range(1, 1000))

    def start(
        *cells: Any,
        notebook: nbformat.NotebookNode | None = None,
        source: Path | None = None,
        key: str = "task",
        on: LocalExecutor | None = None,
        home: Path | None = None,
        **given: Any,
    ) -> Trial:
        number = next(numbers)
        if source is None:
            source = tmp_path / f"source-{number}.ipynb"
            nbformat.write(notebook or notebook_of(*cells), source)
        home = home or tmp_path / "runs"
        given.setdefault("folder", tmp_path)
        assignment = Assignment(
            run=RUN,
            flow="flow",
            key=TaskKey.parse(key),
            number=number,
            notebook=source,
            source=source.name,
            executed=home / f"{number}.ipynb",
            log=home / f"{number}.log",
            artifacts=home / str(number),
            **given,
        )
        trial = Trial(assignment=assignment)
        (on or executor).start(assignment, trial.reports.put)
        return trial

    return start


def gone(pids: Sequence[int]) -> bool:
    """Whether none of these processes is alive."""
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            return False
    return True


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Install a kernelspec for this test."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))

    def install(name: str, argv: list[str], language: str, **more: Any) -> str:
        folder = tmp_path / "jupyter" / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": language, **more}
        (folder / "kernel.json").write_text(json.dumps(spec))
        return name

    return install


@pytest.fixture
def bash(kernels: Callable[..., str]) -> str:
    argv = [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"]
    return kernels("bash", argv, "bash", env={"PS1": "$"})


@pytest.fixture
def r(kernels: Callable[..., str]) -> str:
    if shutil.which("R") is None:
        pytest.skip("R is not installed")
    has = subprocess.run(["Rscript", "-e", "library(IRkernel)"], capture_output=True, check=False)
    if has.returncode:
        pytest.skip("IRkernel is not installed")
    argv = ["R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"]
    return kernels("ir", argv, "R", env={"LC_ALL": "C.UTF-8"})

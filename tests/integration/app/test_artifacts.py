"""Objects through a whole run: handed on, kept in stores of each kind, loaded, given alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import jupyter_flow
from jupyter_flow.app.alone import run_task
from jupyter_flow.app.wiring import open_flows
from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Cause, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.testing.notebooks import write_notebook

FLOW = """%%flow grids --retries 1
made = make().expand(size=[2, 3])
total(grids=made.grid, first=made.grid) >> look.when(total.sum == 13)
make(size=4)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_notebook(
        tmp_path / "make.ipynb",
        "import numpy as np, jupyter_flow\njupyter_flow.output(grid=np.ones((size, size)))",
        task="make",
        parameters="size = 1",
    )
    write_notebook(
        tmp_path / "total.ipynb",
        "import jupyter_flow\njupyter_flow.output(sum=int(sum(g.sum() for g in grids)))",
        task="total",
        parameters="grids: list = []\nfirst = None",
    )
    write_notebook(tmp_path / "look.ipynb", "print('looked')", task="look")
    write_notebook(tmp_path / "flow.ipynb", FLOW)
    return tmp_path


def run_of(folder: Path) -> Run:
    with open_flows(folder) as flows:
        run = flows.start(flows.flow("grids"))
        return flows.drive(run)


@pytest.mark.parametrize("store", ["", "kept", "file://{}/elsewhere"])
def test_a_run_hands_objects_on(project: Path, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_ARTIFACT_STORE", store.format(project))
    run = run_of(project)
    assert run.state is RunState.SUCCEEDED, run
    ref = ArtifactRef.read(run.task_runs[TaskKey("made", 1)].values["grid"])
    assert ref is not None
    assert ref.line == "npy, 3 x 3 float64, 200 B"
    folder = {"": ".jupyter_flow/artifacts", "kept": "kept"}.get(store, "elsewhere")
    assert len(list((project / folder).glob("??/*.npy"))) == 3

    loaded = jupyter_flow.load("made[1]")
    assert np.array_equal(loaded["grid"], np.ones((3, 3)))
    given = jupyter_flow.load("total").parameters
    assert [each.shape for each in given["grids"]] == [(2, 2), (3, 3)]


def test_what_is_too_large_or_gone_is_told_when_it_is_loaded(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_of(project)
    monkeypatch.setenv("JUPYTER_FLOW_LOAD_LIMIT", "100")
    unloaded = jupyter_flow.load("make")["grid"]
    assert isinstance(unloaded, jupyter_flow.Artifact)
    assert unloaded.load().shape == (4, 4)
    unloaded.path.unlink()
    with pytest.raises(NotFoundError, match="run the task that made it again"):
        jupyter_flow.load("make")["grid"]


def test_a_store_that_is_away_fails_the_task_and_the_next_try_succeeds(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "blocked").write_text("a file where the folder should be")
    monkeypatch.setenv("JUPYTER_FLOW_ARTIFACT_STORE", str(project / "blocked"))
    failed = run_of(project)
    task_run = failed.task_runs[TaskKey("make")]
    assert (failed.state, len(task_run.attempts)) == (RunState.FAILED, 2)
    failure = task_run.attempts[-1].failure
    assert failure is not None
    assert (failure.cause, failure.name) == (Cause.STORE_FAILED, "JF607")
    assert task_run.values == {}

    (project / "blocked").unlink()
    with open_flows(project) as flows:
        flows.asking.repair(failed.id)
        assert flows.drive(failed.id).state is RunState.SUCCEEDED


def test_a_task_alone_is_given_objects_and_gives_them(project: Path) -> None:
    made = run_task("make", {"size": 5})
    assert made["grid"].shape == (5, 5)
    total = run_task("total", {"grids": [], "first": np.eye(2)})
    assert total["sum"] == 0
    assert "load_artifact(" in total.notebook.cells[1].source

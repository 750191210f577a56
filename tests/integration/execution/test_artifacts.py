"""Objects go from one notebook to the next as files, and arrive as what they were."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.artifacts.folder import FolderArtifacts
from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.local import LocalExecutor

from .conftest import BOTH_ROUTES, Attempt, launcher_of

pytestmark = BOTH_ROUTES

VALUE_MIME = "application/vnd.jupyter-flow.value+json"
MAKE = """
import numpy as np, jupyter_flow
grid = np.arange(6).reshape(2, 3)
jupyter_flow.output(grid=grid, n=1, both=[grid, b"ab"])
"""


def ref_of(value: Any) -> ArtifactRef:
    ref = ArtifactRef.read(value)
    assert ref is not None, value
    return ref


def displayed(value: str, /, **said: Any) -> str:
    """Code that hands on a file as any language can."""
    bundle = {VALUE_MIME: {value: {"$artifact": said}}}
    return f"display({bundle!r}, raw=True)"


def test_what_was_handed_on_arrives_as_it_was(attempt: Attempt, artifacts: FolderArtifacts) -> None:
    made = attempt(MAKE)
    assert made.end.outcome is Outcome.SUCCEEDED, made.log
    values = made.end.values
    grid = ref_of(values["grid"])
    assert (values["n"], grid.type, grid.name) == (1, "numpy.ndarray", "values/grid.npy")
    kept = artifacts.fetch(grid.file)
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == grid.digest
    assert ref_of(values["both"][0]).digest == grid.digest

    used = attempt(
        ("grid = None\nboth = ()", "parameters"),
        "assert grid.sum() == 15 and both[1] == b'ab', both",
        "assert 'jupyter_flow' not in dir() and 'load_artifact' not in dir()",
        parameters={"grid": values["grid"], "both": values["both"]},
    )
    assert used.end.outcome is Outcome.SUCCEEDED, used.log
    source = used.executed.cells[1].source
    assert f'grid = __import__("jupyter_flow").load_artifact({str(kept)!r}, ' in source


def test_the_cell_shows_the_object_and_a_line(attempt: Attempt) -> None:
    trial = attempt(MAKE)
    shown, line = (each["data"]["text/plain"] for each in trial.executed.cells[0].outputs)
    assert shown == "array([[0, 1, 2],\n       [3, 4, 5]])"
    assert line.splitlines()[0] == "grid = npy, 2 x 3 int64, 176 B"


@pytest.mark.parametrize(
    ("annotation", "code"),
    [
        ("Path", "import pathlib\nassert isinstance(x, pathlib.Path) and x.suffix == '.npy'"),
        ("str", "assert type(x) is str and x.endswith('.npy')"),
        (
            "Artifact",
            "assert x.load().shape == (2, 3) and x.size == 176 and len(x.preview['head']) == 6",
        ),
        ("'np.ndarray'", "assert x.shape == (2, 3)"),
    ],
)
def test_a_parameter_says_how_it_wants_it(attempt: Attempt, annotation: str, code: str) -> None:
    value = attempt(MAKE).end.values["grid"]
    imports = "from pathlib import Path\nfrom jupyter_flow import Artifact"
    trial = attempt(imports, (f"x: {annotation}", "parameters"), code, parameters={"x": value})
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log


def test_a_type_that_takes_no_file_is_refused_before_anything_runs(attempt: Attempt) -> None:
    value = attempt(MAKE).end.values["grid"]
    trial = attempt(("x: int", "parameters"), "1", parameters={"x": value})
    assert (trial.failure.cause, trial.failure.name) == (Cause.START_FAILED, "JF222")
    assert "must be int, got an artifact (npy, 2 x 3 int64, 176 B)" in trial.failure.message


def test_what_is_large_arrives_unloaded(
    attempt: Attempt, artifacts: FolderArtifacts, route: str
) -> None:
    value = attempt(MAKE).end.values["grid"]
    small = LocalExecutor(launcher=launcher_of(route), artifacts=artifacts, load_limit=175)
    try:
        trial = attempt("assert x.load().shape == (2, 3)", parameters={"x": value}, on=small)
        assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    finally:
        small.close()


def test_any_kernel_can_hand_on_a_file(attempt: Attempt, artifacts: FolderArtifacts) -> None:
    write = (
        "import os, pathlib\n"
        "pathlib.Path(os.environ['JUPYTER_FLOW_ARTIFACTS'], 'table.csv').write_text('a,b')\n"
    )
    trial = attempt(write + displayed("table", name="table.csv", preview={"summary": "tiny"}))
    ref = ref_of(trial.end.values["table"])
    assert (ref.format, ref.size, ref.line) == ("csv", 3, "csv, tiny, 3 B")
    assert artifacts.fetch(ref.file).read_text() == "a,b"

    used = attempt("assert x.read_text() == 'a,b'", parameters={"x": trial.end.values["table"]})
    assert used.end.outcome is Outcome.SUCCEEDED, used.log


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "none.csv"}, "there is no file 'none.csv'"),
        ({"name": "../1.log"}, "leads out"),
        ({"name": "/etc/passwd"}, "no relative path"),
        ({}, "no relative path"),
        ({"name": "link"}, "leads out"),
        ({"name": "a.csv", "digest": "0" * 64}, "its digest is"),
        ({"name": "a.csv", "size": 7}, "its size is 2 and not 7"),
        ({"name": "a.csv", "format": "../x"}, "is no format"),
    ],
)
def test_what_is_said_of_a_file_is_checked(
    attempt: Attempt, said: dict[str, Any], words: str
) -> None:
    write = (
        "import os, pathlib\nfolder = pathlib.Path(os.environ['JUPYTER_FLOW_ARTIFACTS'])\n"
        "(folder / 'a.csv').write_text('ab')\n(folder / 'link').symlink_to('/etc/passwd')\n"
    )
    trial = attempt(write + displayed("x", **said))
    assert (trial.failure.cause, trial.failure.name) == (Cause.STORE_FAILED, "JF606")
    assert "the artifact x cannot be stored" in trial.failure.message
    assert words in trial.failure.message
    assert trial.end.values == {}


def test_a_failed_attempt_hands_on_no_file(attempt: Attempt) -> None:
    trial = attempt(MAKE + "1 / 0")
    assert trial.end.outcome is Outcome.FAILED
    assert trial.end.values == {"n": 1}


def test_a_store_that_is_away_fails_the_attempt_and_the_next_one_succeeds(
    attempt: Attempt, artifacts: FolderArtifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = MAKE.replace("arange(6)", "arange(40, 46)")
    with monkeypatch.context() as patch:
        patch.setattr(artifacts, "folder", Path("/proc/no/such/folder"))
        trial = attempt(code)
        assert (trial.failure.cause, trial.failure.name) == (Cause.STORE_FAILED, "JF607")
        assert trial.end.values == {"n": 1}
    assert attempt(code).end.outcome is Outcome.SUCCEEDED


def test_a_file_that_is_gone_is_told(attempt: Attempt, artifacts: FolderArtifacts) -> None:
    value = attempt(MAKE.replace("arange(6)", "arange(70, 76)")).end.values["grid"]
    artifacts.remove(ref_of(value).file)
    trial = attempt("1", parameters={"x": value})
    assert (trial.failure.cause, trial.failure.name) == (Cause.START_FAILED, "JF608")


def test_another_environments_python_gets_the_path(
    attempt: Attempt, kernels: Callable[..., str], tmp_path: Path
) -> None:
    """Here one that has ipykernel, and looks as if it had not this package."""
    python = tmp_path / "python-elsewhere"
    python.write_text(
        f'#!/bin/sh\nif [ "$1" = -c ]; then exec {sys.executable} -S -c "$2"; fi\n'
        f'exec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    name = kernels("elsewhere", argv, "python")
    value = attempt(MAKE).end.values["grid"]
    code = "import numpy as np\nassert np.load(x).shape == (2, 3)"
    trial = attempt(code, kernel=name, parameters={"x": value})
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_notebook_in_another_language_gets_the_path(attempt: Attempt) -> None:
    pytest.importorskip("bash_kernel")
    value = attempt(MAKE).end.values["grid"]
    trial = attempt('wc -c < "$x"', kernel="bash", parameters={"x": value})
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.text(-1).strip() == "176"

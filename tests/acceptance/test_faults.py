"""What a user meets on a bad day, through the command as they would type it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_flow.testing.notebooks import write_notebook


def jupyter_flow(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jupyter_flow", *words]
    return subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three tagged notebooks: ``load``, ``train`` (wants ``rows: int``) and ``report``."""
    write_notebook(
        tmp_path / "load.ipynb",
        "from jupyter_flow import output",
        "output(rows=3)",
        parameters="day: str = '2026-01-01'  # the day to load",
        task="load",
    )
    write_notebook(
        tmp_path / "train.ipynb",
        "from pathlib import Path\nif not Path('mended').exists():\n    1 / 0",
        "from jupyter_flow import output\noutput(auc=rows / 4)",
        parameters="rows: int\nseed: int = 1",
        task="train",
    )
    write_notebook(tmp_path / "report.ipynb", "print('done')", task="report")
    return tmp_path


def flow(project: Path, text: str) -> None:
    write_notebook(project / "flow.ipynb", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "load >> trian(rows=1)",
            ["no notebook is tagged as task 'trian'", "Did you mean 'train'?"],
        ),
        ("load >> train(rows=1) >> report\nreport >> load", ["load → train → report → load"]),
        ("load >> train", ["rows", "train"]),
        ("load >> train(rows='three')", ["rows", "int", "three"]),
        ("load >> train(rows=1, sed=2)", ["sed", "Did you mean 'seed'?"]),
        ("load >> train(rows=1", ["line 2"]),
    ],
    ids=["typo", "cycle", "missing parameter", "wrong type", "unknown parameter", "syntax"],
)
def test_a_bad_definition_is_refused_before_anything_starts(
    project: Path, text: str, words: list[str]
) -> None:
    flow(project, f"%%flow bad\n{text}")

    run = jupyter_flow("run", "bad", folder=project)

    assert run.returncode == 2
    assert all(word in run.stderr for word in words), run.stderr
    assert "flow.ipynb" in run.stderr
    assert "Traceback" not in run.stderr
    assert json.loads(jupyter_flow("runs", "--json", folder=project).stdout) == []


def test_a_failing_cell_is_shown_and_repaired(project: Path) -> None:
    flow(project, "%%flow good\nload >> train(rows=load.rows) >> report")

    run = jupyter_flow("run", "good", folder=project)

    shown = run.stdout + run.stderr
    assert run.returncode == 1
    for word in ("train.ipynb", "cell 2", "1 / 0", "ZeroDivisionError", "jupyter flow repair"):
        assert word in shown, shown

    (project / "mended").touch()
    repair = jupyter_flow("repair", "--json", folder=project)

    assert repair.returncode == 0, repair.stderr
    tasks = {each["task"]: each for each in json.loads(repair.stdout)["tasks"]}
    assert {name: each["state"] for name, each in tasks.items()} == dict.fromkeys(
        ("load", "train", "report"), "succeeded"
    )
    assert [len(tasks[name]["attempts"]) for name in ("load", "train", "report")] == [1, 2, 1]
    assert tasks["train"]["values"] == {"auc": 0.75}


def test_the_sources_are_never_touched(project: Path) -> None:
    flow(project, "%%flow good\nload >> train(rows=load.rows) >> report")
    (project / "mended").touch()
    before = {path.name: path.read_bytes() for path in project.glob("*.ipynb")}

    assert jupyter_flow("run", "good", folder=project).returncode == 0
    assert jupyter_flow("run", "good", folder=project).returncode == 0

    assert {path.name: path.read_bytes() for path in project.glob("*.ipynb")} == before

"""The examples that ship run to their end: by the command, and as the notebooks that they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.fixture
def examples(repository: Path, tmp_path: Path) -> Path:
    """A copy of the examples, in which nothing has run yet."""
    kept = shutil.ignore_patterns(".jupyter_flow", ".ipynb_checkpoints")
    return Path(shutil.copytree(repository / "notebooks", tmp_path / "notebooks", ignore=kept))


def run(folder: Path, *words: str) -> dict[str, Any]:
    """What ``jupyter flow run … --json`` tells of a run that succeeds."""
    command = [sys.executable, "-m", "jupyter_flow", "run", *words, "--json"]
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def states(told: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((each["task"], each["state"]) for each in told["tasks"])


def test_the_first_flow_hands_its_values_on(examples: Path) -> None:
    told = run(examples, "weather", "-p", "place=Palermo", "-p", "latitude=38")

    assert states(told) == [(name, "succeeded") for name in ("measure", "postcard", "summarise")]
    postcard = next(each for each in told["tasks"] if each["task"] == "postcard")
    assert "Palermo" in Path(postcard["values"]["postcard"]).read_text(encoding="utf-8")


def test_the_machine_learning_flow_deploys_a_model_that_is_good_enough(examples: Path) -> None:
    told = run(examples, "diagnosis/flow.ipynb")

    assert [state for _, state in states(told)] == ["succeeded"] * 9
    evaluate = next(each for each in told["tasks"] if each["task"] == "evaluate")
    deploy = next(each for each in told["tasks"] if each["task"] == "deploy")
    assert evaluate["values"]["auc"] > 0.8
    assert Path(deploy["values"]["model"]).stat().st_size > 0


def test_the_flow_of_rules_tries_again_and_takes_one_of_two_ways(examples: Path) -> None:
    told = run(examples, "rules_and_retries/flow.ipynb")

    fetch = next(each for each in told["tasks"] if each["task"] == "fetch")
    assert [each["outcome"] for each in fetch["attempts"]][-1] == "succeeded"
    assert len(fetch["attempts"]) > 1
    assert ("tidy", "succeeded") in states(told)
    assert "skipped" in {state for _, state in states(told)}


def test_a_task_of_each_kind_hands_on_what_it_made(examples: Path) -> None:
    told = run(examples, "kinds/flow.ipynb")

    assert [state for _, state in states(told)] == ["succeeded"] * 6
    report = next(each for each in told["tasks"] if each["task"] == "report")
    assert report["values"] == {"best": "cup", "turnover": 4090.0}


@pytest.mark.parametrize("example", ["first_flow", "kinds", "rules_and_retries"])
def test_a_flow_runs_from_its_own_notebook(examples: Path, example: str) -> None:
    folder = examples / example
    notebook = nbformat.read(folder / "flow.ipynb", as_version=4)

    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(folder)}}).execute()

    shown = "".join(
        str(output.get("data", {}).get("text/html", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    assert "<svg" in shown
    assert "succeeded" in shown

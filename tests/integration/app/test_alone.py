"""One task by itself: what a test of a notebook can ask for, and what it is told."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_flow.core.errors import DefinitionError, UsageError
from jupyter_flow.core.states import Outcome
from jupyter_flow.testing import TaskFailedError, run_task
from jupyter_flow.testing.notebooks import write_notebook

TRAIN = """\
import jupyter_flow
from IPython.display import HTML, display
print("training", model)
display(HTML("<b>done</b>"))
(jupyter_flow.artifact("model.txt")).write_text(model)
jupyter_flow.output(auc=1 / parts)
"""
FLOW = """%%flow churn
params(model="forest")
load() >> train(model=params.model, parts=load.parts)
train >> expect(train.auc > 0.8)
tune = train(parts=2).expand(model=["logit", "boost"])
said = shell("echo {{ ds }} $MOOD").options(env={"MOOD": "fine"})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    train = write_notebook(
        tmp_path / "train.ipynb", TRAIN, task="train", parameters="model: str\nparts: int = 1"
    )
    write_notebook(tmp_path / "load.ipynb", "pass", task="load")
    write_notebook(tmp_path / "flow.ipynb", FLOW)
    return train.parent


def test_what_it_made_can_be_looked_at(project: Path) -> None:
    done = run_task("train", {"model": "logit", "parts": 2}, folder=project)
    assert done["auc"] == 0.5
    assert done.text.startswith("training logit\n")
    assert done.displayed("text/html")[0] == "<b>done</b>"
    assert (done.artifacts / "model.txt").read_text() == "logit"
    assert "succeeded" in done.log
    assert done.notebook.metadata.papermill.parameters == {"model": "logit", "parts": 2}
    with pytest.raises(KeyError, match="handed on no value 'f1' \\(auc\\)"):
        done["f1"]


def test_nothing_of_it_stays_behind(project: Path) -> None:
    before = {path: hashlib.sha256(path.read_bytes()).digest() for path in project.iterdir()}
    done = run_task("train.ipynb", {"model": "logit"}, folder=project)
    folder = done.artifacts
    assert folder.exists()
    del done
    assert not folder.exists()
    assert before == {p: hashlib.sha256(p.read_bytes()).digest() for p in project.iterdir()}


def test_a_failure_fails_the_test_and_shows_where(project: Path) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError: division by zero") as raised:
        run_task("train", {"model": "logit", "parts": 0}, folder=project)
    assert isinstance(raised.value, TaskFailedError)
    assert "jupyter_flow.output(auc=1 / parts)" in str(raised.value)
    assert raised.value.result.text.startswith("training logit")


def test_a_failure_may_be_what_is_wanted(project: Path) -> None:
    done = run_task("train", {"model": "logit", "parts": 0}, folder=project, check=False)
    assert done.outcome is Outcome.FAILED
    assert done.failure is not None
    assert (done.failure.name, done.failure.line) == ("ZeroDivisionError", 6)


@pytest.mark.parametrize(
    ("task", "parameters", "what"),
    [
        ("train", {}, "needs the parameter 'model'"),
        ("train", {"model": "logit", "size": 1}, "has no parameter 'size'"),
        ("train", {"model": 3}, "must be str, got 3"),
        ("trian", {}, "no notebook is tagged as task 'trian'"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(
    project: Path, task: str, parameters: dict[str, object], what: str
) -> None:
    with pytest.raises(DefinitionError, match=what):
        run_task(task, parameters, folder=project)


def test_a_text_that_looks_like_a_template_stays_what_it_is(project: Path) -> None:
    assert "training {{ ds }}" in run_task("train", {"model": "{{ ds }}"}, folder=project).text


def test_a_task_of_a_flow_has_what_the_flow_says(project: Path) -> None:
    given = {"parts": 4}
    done = run_task("train", given, flow="churn", params={"model": "boost"}, folder=project)
    assert (done["auc"], done.text.splitlines()[0]) == (0.25, "training boost")
    done = run_task("said", flow="churn", at=datetime(2026, 3, 2, tzinfo=UTC), folder=project)
    assert done["output"] == "2026-03-02 fine"


def test_one_instance_of_a_mapped_task_is_given_its_item(project: Path) -> None:
    assert run_task("tune", {"model": "logit"}, flow="churn", folder=project)["auc"] == 0.5


@pytest.mark.parametrize(
    ("task", "what"),
    [
        ("train", "needs parts, which another task would give it"),
        ("tune", "needs model, which another task would give it"),
        ("expect_1", "runs no notebook"),
        ("report", "has no task 'report'"),
    ],
)
def test_a_task_that_cannot_be_alone_says_why(project: Path, task: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        run_task(task, flow="churn", folder=project)

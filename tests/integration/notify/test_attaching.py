"""Executed notebooks go with a message as pages; what goes wrong is told and costs nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.options import Policy
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import TaskState
from jupyter_flow.notify.attaching import attach
from jupyter_flow.notify.composing import MOST_ATTACHED, Composer
from jupyter_flow.notify.converting import cleaned
from jupyter_flow.testing.samples import failed_attempt, plan_of, run_of, task_run_of

LARGE, SOON = 2**20, timedelta(seconds=60)


def notebook_at(path: Path) -> Path:
    wild = {
        "text/html": "<style>b{}</style><table><tr><td>42</td></tr></table>"
        "<script>alert(1)</script><img src='http://x.example/y.png' onerror='alert(2)'>"
    }
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "Slider"}
    outputs = [v4.new_output("display_data", data=each) for each in (wild, view)]
    outputs += [v4.new_output("display_data", data={"application/javascript": "alert(3)"})]
    cells = [v4.new_markdown_cell("# Train $x$\n\n> wise"), v4.new_code_cell("1", outputs=outputs)]
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(v4.new_notebook(cells=cells, metadata={"widgets": state}), path)
    return path


def test_a_page_stands_by_itself(tmp_path: Path) -> None:
    notebook, page = notebook_at(tmp_path / "1.ipynb"), tmp_path / "train.html"

    assert attach(notebook, page, largest=LARGE, patience=SOON) == page
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "onerror" not in text
    assert 'src="http' not in text
    assert "default-src 'none'" in text
    assert "<title>train</title>" in text
    assert "<h1" in text
    assert "<blockquote>" in text
    assert "<td>42</td>" in text
    assert "Slider" in text


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<p>a &lt; b</p>", "<p>a &lt; b</p>"),
        ('<a href="javascript:x()">y</a>', "<a>y</a>"),
        ('<a href="data:text/html,x">y</a>', "<a>y</a>"),
        ('<a href="https://x.example">y</a>', '<a href="https://x.example">y</a>'),
        ('<img src="data:image/png;base64,AA==">', '<img src="data:image/png;base64,AA==">'),
        ('<img src="data:text/html,x">', "<img>"),
        ("<iframe src='https://x.example'>y</iframe>", "y"),
        ("<b onclick='x()'>y</b>", "<b>y</b>"),
        ("<SCRIPT\n>x()</script >y", "y"),
        ("<script>x()", "x()"),
        (b"<svg onload=x()>y</svg>", "y"),
    ],
)
def test_what_acts_or_fetches_is_taken_out(markup: str | bytes, left: str) -> None:
    assert cleaned(markup) == left


def test_what_cannot_be_attached_says_why(tmp_path: Path) -> None:
    notebook, page = notebook_at(tmp_path / "1.ipynb"), tmp_path / "train.html"
    torn = tmp_path / "torn.ipynb"
    torn.write_text("{")

    assert attach(tmp_path / "0", page, largest=LARGE, patience=SOON) == "it is not there"
    assert "more than 0 MB" in str(attach(notebook, page, largest=99, patience=SOON))
    assert "converting it failed" in str(attach(torn, page, largest=LARGE, patience=SOON))
    late = attach(notebook, page, largest=LARGE, patience=timedelta(milliseconds=10))
    assert "took longer" in str(late)
    assert not page.exists()


def run_with(*keys: TaskKey, attached: bool = True) -> Run:
    plan = plan_of()
    targets = {
        name: replace(target, policy=Policy(attach=attached))
        for name, target in plan.targets.items()
    }
    failed = [
        task_run_of(key, failed_attempt(), state=TaskState.FAILED)
        for key in keys or (TaskKey("load"),)
    ]
    rest = {"load", "train", "report"} - {each.key.task for each in failed}
    others = [TaskRun(key=TaskKey(name)) for name in sorted(rest)]
    return run_of(plan=Plan(flow=plan.flow, targets=targets), task_runs=[*failed, *others])


def alert(key: TaskKey | None = None) -> Alert:
    return Alert(
        run=RunId("run-1"),
        occasion=Occasion.FAILURE,
        address="mailto://a.example",
        key=key,
        number=0 if key is None else 1,
    )


@pytest.fixture
def composer(tmp_path: Path) -> Composer:
    notebook_at(tmp_path / "runs/churn/run-1/load/1.ipynb")
    return Composer(home=tmp_path)


@pytest.mark.parametrize(
    ("key", "name"),
    [(None, "load.html"), (TaskKey("load"), "load.html"), (TaskKey("train", 0), "train-0.html")],
)
def test_the_notebook_goes_with_the_message_and_is_removed_after_it(
    composer: Composer, key: TaskKey | None, name: str
) -> None:
    run = run_with() if key is None else run_with(key)

    with composer.composed(alert(key), run) as message:
        (page,) = message.attachments
        assert page.name == name
        assert page.is_file()

    assert not page.parent.exists()
    assert "not attached" not in message.text


def test_it_stays_where_it_is_unless_it_was_asked_for(composer: Composer) -> None:
    with composer.composed(alert(), run_with(attached=False)) as message:
        assert message.attachments == ()


def test_a_run_that_failed_in_many_tasks_attaches_a_few(tmp_path: Path) -> None:
    keys = [TaskKey("train", index) for index in range(5)]

    with Composer(home=tmp_path / "empty").composed(alert(), run_with(*keys)) as message:
        assert message.text.count("is not attached: it is not there.") == MOST_ATTACHED


def test_a_notebook_that_cannot_be_attached_costs_no_message(composer: Composer) -> None:
    with replace(composer, largest=99).composed(alert(), run_with()) as message:
        assert message.attachments == ()

    line = "The notebook of load is not attached: it has 0.0 MB, more than 0 MB."
    assert line in message.text
    assert line in message.html

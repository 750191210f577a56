"""What a browser is shown of flows and runs: all that a screen needs, paths below its root."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from jupyter_flow.app.definitions import CheckedFlow
from jupyter_flow.app.showing import (
    Below,
    contract_view,
    flow_view,
    moment,
    page_view,
    problem_view,
    run_view,
    summary_view,
)
from jupyter_flow.core.errors import Problem, Severity, Where
from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.notebooks.notebook import Notebook
from jupyter_flow.core.options import TaskOptions, TriggerRule
from jupyter_flow.core.run import Cause, Failure, Fired
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.runs import RunSummary
from jupyter_flow.testing.luck import Fate, Rehearsal, flow_of, plan_of, rehearse, run_of

ROOT = Path("/project")
BELOW = Below(root=ROOT, home=ROOT / ".jupyter_flow")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/project/a.ipynb", "a.ipynb"),
        ("/project/sub/a.ipynb", "sub/a.ipynb"),
        ("sub/a.ipynb", "sub/a.ipynb"),
        ("/elsewhere/a.ipynb", ""),
        ("/project2/a.ipynb", ""),
        ("/project/../elsewhere/a.ipynb", ""),
        ("../a.ipynb", ""),
    ],
)
def test_paths_are_shown_below_the_root_or_not_at_all(path: str, shown: str) -> None:
    assert BELOW.shown(path) == shown


@pytest.mark.parametrize(
    ("origin", "address", "source"),
    [
        ("/project/sub/a.ipynb::churn", "sub/a.ipynb::churn", "sub/a.ipynb"),
        ("/elsewhere/a.ipynb::churn", "", ""),
        ("", "", ""),
    ],
)
def test_a_flow_has_the_address_that_requests_name_it_by(
    origin: str, address: str, source: str
) -> None:
    assert (BELOW.address(origin), BELOW.source(origin)) == (address, source)


def test_a_home_elsewhere_shows_no_notebooks() -> None:
    below = Below(root=ROOT, home=Path("/elsewhere"))

    assert below.kept("runs/a/1.ipynb") == ""
    assert BELOW.kept("runs/a/1.ipynb") == ".jupyter_flow/runs/a/1.ipynb"
    assert BELOW.kept("") == ""


def test_moments_are_told_in_utc() -> None:
    zurich = timezone(timedelta(hours=1))

    assert moment(datetime(2026, 1, 1, 13, tzinfo=zurich)) == "2026-01-01T12:00:00+00:00"


def test_a_flow_that_cannot_be_read_still_has_its_problems() -> None:
    problem = Problem(
        code="JF101",
        what="no",
        severity=Severity.WARNING,
        where=Where(path="/project/a.ipynb", cell=2, line=3, column=4, end_column=6),
    )
    checked = CheckedFlow(
        name="bad", origin="/project/a.ipynb::bad", flow=None, plan=None, problems=(problem,)
    )

    view = flow_view(checked, BELOW)

    assert (view.name, view.address, view.tasks) == ("bad", "a.ipynb::bad", [])
    (shown,) = view.problems
    assert (shown.severity, shown.path, shown.cell, shown.end_column) == (
        "warning",
        "a.ipynb",
        2,
        6,
    )
    assert problem_view(Problem(code="JF1", what="x"), BELOW).path is None


def test_tasks_are_shown_with_their_rules_and_what_they_need() -> None:
    rule = TaskOptions(trigger=TriggerRule.ALL_DONE, retries=2)
    flow = flow_of("load > train > report", "load > report", report=rule)
    plan = Plan(flow=flow, targets=plan_of(flow).targets, origin="/project/f.ipynb::sketch")
    checked = CheckedFlow(name="sketch", origin=plan.origin, flow=flow, plan=plan, problems=())

    report = next(each for each in flow_view(checked, BELOW).tasks if each.name == "report")

    assert report.upstream == ["load", "train"]
    assert report.rules == ["all done"]
    assert report.retries == 2
    assert report.source == "report.ipynb"


def test_the_rules_of_a_flow_without_a_plan_are_those_that_it_says() -> None:
    flow = flow_of("load > report", report=TaskOptions(trigger=TriggerRule.ALWAYS, retries=1))
    checked = CheckedFlow(name="sketch", origin="", flow=flow, plan=None, problems=())

    report = flow_view(checked, BELOW).tasks[1]

    assert (report.rules, report.retries, report.source) == (["always"], 1, "")


def test_a_page_has_all_there_is_to_see() -> None:
    failure = Failure(cause=Cause.CELL_ERROR, name="ValueError", message="no", cell=2, line=1)
    run = rehearse(
        run_of(flow_of("load > train")),
        {"train": Fate(outcome=Outcome.FAILED, failure=failure), "load": Fate(values={"n": 1})},
    )

    page = page_view(run, 7, BELOW, is_left=False)

    assert (page.seq, page.run.state) == (7, "failed")
    assert page.run.tasks == {"succeeded": 1, "failed": 1}
    load, train = page.task_runs
    assert load.values == {"n": 1}
    (attempt,) = train.attempts
    assert attempt.failure is not None
    assert (attempt.outcome, attempt.failure.cause, attempt.failure.cell) == (
        "failed",
        "CellError",
        2,
    )


def test_a_run_is_the_same_in_a_list_and_on_its_page() -> None:
    world = Rehearsal(run_of(flow_of("load > train")))
    world.tell(RunStarted())
    run = world.run
    tasks = {each.state.value: 1 for each in run.task_runs.values()}
    shared = {each.name for each in fields(RunSummary)} & {each.name for each in fields(run)}
    summary = RunSummary(
        flow=run.flow_name,
        origin=run.plan.origin,
        tasks=tasks,
        **{name: getattr(run, name) for name in shared},
    )

    assert summary_view(summary, BELOW, is_left=True) == run_view(run, BELOW, is_left=True)


def test_a_schedule_and_a_backfill_are_named_in_a_run() -> None:
    run = run_of(flow_of("load"))
    summary = RunSummary(
        id=run.id,
        flow="sketch",
        origin="",
        state=run.state,
        logical_date=run.logical_date,
        created_at=run.created_at,
        started_at=None,
        ended_at=None,
        reason="",
        tasks={},
        fired=Fired(series="nightly", at=datetime(2026, 1, 1, tzinfo=UTC)),
    )

    view = summary_view(summary, BELOW, is_left=False)

    assert (view.schedule, view.backfill) == ("nightly", None)


def test_a_notebook_without_a_tag_is_offered_a_name() -> None:
    notebook = Notebook(path="/project/01_clean data.ipynb", digest="0")

    view = contract_view(notebook, BELOW)

    assert (view.task, view.suggested, view.path) == (None, "clean_data", "01_clean data.ipynb")

"""What a terminal shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console, RenderableType

from jupyter_flow.cli.console import out
from jupyter_flow.cli.tables import (
    failure_text,
    headline,
    run_table,
    task_table,
    value_table,
)
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.report import FailureReport, failures
from jupyter_flow.core.states import Outcome, RunState
from jupyter_flow.ports.runs import RunSummary
from jupyter_flow.testing.luck import Fate, flow_of, rehearse, run_of
from jupyter_flow.testing.samples import NOON, failure_of


def printed(content: RenderableType, width: int = 100) -> str:
    console = Console(width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(content)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


@pytest.fixture
def failed_run():
    fate = Fate(outcome=Outcome.FAILED, failure=failure_of())
    return rehearse(run_of(flow_of("load > train > report")), {"train": fate})


def test_the_headline_says_how_it_ended_and_which_run_it_was(failed_run) -> None:
    line = printed(headline(failed_run, None))

    assert line.startswith("✘ sketch failed in ")
    assert "1 failed, 1 upstream failed, 1 succeeded · run" in line


def test_each_task_has_a_row_with_its_state_in_words(failed_run) -> None:
    rows = printed(task_table(failed_run, NOON)).splitlines()

    assert [row.split()[0] for row in rows] == ["task", "load", "train", "report"]
    assert "✔ succeeded" in rows[1]
    assert "✘ failed" in rows[2]
    assert "▲ upstream failed" in rows[3]


def test_when_there_is_no_room_the_telling_tasks_are_shown() -> None:
    names = [f"t{i}" for i in range(30)]
    run = rehearse(run_of(flow_of(*names)), {"t17": Outcome.FAILED})
    text = printed(task_table(run, NOON, most=3))

    assert "t17" in text
    assert "and 27 more tasks" in text


def test_a_failure_is_shown_with_its_place_and_traceback(failed_run) -> None:
    (report,) = failures(failed_run)
    text = printed(failure_text(report, executed="runs/1.ipynb"))

    assert text.splitlines()[0] == "✘ train  ValueError: could not convert string to float: 'n/a'"
    assert "  at train.ipynb, cell 4, line 2" in text
    assert "executed notebook  runs/1.ipynb" in text
    assert "console" not in text


def test_long_lines_of_a_traceback_are_whole_where_nothing_is_wrapped(failed_run, capsys) -> None:
    (report,) = failures(failed_run)
    line = "the secret is looked for in " + "one place after the other, " * 10

    out().print(failure_text(replace(report, trace=(line,))))

    assert f"│ {line}" in capsys.readouterr().out


def test_brackets_in_messages_are_no_markup() -> None:
    fate = Fate(outcome=Outcome.FAILED, failure=failure_of("[red]no[/red] [1]"))
    (report,) = failures(rehearse(run_of(flow_of("a")), {"a": fate}))

    assert "[red]no[/red] [1]" in printed(failure_text(report))


def test_values_are_listed_and_long_ones_cut() -> None:
    fate = Fate(values={"auc": 0.93, "text": "x" * 500})
    table = value_table(rehearse(run_of(flow_of("a")), {"a": fate}))
    assert table is not None
    text = printed(table)

    assert "a.auc" in text
    assert "0.93" in text
    assert "…" in text
    assert value_table(rehearse(run_of(flow_of("a")))) is None


def test_runs_are_listed_with_their_state() -> None:
    summary = RunSummary(
        id=RunId("20260329-1200-abcd"),
        flow="churn",
        origin="",
        state=RunState.SUCCEEDED,
        logical_date=NOON,
        created_at=NOON,
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=75),
        reason="",
        tasks={"succeeded": 3, "upstream_failed": 1},
    )
    row = printed(run_table([summary], NOON + timedelta(hours=2))).splitlines()[1]

    assert row.split("  ")[0] == "20260329-1200-abcd"
    for expected in ("churn", "✔ succeeded", "2 h ago", "1 min 15 s", "3 succeeded, 1 upstream"):
        assert expected in row


def test_a_run_that_nobody_drives_any_more_is_told() -> None:
    left, driven = (
        RunSummary(
            id=RunId(name),
            flow="churn",
            origin="",
            state=RunState.RUNNING,
            logical_date=NOON,
            created_at=NOON,
            started_at=NOON,
            ended_at=None,
            reason="",
            tasks={"running": 1},
        )
        for name in ("left", "driven")
    )
    first, second = printed(run_table([left, driven], NOON, left={left.id})).splitlines()[1:3]

    assert "nobody drives it" in first
    assert "nobody drives it" not in second


def test_a_kernel_that_was_kept_is_told_with_how_to_talk_to_it() -> None:
    report = FailureReport(key=TaskKey("train"), what="ValueError", notebook="train.ipynb")
    text = printed(failure_text(report, kept="my runs/1.kernel.json"))
    assert "jupyter console --existing 'my runs/1.kernel.json'" in text

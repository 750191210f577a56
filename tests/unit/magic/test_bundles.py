"""What a notebook shows: HTML that is safe and plain text that says the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.errors import Problem, Severity, Where
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import Outcome, RunState
from jupyter_flow.magic.bundles import (
    MOST_ROWS,
    flow_bundle,
    problem_bundle,
    run_bundle,
    runs_bundle,
)
from jupyter_flow.ports.runs import RunSummary
from jupyter_flow.testing.luck import Fate, flow_of, rehearse, run_of
from jupyter_flow.testing.samples import NOON, failure_of


@dataclass
class Page(HTMLParser):
    """The tags and the visible words of a page; complains when tags are not closed in order."""

    tags: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


PROBLEM = Problem(
    code="JF102",
    what="no task is called 'clen'",
    hint="Did you mean 'clean'?",
    where=Where(path="f.ipynb", cell=4, line=1, column=8, end_column=12, text="load >> clen"),
)


def test_a_problem_is_shown_with_place_caret_and_hint() -> None:
    bundle = problem_bundle([PROBLEM])
    words = " ".join(read(bundle["text/html"]).words)

    for expected in ("JF102", "'clen'", "at f.ipynb, cell 4, line 1", "^^^^", "Did you mean"):
        assert expected in words
        assert expected in bundle["text/plain"]


def test_a_flow_is_drawn_with_its_warnings(checked_flow) -> None:
    warning = Problem(code="JF1", what="nobody says so", severity=Severity.WARNING)
    bundle = flow_bundle(checked_flow(flow_of("load > train"), warning))

    assert bundle["image/svg+xml"].startswith("<svg ")
    assert "load ──▶ train" in bundle["text/plain"]
    assert "nobody says so" in " ".join(read(bundle["text/html"]).words)


def test_a_run_is_shown_with_its_states_its_failure_and_how_to_repair_it() -> None:
    fate = Fate(outcome=Outcome.FAILED, failure=failure_of())
    run = rehearse(run_of(flow_of("load > train > report")), {"train": fate})
    bundle = run_bundle(run, NOON, folder="here/it/is")
    words = " ".join(read(bundle["text/html"]).words)

    for expected in (
        "✔ succeeded",
        "✘ failed",
        "▲ upstream failed",
        "train.ipynb, cell 4, line 2",
        "ValueError: could not convert string to float: 'n/a'",
        "%flow repair run",
        "here/it/is",
    ):
        assert expected in words
        assert expected in bundle["text/plain"]


def test_a_large_run_is_shown_in_the_picture_only() -> None:
    run = run_of(flow_of(*(f"t{i}" for i in range(MOST_ROWS + 1))))

    assert "table" not in read(run_bundle(run, NOON)["text/html"]).tags


@given(st.text())
def test_no_message_can_become_markup(message: str) -> None:
    fate = Fate(outcome=Outcome.FAILED, failure=failure_of(f"<script>{message}</script>"))
    run = rehearse(run_of(flow_of("a")), {"a": fate})

    assert "script" not in read(run_bundle(run, NOON)["text/html"]).tags


def test_runs_are_listed() -> None:
    summary = RunSummary(
        id=RunId("20260329-1200-abcd"),
        flow="churn<b>",
        origin="",
        state=RunState.FAILED,
        logical_date=NOON,
        created_at=NOON,
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=75),
        reason="",
        tasks={"failed": 1},
    )
    bundle = runs_bundle([summary], NOON + timedelta(minutes=5))
    page = read(bundle["text/html"])

    assert "b" not in page.tags
    assert "✘ failed" in " ".join(page.words)
    assert "1 min 15 s" in bundle["text/plain"]

"""What a message says of each occasion, word for word, and what it does not let go wrong.

The words are kept in tests/golden/alerts; run with FLOW_GOLDEN=write to write them anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.flow import Flow, Plan, Target, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.options import FlowOptions, Policy, RetryPolicy, TaskOptions
from jupyter_flow.core.run import Attempt, Cause, Failure, Fired, Interval, Run, TaskRun
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.notify.composing import Composer, note_for_test

GOLDEN = Path(__file__).parents[2] / "golden" / "alerts"
FOUR = datetime(2026, 3, 30, 4, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LOAD, TRAIN, REPORT = TaskKey("load"), TaskKey("train"), TaskKey("report")

TRACEBACK = """\
KeyError                                  Traceback (most recent call last)
Cell In[2], line 2
      1 frame = load()
----> 2 total = frame["price"].sum()

File /venv/lib/python3.11/site-packages/pandas/core/frame.py:4378, in __getitem__(self, key)
-> 4378     indexer = self.columns.get_loc(key)

KeyError: 'price'
"""


def plan(*, on: tuple[str, ...] = ("failure", "late"), **policy: Any) -> Plan:
    flow = Flow(
        name="churn",
        tasks=tuple(Task(name=each, notebook=each) for each in ("load", "train", "report")),
        edges=frozenset({("load", "train"), ("train", "report")}),
        options=FlowOptions(tz="Europe/Berlin", deadline=timedelta(minutes=45)),
        defaults=TaskOptions(notify=("mailto://team@example.com",), on=on),
    )
    rules = Policy(retry=RetryPolicy(retries=2), expected=timedelta(minutes=10), **policy)
    targets = {
        each.name: Target(path=f"{each.name}.ipynb", digest="a", folder="/lab", policy=rules)
        for each in flow.tasks
    }
    return Plan(flow=flow, targets=targets, origin="/lab/flow.ipynb::churn")


def run(*task_runs: TaskRun, **fields: Any) -> Run:
    known: dict[str, Any] = {
        "plan": plan(),
        "state": RunState.RUNNING,
        "logical_date": FOUR,
        "interval": Interval(start=FOUR, end=FOUR),
        "created_at": FOUR,
        "fired": Fired(series="churn", at=FOUR),
        "started_at": FOUR + SECOND,
    }
    done = {each.key.task for each in task_runs}
    rest = [TaskRun(key=key) for key in (LOAD, TRAIN, REPORT) if key.task not in done]
    return Run.of(id=RunId("r-17"), task_runs=(*task_runs, *rest), **(known | fields))


def attempt(key: TaskKey, number: int = 1, **fields: Any) -> Attempt:
    known: dict[str, Any] = {
        "number": number,
        "started_at": FOUR + number * MINUTE,
        "ended_at": FOUR + number * MINUTE + 12 * SECOND,
        "outcome": Outcome.SUCCEEDED,
        "notebook": f"runs/churn/r-17/{key.task}/{number}.ipynb",
    }
    return Attempt(**(known | fields))


def broken(key: TaskKey, number: int = 1, message: str = "'price'") -> Attempt:
    failure = Failure(
        cause=Cause.CELL_ERROR,
        name="KeyError",
        message=message,
        traceback=TRACEBACK,
        cell=4,
        line=2,
        source='frame = load()\ntotal = frame["price"].sum()',
    )
    return attempt(key, number, outcome=Outcome.FAILED, failure=failure)


def failed(key: TaskKey, *attempts: Attempt) -> TaskRun:
    return TaskRun(
        key=key, state=TaskState.FAILED, attempts=attempts or (broken(key),), tries=len(attempts)
    )


def alert(occasion: Occasion, key: TaskKey | None = None, number: int = 0) -> Alert:
    return Alert(
        run=RunId("r-17"),
        occasion=occasion,
        address="mailto://team@example.com",
        key=key,
        number=number,
    )


LOADED = TaskRun(
    key=LOAD,
    state=TaskState.SUCCEEDED,
    attempts=(attempt(LOAD),),
    values={"rows": 12_000, "note": "a <b> & c"},
)
ENDED: Mapping[str, Any] = {"state": RunState.FAILED, "ended_at": FOUR + 12 * MINUTE}
UNREADABLE = Run.of(
    id=RunId("r-17"),
    plan=Plan(flow=Flow(name="churn"), targets={}, origin="/lab/flow.ipynb::churn"),
    state=RunState.FAILED,
    reason="JF101: these tasks wait for each other: a → b → a\n  at flow.ipynb, cell 2, line 1",
    logical_date=FOUR,
    interval=Interval(start=FOUR, end=FOUR),
    created_at=FOUR,
    ended_at=FOUR,
)
RETRYING = TaskRun(
    key=TRAIN,
    state=TaskState.RETRYING,
    attempts=(broken(TRAIN),),
    tries=1,
    due_at=FOUR + 10 * MINUTE,
)

SCENES: Mapping[str, tuple[Alert, Run]] = {
    "run_failed": (alert(Occasion.FAILURE), run(LOADED, failed(TRAIN), **ENDED)),
    "many_failed": (
        alert(Occasion.FAILURE),
        run(
            LOADED,
            *(failed(TaskKey("train", index)) for index in range(5)),
            TaskRun(key=REPORT, state=TaskState.UPSTREAM_FAILED),
            **ENDED,
        ),
    ),
    "task_failed": (
        alert(Occasion.FAILURE, TRAIN, 3),
        run(LOADED, failed(TRAIN, *(broken(TRAIN, number) for number in (1, 2, 3)))),
    ),
    "retry": (alert(Occasion.RETRY, TRAIN, 1), run(LOADED, RETRYING)),
    "run_succeeded": (
        alert(Occasion.SUCCESS),
        run(LOADED, state=RunState.SUCCEEDED, ended_at=FOUR + 13 * SECOND),
    ),
    "task_succeeded": (alert(Occasion.SUCCESS, LOAD, 1), run(LOADED)),
    "late": (
        alert(Occasion.LATE),
        run(
            LOADED,
            TaskRun(
                key=TRAIN,
                state=TaskState.RUNNING,
                attempts=(attempt(TRAIN, ended_at=None, outcome=None, cell=7, cells=20),),
                tries=1,
            ),
        ),
    ),
    "slow": (
        alert(Occasion.SLOW, TRAIN, 1),
        run(
            LOADED,
            TaskRun(
                key=TRAIN,
                state=TaskState.RUNNING,
                attempts=(attempt(TRAIN, ended_at=None, outcome=None, cell=7, cells=20),),
                tries=1,
            ),
        ),
    ),
    "unreadable": (alert(Occasion.FAILURE), UNREADABLE),
    "timed_out": (
        alert(Occasion.FAILURE),
        run(
            LOADED,
            TaskRun(key=TRAIN, state=TaskState.CANCELLED),
            reason="it took longer than its run_timeout",
            **ENDED,
        ),
    ),
}

SUBJECTS = {
    "run_failed": "✘ churn failed: train (KeyError: 'price')",
    "many_failed": "✘ churn failed: train[0] (KeyError: 'price') and 4 more",
    "task_failed": "✘ churn: train failed (KeyError: 'price')",
    "retry": "↻ churn: train failed, attempt 1 of 3, next at 06:10",
    "run_succeeded": "✔ churn succeeded in 12 s",
    "task_succeeded": "✔ churn: load succeeded in 12 s",
    "late": "churn is late: not ended by 06:45",
    "slow": "churn: train is slow: more than 10 min",
    "unreadable": "✘ churn could not be run: JF101: these tasks wait for each other: a → b → a",
    "timed_out": "✘ churn failed: it took longer than its run_timeout",
}


@pytest.fixture
def composer() -> Composer:
    return Composer(
        home=Path("/lab/.jupyter_flow"),
        link_base="https://hub.example.com/user/ada/",
    )


@pytest.mark.parametrize("scene", SUBJECTS)
def test_the_subject_says_what_happened(composer: Composer, scene: str) -> None:
    assert composer.message(*SCENES[scene]).subject == SUBJECTS[scene]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_the_words_of_each_occasion(composer: Composer, scene: str, kind: str) -> None:
    message = composer.message(*SCENES[scene])
    said = message.text if kind == "txt" else message.html
    golden = GOLDEN / f"{scene}.{kind}"
    if os.environ.get("FLOW_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said, encoding="utf-8")

    assert said == golden.read_text("utf-8")


class Markup(HTMLParser):
    """Checks that what is opened is closed, and keeps what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag == "br":
            self.text += "\n"
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("scene", SCENES)
def test_the_page_is_well_formed_and_has_nothing_that_acts_or_fetches(
    composer: Composer, scene: str
) -> None:
    page = Markup()
    page.feed(composer.message(*SCENES[scene]).html)

    assert page.open == []
    assert not page.seen & {"script", "img", "link", "style", "iframe", "form"}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]


@pytest.mark.parametrize("scene", SCENES)
def test_text_and_page_say_the_same(composer: Composer, scene: str) -> None:
    message = composer.message(*SCENES[scene])
    page = Markup()
    page.feed(message.html)
    words_of_page = set(re.findall(r"[\w'/:.-]+", page.text))

    missing = [
        word for word in re.findall(r"[\w'/:.-]{4,}", message.text) if word not in words_of_page
    ]
    assert {word.lower() for word in missing} <= {"executed", "-" * 64}


def test_what_notebooks_say_is_no_markup(composer: Composer) -> None:
    bad = failed(TRAIN, broken(TRAIN, message="<script>alert('x')</script>"))

    html = composer.message(alert(Occasion.FAILURE), run(bad, **ENDED)).html

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_subject_is_one_short_line(composer: Composer) -> None:
    bad = failed(TRAIN, broken(TRAIN, message="much\n" + "x" * 5_000))
    named = run(replace(bad, state=TaskState.FAILED), **ENDED)

    subject = composer.message(alert(Occasion.FAILURE), named).subject

    assert "\n" not in subject
    assert len(subject) <= 200


def test_a_retry_that_has_begun_meanwhile_promises_no_time(composer: Composer) -> None:
    going = replace(
        RETRYING,
        state=TaskState.RUNNING,
        due_at=None,
        tries=2,
        attempts=(broken(TRAIN), attempt(TRAIN, 2, ended_at=None, outcome=None)),
    )

    message = composer.message(alert(Occasion.RETRY, TRAIN, 1), run(going))

    assert message.subject == "↻ churn: train failed, attempt 1 of 3"
    assert "KeyError: 'price'" in message.text


def test_attempts_are_counted_from_the_last_repair(composer: Composer) -> None:
    attempts = tuple(broken(TRAIN, number) for number in (1, 2, 3, 4))
    again = replace(RETRYING, attempts=attempts, tries=1)

    message = composer.message(alert(Occasion.RETRY, TRAIN, 4), run(again))

    assert message.subject.startswith("↻ churn: train failed, attempt 1 of 3, next")


@pytest.mark.parametrize(
    ("occasion", "state", "since"),
    [
        (Occasion.FAILURE, RunState.SUCCEEDED, "By now the run is succeeded."),
        (Occasion.FAILURE, RunState.RUNNING, "By now the run is running."),
        (Occasion.LATE, RunState.SUCCEEDED, "By now the run has ended: succeeded."),
        (Occasion.FAILURE, RunState.FAILED, ""),
        (Occasion.LATE, RunState.RUNNING, ""),
    ],
)
def test_a_message_that_comes_late_says_what_became_of_the_run(
    composer: Composer, occasion: Occasion, state: RunState, since: str
) -> None:
    text = composer.message(alert(occasion), run(LOADED, state=state)).text

    assert since in text
    assert ("By now" in text) == bool(since)


def test_moments_are_told_in_the_zone_that_is_given_and_in_utc(composer: Composer) -> None:
    text = composer.message(*SCENES["unreadable"], zone="Asia/Tokyo").text

    assert "2026-03-30 13:00 Asia/Tokyo (04:00 UTC)" in text


def test_a_zone_that_nobody_knows_costs_no_message(composer: Composer) -> None:
    text = composer.message(*SCENES["unreadable"], zone="Mars/Olympus").text

    assert "2026-03-30 04:00 UTC" in text


class TestLinks:
    def test_lead_to_the_lab_where_there_is_one(self, composer: Composer) -> None:
        lab = "https://hub.example.com/user/ada/lab"

        assert composer.link("runs/churn/run-1/train/2/1.ipynb") == (
            f"{lab}?jupyter-flow-run=run-1&jupyter-flow-task=train%5B2%5D"
        )

    def test_name_the_file_where_there_is_none(self, composer: Composer) -> None:
        link = replace(composer, link_base="").link("runs/churn/run-1/train/1.ipynb")

        assert link == "/lab/.jupyter_flow/runs/churn/run-1/train/1.ipynb"


class TestTemplatesOfOnesOwn:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "mails"
        folder.mkdir()
        return folder

    def test_take_the_place_of_ours_each_by_itself(self, composer: Composer, folder: Path) -> None:
        (folder / "subject.txt").write_text("[{{ flow }}]\n{{ occasion }}\n")

        own = replace(composer, templates=folder).message(*SCENES["run_failed"])
        ours = composer.message(*SCENES["run_failed"])

        assert own.subject == "[churn] failure"
        assert (own.text, own.html) == (ours.text, ours.html)

    def test_get_all_that_there_is_to_tell(self, composer: Composer, folder: Path) -> None:
        (folder / "body.txt").write_text(
            "{% for trouble in troubles %}{{ trouble.task }}: {{ trouble.what }} {% endfor %}"
            "{{ run }} {{ facts[0][0] }} {{ command }}"
        )

        message = replace(composer, templates=folder).message(*SCENES["run_failed"])

        assert message.text == "train: KeyError: 'price' r-17 Flow jupyter flow repair r-17\n"

    def test_are_escaped_in_pages_and_may_include_each_other(
        self, composer: Composer, folder: Path
    ) -> None:
        (folder / "body.html").write_text("{% include 'values.html' %}")
        (folder / "values.html").write_text("{{ values[1].text }}")

        message = replace(composer, templates=folder).message(*SCENES["run_succeeded"])

        assert message.html == "a &lt;b&gt; &amp; c\n"

    @pytest.mark.parametrize(
        ("template", "why"),
        [
            ("{{ nonsense }}", "'nonsense' is undefined"),
            ("{% if %}", "Expected an expression"),
            ("{{ run.__class__.__mro__ }}", "unsafe"),
            ("{% for i in range(99999) %}{{ 'x' * 99999 }}{% endfor %}", "1,000,000 characters"),
            ("{% include '../secret.txt' %}", "secret.txt"),
        ],
    )
    @pytest.mark.parametrize("name", ["subject.txt", "body.txt", "body.html"])
    def test_never_cost_a_message(
        self, composer: Composer, folder: Path, name: str, template: str, why: str
    ) -> None:
        (folder / name).write_text(template)

        own = replace(composer, templates=folder).message(*SCENES["run_failed"])

        assert own.subject == SUBJECTS["run_failed"]
        assert f"Your template {folder / name} was not used: " in own.text
        assert why in own.text
        assert own.html.index(f"Your template {folder / name}") < own.html.index("</body>")


def test_the_message_for_a_test_has_all_parts() -> None:
    message = note_for_test()

    assert message.subject
    assert message.text.strip() in message.html

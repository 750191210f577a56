"""The words that every face uses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import TaskRun
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.core.words import (
    OUTCOME_WORDS,
    RUN_SIGNS,
    TASK_SIGNS,
    ago,
    cells,
    count,
    duration,
    overall,
    remark,
    tally,
)
from jupyter_flow.testing.samples import NOON, attempt_of

S = TaskState


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0 s"),
        (0.04, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3599.7, "1 h"),
        (3900, "1 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
    assert duration(timedelta(seconds=seconds)) == words


def test_no_duration_is_no_word() -> None:
    assert duration(None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (20, "just now"), (60, "1 min ago"), (7300, "2 h ago"), (9e5, "10 d ago")],
)
def test_the_past_is_said_coarsely(seconds: float, words: str) -> None:
    assert ago(NOON - timedelta(seconds=seconds), NOON) == words


def test_every_state_has_a_sign_of_its_own() -> None:
    assert set(TASK_SIGNS) == set(TaskState)
    assert set(RUN_SIGNS) == set(RunState)
    assert set(OUTCOME_WORDS) == set(Outcome)
    assert len({sign.symbol for sign in TASK_SIGNS.values()}) == len(TaskState)
    assert len({sign.word for sign in TASK_SIGNS.values()}) == len(TaskState)


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([], S.SKIPPED),
        ([S.SUCCEEDED, S.SUCCEEDED], S.SUCCEEDED),
        ([S.SUCCEEDED, S.FAILED], S.FAILED),
        ([S.FAILED, S.RUNNING], S.RUNNING),
        ([S.SUCCEEDED, S.QUEUED], S.RUNNING),
        ([S.QUEUED, S.QUEUED], S.QUEUED),
        ([S.SKIPPED, S.SUCCEEDED], S.SUCCEEDED),
        ([S.RESTORED], S.RESTORED),
    ],
)
def test_a_mapped_task_is_as_its_most_telling_instance(
    states: list[TaskState], whole: TaskState
) -> None:
    assert overall(states) is whole


def test_what_went_wrong_is_counted_first() -> None:
    states = [S.SUCCEEDED, S.SUCCEEDED, S.UPSTREAM_FAILED, S.FAILED, S.RUNNING]

    assert tally(states) == "1 failed, 1 upstream failed, 1 running, 2 succeeded"


def test_one_is_singular() -> None:
    assert [count(0, "task"), count(1, "task"), count(2, "task")] == [
        "0 tasks",
        "1 task",
        "2 tasks",
    ]


def test_a_running_task_says_its_cell() -> None:
    attempt = attempt_of(cell=7, cells=20)

    assert cells(TaskRun(key=TaskKey("a"), state=S.RUNNING, attempts=(attempt,))) == "cell 7/20"
    assert cells(TaskRun(key=TaskKey("a"), state=S.SUCCEEDED, attempts=(attempt,))) == "20 cells"
    assert cells(TaskRun(key=TaskKey("a"))) == ""


def test_a_task_is_starting_until_its_first_cell() -> None:
    attempt = attempt_of(cell=0, cells=0)

    assert cells(TaskRun(key=TaskKey("a"), state=S.RUNNING, attempts=(attempt,))) == "starting"
    assert cells(TaskRun(key=TaskKey("a"), state=S.FAILED, attempts=(attempt,))) == ""


def test_a_remark_says_which_try_it_is_and_why() -> None:
    assert remark(TaskRun(key=TaskKey("a"), state=S.RUNNING, tries=1)) == ""
    assert remark(TaskRun(key=TaskKey("a"), state=S.RUNNING, tries=2)) == "attempt 2"
    retrying = TaskRun(key=TaskKey("a"), state=S.RETRYING, tries=1, reason="ValueError")
    assert remark(retrying) == "attempt 1 failed, ValueError"

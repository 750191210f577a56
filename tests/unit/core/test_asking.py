"""What people type after a command."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jupyter_flow.core.asking import ending, moment, option_words, pairs, task_key
from jupyter_flow.core.errors import UsageError
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.states import TaskState


def test_pairs_are_split_at_the_first_equals_sign() -> None:
    assert pairs(["n=20", "where=a=b", "empty="]) == {"n": "20", "where": "a=b", "empty": ""}


@pytest.mark.parametrize("texts", [["n"], ["=1"], ["a b=1"], ["n=1", "n=2"]])
def test_what_is_no_pair_is_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        pairs(texts)
    assert "-p" in caught.value.hint


def test_a_moment_without_a_zone_is_utc() -> None:
    assert moment("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)
    assert moment("2026-03-01T06:00+01:00") == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert moment(None) is None
    with pytest.raises(UsageError, match="no date"):
        moment("yesterday")


def test_tasks_and_their_instances_are_read() -> None:
    assert task_key("train") == TaskKey("train")
    assert task_key("train[2]") == TaskKey("train", 2)
    with pytest.raises(UsageError, match="no task"):
        task_key("train[two]")


def test_a_task_is_marked_succeeded_or_failed_only() -> None:
    assert ending("failed") is TaskState.FAILED
    with pytest.raises(UsageError, match="'running'"):
        ending("running")


def test_options_are_told_from_paths() -> None:
    words = ["a.ipynb", "--retries", "2", "b.ipynb", "--retry-delay=30s"]

    assert option_words(words) == (["a.ipynb", "b.ipynb"], {"retries": "2", "retry_delay": "30s"})
    for wrong in (["--retries", "2"], ["a.ipynb", "--retries"]):
        with pytest.raises(UsageError):
            option_words(wrong)

"""The tables of states: what leads where, and what does not."""

from __future__ import annotations

import pytest

from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Attempt, TaskRun
from jupyter_flow.core.states import BAD, FINAL, GOOD, LIVE, MOVES, Outcome, Signal, TaskState
from jupyter_flow.testing.luck import NOON

BY_HAND = {Signal.CLEAR, Signal.MARK_SUCCEEDED, Signal.MARK_FAILED, Signal.REMOVE}


def test_only_a_person_leads_out_of_a_final_state() -> None:
    ways = {signal for state, signal in MOVES if state in FINAL}

    assert ways == BY_HAND


def test_every_state_is_live_or_final_and_never_both() -> None:
    assert set(TaskState) == LIVE | FINAL
    assert not LIVE & FINAL


def test_good_and_bad_states_are_final() -> None:
    assert GOOD | BAD <= FINAL
    assert not GOOD & BAD


def test_every_state_can_be_reached_from_pending() -> None:
    reached = {TaskState.PENDING}
    while more := {new for (old, _), new in MOVES.items() if old in reached} - reached:
        reached |= more

    assert reached == set(TaskState)


def test_every_live_task_can_be_cancelled() -> None:
    cancelled = {state for state, signal in MOVES if signal is Signal.CANCEL}

    assert cancelled == LIVE


def test_everything_but_a_pending_task_can_be_cleared() -> None:
    cleared = {state for state, signal in MOVES if signal is Signal.CLEAR}

    assert cleared == set(TaskState) - {TaskState.PENDING}


def test_a_restored_result_counts_as_succeeded() -> None:
    assert TaskState.RESTORED.is_good
    assert not TaskState.RESTORED.is_bad


def test_an_illegal_move_tells_the_history_of_the_task() -> None:
    attempts = (Attempt(number=1, started_at=NOON, outcome=Outcome.FAILED),)
    task_run = TaskRun(key=TaskKey("train", 2), state=TaskState.FAILED, attempts=attempts)

    with pytest.raises(ConflictError) as caught:
        task_run.take(Signal.START)

    assert str(caught.value) == (
        "JF301: task 'train[2]' is failed, so it cannot take 'start'\n"
        "  Its attempts so far: 1 failed."
    )


def test_a_reason_does_not_outlive_a_move() -> None:
    retrying = TaskRun(key=TaskKey("a"), state=TaskState.RETRYING, reason="it failed", due_at=NOON)

    queued = retrying.take(Signal.RELEASE)

    assert (queued.state, queued.reason, queued.due_at) == (TaskState.QUEUED, "", None)

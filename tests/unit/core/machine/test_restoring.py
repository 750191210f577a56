"""What an earlier run made stands for an attempt: once, and never for what is to be done again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.events import (
    AttemptStarted,
    ClearRequested,
    Restored,
    RunStarted,
)
from jupyter_flow.core.ids import AttemptId, RunId, TaskKey
from jupyter_flow.core.inputs import upstream_of
from jupyter_flow.core.machine import Step
from jupyter_flow.core.options import ANEW, Cache, TaskOptions
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.luck import Fate, Rehearsal, flow_of, recounted, run_of

A, B = TaskKey("a"), TaskKey("b")
ORIGIN = AttemptId(run=RunId("before"), key=A, number=2)
CACHED = TaskOptions(cache=True)


def begun(**options: TaskOptions) -> Rehearsal:
    rehearsal = Rehearsal(run_of(flow_of("a > b", **options)))
    rehearsal.tell(RunStarted())
    return rehearsal


def restored(rehearsal: Rehearsal, key: TaskKey = A) -> Step:
    rehearsal.queued.pop(key, None)
    return rehearsal.tell(Restored(key=key, origin=ORIGIN, values={"n": 1}, reason="unchanged"))


def wanted(rehearsal: Rehearsal, key: TaskKey) -> Cache:
    found = rehearsal.queued[key]
    assert isinstance(found, Enqueue)
    return found.cache


@pytest.mark.parametrize("rule", [False, True, "always", timedelta(days=1)])
def test_a_slot_is_asked_for_with_the_rule_of_the_task(rule: Cache) -> None:
    assert wanted(begun(a=TaskOptions(cache=rule)), A) == rule


def test_what_is_restored_is_good_and_hands_on_its_values() -> None:
    rehearsal = begun(a=CACHED)
    step = restored(rehearsal)

    a = rehearsal.run.task_runs[A]
    assert (a.state, a.values, a.origin, a.reason) == (
        TaskState.RESTORED,
        {"n": 1},
        ORIGIN,
        "unchanged",
    )
    assert [str(move.key) for move in step.moves] == ["a", "b"]
    assert rehearsal.run == recounted(rehearsal.run)
    rehearsal.start(B)
    rehearsal.end(B, Fate())
    assert rehearsal.run.state is RunState.SUCCEEDED


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    rehearsal = begun(a=CACHED)
    rehearsal.start(A)
    before = rehearsal.run

    assert not restored(rehearsal).changed
    assert rehearsal.run == before


def test_what_is_cleared_is_not_restored_once_more() -> None:
    rehearsal = begun(a=CACHED, b=CACHED)
    restored(rehearsal)
    rehearsal.tell(ClearRequested(tasks=("a",)))

    assert wanted(rehearsal, A) == ANEW
    assert not restored(rehearsal).changed
    rehearsal.tell(AttemptStarted(key=A))
    assert rehearsal.run.task_runs[A].origin is None


def test_a_retry_is_an_attempt() -> None:
    rehearsal = begun(a=TaskOptions(cache=True, retries=1))
    rehearsal.start(A)
    rehearsal.end(A, Fate(outcome=Outcome.FAILED))
    while A not in rehearsal.queued:
        rehearsal.wake()

    assert wanted(rehearsal, A) == ANEW


def test_what_comes_after_it_owes_the_same_as_it_did_to_the_attempt() -> None:
    rehearsal = begun(a=CACHED)
    restored(rehearsal)

    assert upstream_of(rehearsal.run, "b") == {"a": f"made by {ORIGIN}"}

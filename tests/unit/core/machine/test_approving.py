"""Tasks that ask a person: they wait for a word, and nothing else ends them but time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jupyter_flow.core.commands import Await, Word
from jupyter_flow.core.events import (
    CancelRequested,
    MarkRequested,
    RunAdopted,
    RunStarted,
    WaitEnded,
)
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.states import RunState, Signal, TaskState
from jupyter_flow.testing.luck import Rehearsal, flow_of, run_of

ASK, DEPLOY = TaskKey("ask"), TaskKey("deploy")


def begun(**given: Any) -> Rehearsal:
    parameters = {name: Constant(value) for name, value in {"question": "Go?", **given}.items()}
    ask = Task(name="ask", kind=Kind.APPROVE, parameters=parameters)
    rehearsal = Rehearsal(run_of(flow_of("ask > deploy", tasks=[ask])))
    rehearsal.tell(RunStarted())
    return rehearsal


def said(rehearsal: Rehearsal) -> tuple[str, str]:
    task_run = rehearsal.run.task_runs[ASK]
    return task_run.state.value, task_run.reason


def test_it_waits_for_a_word_without_a_slot() -> None:
    rehearsal = begun(timeout="1d")

    assert said(rehearsal) == ("waiting", "asks: Go?")
    wait = rehearsal.waiting[ASK]
    assert isinstance(wait, Await)
    assert wait.what == Word(question="Go?")
    assert wait.until == rehearsal.now + timedelta(days=1)
    assert not rehearsal.queued


def test_a_yes_lets_go_on_what_waited_for_it() -> None:
    rehearsal = begun()
    yes = MarkRequested(key=ASK, state=TaskState.SUCCEEDED, by="ada", values={"share": 0.2})
    rehearsal.tell(yes)

    assert said(rehearsal) == ("succeeded", "approved by ada")
    assert rehearsal.run.task_runs[ASK].values == {"share": 0.2}
    assert DEPLOY in rehearsal.queued


def test_a_no_fails_it() -> None:
    rehearsal = begun()
    rehearsal.tell(MarkRequested(key=ASK, state=TaskState.FAILED, by="ada"))

    assert said(rehearsal) == ("failed", "rejected by ada")
    assert rehearsal.run.state is RunState.FAILED


@pytest.mark.parametrize(("soft", "state"), [(False, "failed"), (True, "skipped")])
def test_nobody_answers_in_time(soft: bool, state: str) -> None:
    rehearsal = begun(timeout="1h", soft_fail=soft)
    rehearsal.tell(WaitEnded(key=ASK, signal=Signal.FAIL))

    assert said(rehearsal) == (state, "nobody answered within 1 h: Go?")


def test_it_is_asked_again_by_another_driver_and_ends_with_its_run() -> None:
    rehearsal = begun(timeout="1h")
    until = rehearsal.waiting[ASK].until
    rehearsal.forget()
    rehearsal.tell(RunAdopted())
    assert rehearsal.waiting[ASK].until == until
    rehearsal.tell(CancelRequested())

    assert rehearsal.run.state is RunState.CANCELLED

"""What waits for something outside of its run: for the run before, or for another flow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jupyter_flow.core.commands import (
    Answer,
    Await,
    Enqueue,
    Files,
    Forget,
    Moment,
    Move,
    OtherFlow,
    PastTask,
    Query,
    Wake,
)
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    AttemptSlow,
    AttemptStarted,
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    RunAdopted,
    RunStarted,
    RunTimedOut,
    WaitEnded,
    WaitNoted,
)
from jupyter_flow.core.expressions import Compare, Constant, Expression, ParamRef, ValueRef
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.machine import replay
from jupyter_flow.core.options import FlowOptions, TaskOptions
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, Signal, TaskState
from jupyter_flow.testing.luck import NOON, Fate, Rehearsal, flow_of, rehearse, run_of

A, B = TaskKey("a"), TaskKey("b")
MINUTE = timedelta(minutes=1)
PAST = TaskOptions(depends_on_past=True)
FOR_PAST = Await(key=A, what=PastTask(), every=timedelta(seconds=5))
FAILED = Fate(outcome=Outcome.FAILED)
RELEASED = WaitEnded(key=A, signal=Signal.RELEASE)


def wait(name: str = "a", *, options: TaskOptions = TaskOptions(), **given: Any) -> Task:
    expressions = {
        key: value if isinstance(value, Expression) else Constant(value)
        for key, value in {"flow": "other", **given}.items()
    }
    return Task(name=name, kind=Kind.WAIT_FOR, parameters=expressions, options=options)


def begun(flow: Flow, **rest: Any) -> Rehearsal:
    rehearsal = Rehearsal(run_of(flow, **rest))
    rehearsal.tell(RunStarted())
    return rehearsal


def states(run: Run) -> str:
    return ", ".join(f"{each.key} {each.state}" for each in run.in_order())


def said(run: Run, key: TaskKey = A) -> tuple[str, str]:
    return run.task_runs[key].state.value, run.task_runs[key].reason


# -- the run before ----------------------------------------------------------------------------


def test_a_task_that_depends_on_the_past_waits_for_it_before_it_asks_for_a_slot() -> None:
    rehearsal = begun(flow_of("a > b", a=PAST))

    assert rehearsal.steps[0].commands == (FOR_PAST,)
    assert said(rehearsal.run) == ("waiting", "waits for 'a' of the run before")

    made = rehearsal.end_wait(A, Fate())

    assert made.commands == (Enqueue(key=A, rank=(0, 2), pool=None, slots=1),)
    assert said(rehearsal.run) == ("queued", "")


def test_it_waits_only_once_its_rule_is_met() -> None:
    rehearsal = begun(flow_of("b > a", a=PAST))

    assert states(rehearsal.run) == "b queued, a pending"


def test_what_is_skipped_anyway_does_not_wait() -> None:
    never = Compare(Constant(1), "==", Constant(2))
    rehearsal = begun(flow_of(tasks=[Task(name="a", when=never, options=PAST)]))

    assert states(rehearsal.run) == "a skipped"


def test_a_retry_does_not_wait_for_the_past_again() -> None:
    rehearsal = begun(flow_of("a", a=TaskOptions(depends_on_past=True, retries=1)))
    rehearsal.end_wait(A, Fate())
    rehearsal.start(A)

    made = rehearsal.end(A, FAILED)

    assert made.commands == (Enqueue(key=A, rank=(0, 1), pool=None, slots=1),)


def test_what_is_done_again_by_hand_waits_again() -> None:
    run = rehearse(run_of(flow_of("a", a=PAST)), {"a": Outcome.FAILED})
    rehearsal = Rehearsal(run)

    assert rehearsal.tell(RepairRequested()).commands == (FOR_PAST,)


def test_each_instance_of_a_mapped_task_waits_by_itself() -> None:
    mapped = Task(name="a", expand={"x": Constant([1, 2])}, options=PAST)
    rehearsal = begun(flow_of(tasks=[mapped]))

    rehearsal.end_wait(TaskKey("a", 1), Fate())

    assert states(rehearsal.run) == "a[0] waiting, a[1] queued"
    assert said(rehearsal.run, TaskKey("a", 0))[1] == "waits for 'a' of the run before"


# -- another flow ------------------------------------------------------------------------------


def test_a_wait_makes_no_attempt_and_hands_on_what_it_found() -> None:
    flow = flow_of(tasks=[wait(), Task(name="b", parameters={"run": ValueRef("a", "run")})])
    rehearsal = begun(flow)

    assert rehearsal.steps[0].commands == (
        Await(key=A, what=OtherFlow(flow="other"), every=timedelta(seconds=10)),
    )
    assert said(rehearsal.run) == ("waiting", "waits for a run of 'other'")

    made = rehearsal.end_wait(A, Fate(values={"run": "r1"}))

    task_run = made.run.task_runs[A]
    assert (task_run.state, task_run.values, task_run.attempts) == ("succeeded", {"run": "r1"}, ())
    assert made.moves == (Move(key=A, state="succeeded"), Move(key=B, state="queued"))


def test_how_long_and_how_often_is_as_the_flow_says_with_all_that_a_parameter_can_be() -> None:
    task = wait(
        flow="{{ params.which }}_{{ ds_nodash }}",
        timeout="20m",
        poke_interval=30,
        within=ParamRef("span"),
    )
    params = (FlowParameter(name="which", default="x"), FlowParameter(name="span", default="1d"))
    rehearsal = begun(Flow(name="f", tasks=(task,), params=params))

    awaited = rehearsal.waiting[A]

    assert awaited.what == OtherFlow(flow="x_20260101", within=timedelta(days=1))
    assert (awaited.every, awaited.until) == (timedelta(seconds=30), NOON + 20 * MINUTE)
    assert rehearsal.run.task_runs[A].due_at == NOON + 20 * MINUTE


@pytest.mark.parametrize(
    ("given", "reason", "expected"),
    [
        ({"timeout": "20m"}, "", ("failed", "no run of 'other' succeeded within 20 min")),
        ({}, "", ("failed", "no run of 'other' succeeded")),
        ({}, "'other' was removed", ("failed", "'other' was removed")),
        (
            {"timeout": "20m", "soft_fail": True},
            "",
            ("skipped", "no run of 'other' succeeded within 20 min"),
        ),
    ],
    ids=["its time passed", "no time was set", "the shell knows why", "failing softly"],
)
def test_a_wait_in_vain_fails_or_is_skipped_with_the_reason(
    given: dict[str, Any], reason: str, expected: tuple[str, str]
) -> None:
    rehearsal = begun(flow_of(tasks=[wait(**given)]))

    rehearsal.tell(WaitEnded(key=A, signal=Signal.FAIL, reason=reason))

    assert said(rehearsal.run) == expected


def test_a_wait_in_vain_is_not_tried_again() -> None:
    run = rehearse(
        run_of(flow_of(tasks=[wait(options=TaskOptions(retries=3))])), {"a": Outcome.FAILED}
    )

    assert (run.state, run.reason) == (RunState.FAILED, "'a' did not succeed")


def test_whoever_looks_may_say_that_a_wait_is_to_be_skipped() -> None:
    rehearsal = begun(flow_of(tasks=[wait()]))

    rehearsal.tell(WaitEnded(key=A, signal=Signal.SKIP, reason="it is a holiday"))

    assert said(rehearsal.run) == ("skipped", "it is a holiday")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"flow": ValueRef("b", "x")}, "the parameter 'flow' of 'a' has no value"),
        ({"flow": 3}, "the parameter 'flow' of 'a' must be the name of a flow, not 3"),
        ({"timeout": "soon"}, "the parameter 'timeout' of 'a' must be a length of time, not 'soon"),
        ({"timeout": 0}, "the parameter 'timeout' of 'a' must be a length of time, not 0"),
        ({"within": -1}, "the parameter 'within' of 'a' must be a length of time, not -1"),
        ({"soft_fail": "no"}, "the parameter 'soft_fail' of 'a' must be True or False, not 'no'"),
        ({"within": "{{ prev_success }}"}, "the parameter 'within' of 'a' has no value"),
    ],
)
def test_a_wait_whose_parameters_make_no_sense_fails_at_once(
    given: dict[str, Any], reason: str
) -> None:
    run = rehearse(run_of(flow_of("b > a", tasks=[wait(**given)])))

    state, why = said(run)
    assert state == "failed"
    assert why.startswith(reason)


def test_a_wait_can_be_mapped() -> None:
    task = Task(
        name="a", kind=Kind.WAIT_FOR, expand={"flow": Constant(["one", "two"])}, parameters={}
    )
    rehearsal = begun(flow_of(tasks=[task]))

    assert [each.what for each in rehearsal.waiting.values()] == [
        OtherFlow(flow="one"),
        OtherFlow(flow="two"),
    ]


def test_a_wait_that_depends_on_the_past_waits_for_that_first() -> None:
    rehearsal = begun(flow_of(tasks=[wait(options=PAST, timeout="20m")]))
    assert rehearsal.steps[0].commands == (FOR_PAST,)
    rehearsal.now += MINUTE

    made = rehearsal.end_wait(A, Fate())

    assert said(made.run) == ("waiting", "waits for a run of 'other'")
    assert rehearsal.waiting[A].until == NOON + 21 * MINUTE


# -- files, answers, rows and moments ----------------------------------------------------------


def looking(**given: Any) -> Task:
    expressions = {name: Constant(value) for name, value in given.items()}
    return Task(name="a", kind=Kind.WAIT_FOR, parameters=expressions)


@pytest.mark.parametrize(
    ("given", "what", "reason"),
    [
        (
            {"file": "in/{{ ds }}.csv", "stable": "10s"},
            Files(pattern="in/2026-01-01.csv", stable=timedelta(seconds=10)),
            "waits for in/2026-01-01.csv",
        ),
        (
            {"file": "s3://me:sEcReT@bucket/x"},
            Files(pattern="s3://me:sEcReT@bucket/x"),
            "waits for s3://…",
        ),
        (
            {"http": "https://me:sEcReT@example.com/token", "expect_status": [200, "4xx"]},
            Answer(url="https://me:sEcReT@example.com/token", expect_status=(200, "4xx")),
            "waits for a good answer of https://example.com",
        ),
        (
            {"http": "ready", "connection": "api", "method": "head", "headers": {"X": 1}},
            Answer(url="ready", connection="api", method="HEAD", headers={"X": "1"}),
            "waits for a good answer of 'api'",
        ),
        (
            {"sql": "select :d", "connection": "db", "bind": {"d": "{{ ds }}"}},
            Query(sql="select :d", connection="db", bind={"d": "2026-01-01"}),
            "waits for a query of 'db' to be true",
        ),
        (
            {"sql": "select 1", "connection": "db", "any_row": True},
            Query(sql="select 1", connection="db", any_row=True),
            "waits for a query of 'db' to find a row",
        ),
        (
            {"until": "{{ data_interval_end }}"},
            Moment(at=NOON),
            "waits until 2026-01-01 12:00:00 UTC",
        ),
        ({"until": "18:00"}, Moment(at=NOON + 360 * MINUTE), "waits until 2026-01-01 18:00:00 UTC"),
    ],
    ids=lambda each: ", ".join(each) if isinstance(each, dict) else "",
)
def test_what_is_awaited_is_as_the_flow_says_and_told_without_secrets(
    given: dict[str, Any], what: Any, reason: str
) -> None:
    rehearsal = begun(flow_of(tasks=[looking(**given)]))

    assert rehearsal.waiting[A].what == what
    assert said(rehearsal.run) == ("waiting", reason)


def test_pauses_grow_when_they_are_to_and_not_for_ever() -> None:
    rehearsal = begun(flow_of(tasks=[looking(file="x", backoff=2, poke_interval="1m")]))

    awaited = rehearsal.waiting[A]

    assert (awaited.every, awaited.backoff, awaited.longest) == (MINUTE, 2.0, 10 * MINUTE)


def test_what_was_seen_last_stands_beside_what_is_awaited_and_in_what_came_of_it() -> None:
    rehearsal = begun(flow_of(tasks=[looking(file="x", timeout="20m")]))

    made = rehearsal.tell(WaitNoted(key=A, seen="nothing is there"))
    again = rehearsal.tell(WaitNoted(key=A, seen="nothing is there"))
    rehearsal.tell(WaitEnded(key=A, signal=Signal.FAIL, seen="nothing is there"))

    reason = "waits for x: nothing is there (looks every 10 s)"
    assert made.moves == (Move(key=A, state="waiting", reason=reason),)
    assert (again.moves, again.changed) == ((), ())
    assert said(rehearsal.run) == (
        "failed",
        "waited in vain for x within 20 min: nothing is there",
    )


def test_what_is_hopeless_fails_even_where_waiting_in_vain_is_to_be_skipped() -> None:
    rehearsal = begun(flow_of(tasks=[looking(sql="x", connection="db", soft_fail=True)]))

    rehearsal.tell(WaitEnded(key=A, signal=Signal.FAIL, reason="there is no connection 'db'"))

    assert said(rehearsal.run) == ("failed", "there is no connection 'db'")


def test_a_time_of_day_stays_that_of_the_day_on_which_the_wait_began() -> None:
    rehearsal = begun(flow_of(tasks=[looking(until="18:00")]))
    rehearsal.forget()
    rehearsal.now += timedelta(days=1)

    rehearsal.tell(RunAdopted(owner="another"))

    assert rehearsal.waiting[A].what == Moment(at=NOON + 360 * MINUTE)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"file": ""}, "the parameter 'file' of 'a' must be a path or a pattern of paths, not ''"),
        ({"until": "soon"}, "the parameter 'until' of 'a' must be a moment, a time of day or"),
        ({"file": "x", "sql": "y"}, "'a' waits for one thing, not for file and sql"),
        ({"sql": "x"}, "the parameter 'connection' of 'a' must be the name of a connection"),
        ({"file": "x", "backoff": 0.5}, "the parameter 'backoff' of 'a' must be a number from 1"),
        ({"http": "x", "expect_status": True}, "the parameter 'expect_status' of 'a' must be"),
    ],
)
def test_what_cannot_be_awaited_fails_at_once(given: dict[str, Any], reason: str) -> None:
    rehearsal = begun(flow_of(tasks=[looking(**given)]))

    state, why = said(rehearsal.run)
    assert state == "failed"
    assert why.startswith(reason)


@pytest.mark.parametrize("late", [TaskKey("nobody"), B])
def test_a_note_about_what_does_not_wait_changes_nothing(late: TaskKey) -> None:
    rehearsal = begun(flow_of("b", tasks=[looking(file="x")]))

    assert rehearsal.tell(WaitNoted(key=late, seen="nothing")).changed == ()


# -- what comes too late -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "late",
    [
        WaitEnded(key=B, signal=Signal.SUCCEED),
        WaitEnded(key=TaskKey("nobody"), signal=Signal.FAIL),
        RELEASED,
    ],
    ids=["it waits no longer", "there is no such task", "it waits for something else by now"],
)
def test_reports_about_waits_that_are_over_change_nothing(late: Event) -> None:
    rehearsal = begun(flow_of("b", tasks=[wait()]))
    before = rehearsal.run

    made = rehearsal.tell(late)

    assert (made.run, made.commands, made.changed) == (before, (), ())


def test_a_success_found_too_early_does_not_end_the_wait_for_the_past() -> None:
    rehearsal = begun(flow_of(tasks=[wait(options=PAST)]))

    assert rehearsal.tell(WaitEnded(key=A, signal=Signal.SUCCEED)).changed == ()


# -- by hand, and when others take over --------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (CancelRequested(), "cancelled"),
        (CancelRequested(keys=(A,)), "cancelled"),
        (MarkRequested(key=A, state=TaskState.SUCCEEDED), "succeeded"),
        (RunTimedOut(), "cancelled"),
    ],
)
def test_what_is_ended_by_hand_or_by_time_is_not_looked_out_for_any_more(
    wish: Event, expected: str
) -> None:
    flow = Flow(name="f", tasks=(wait(),), options=FlowOptions(run_timeout=MINUTE))
    rehearsal = begun(flow)
    rehearsal.now += MINUTE

    made = rehearsal.tell(wish)

    assert made.commands == (Forget(key=A),)
    assert made.run.task_runs[A].state == expected
    assert made.run.state.is_final


def test_clearing_what_waits_has_it_wait_from_the_beginning() -> None:
    rehearsal = begun(flow_of(tasks=[wait(timeout="20m")]))
    rehearsal.now += MINUTE

    made = rehearsal.tell(ClearRequested(tasks=("a",)))

    assert [type(command) for command in made.commands] == [Forget, Await]
    assert rehearsal.waiting[A].until == NOON + 21 * MINUTE


def test_a_driver_that_takes_over_looks_out_again_but_not_for_longer() -> None:
    rehearsal = begun(flow_of("b", tasks=[wait(timeout="20m")], b=PAST))
    before = dict(rehearsal.waiting)
    rehearsal.forget()
    rehearsal.now += 5 * MINUTE

    rehearsal.tell(RunAdopted())

    assert rehearsal.waiting == before
    assert rehearsal.run.task_runs[A].due_at == NOON + 20 * MINUTE


def test_a_run_in_which_something_waits_is_not_over() -> None:
    rehearsal = begun(flow_of("a > b", tasks=[wait()]))

    assert rehearsal.run.state is RunState.RUNNING
    assert not rehearsal.run.is_stuck
    assert states(rehearsal.run) == "a waiting, b pending"


def test_a_wait_is_started_by_nobody() -> None:
    with pytest.raises(ConflictError, match="is waiting, so it cannot take 'start'"):
        begun(flow_of(tasks=[wait()])).tell(AttemptStarted(key=A))


# -- longer than expected ----------------------------------------------------------------------

EXPECTED = TaskOptions(expected=MINUTE, retries=1)


def test_an_attempt_that_is_expected_to_be_short_is_looked_at_after_that_time() -> None:
    rehearsal = begun(flow_of("a", a=EXPECTED))
    rehearsal.start(A)

    assert rehearsal.steps[-1].commands == (
        Wake(at=NOON + MINUTE, event=AttemptSlow(key=A, number=1)),
    )


@pytest.mark.parametrize("is_over", [False, True])
def test_that_an_attempt_is_slow_changes_nothing(is_over: bool) -> None:
    rehearsal = begun(flow_of("a > b", a=EXPECTED))
    rehearsal.start(A)
    if is_over:
        rehearsal.end(A, Fate())
    before = rehearsal.run

    made = rehearsal.wake()

    assert (made.run, made.commands, made.moves) == (before, (), ())


def test_each_attempt_has_its_own_time() -> None:
    rehearsal = begun(flow_of("a", a=EXPECTED))
    rehearsal.start(A)
    rehearsal.end(A, FAILED)
    rehearsal.start(A)

    assert rehearsal.steps[-1].commands == (
        Wake(at=NOON + MINUTE, event=AttemptSlow(key=A, number=2)),
    )


# -- the journal -------------------------------------------------------------------------------


def test_a_journal_told_once_more_gives_the_same_run() -> None:
    before = run_of(flow_of("a > b > c", tasks=[wait(timeout="20m")], b=PAST, c=EXPECTED))
    rehearsal = Rehearsal(before)
    rehearsal.tell(RunStarted())
    rehearsal.now += MINUTE
    run = rehearsal.carry_on(lambda _key, _number: Fate(values={"x": 1}))

    assert run.state is RunState.SUCCEEDED
    assert replay(before, rehearsal.facts) == run

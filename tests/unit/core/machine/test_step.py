"""What follows from each event: starting, retrying, stopping, ending, and being taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jupyter_flow.core.commands import Dequeue, Enqueue, Move, Stop, Wake
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptSlow,
    AttemptStarted,
    CancelRequested,
    RetryDue,
    RunAdopted,
    RunStarted,
    RunTimedOut,
)
from jupyter_flow.core.expressions import Compare, Constant, ParamRef, ValueRef
from jupyter_flow.core.flow import Flow, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.machine import step
from jupyter_flow.core.options import FlowOptions, TaskOptions, TriggerRule
from jupyter_flow.core.run import Cause, Failure, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.luck import NOON, Fate, Rehearsal, flow_of, rehearse, run_of

A, B, C, D = (TaskKey(name) for name in "abcd")
FAILED = Fate(outcome=Outcome.FAILED)
MINUTE = timedelta(minutes=1)


def begun(flow: Flow, **rest: Any) -> Rehearsal:
    rehearsal = Rehearsal(run_of(flow, **rest))
    rehearsal.tell(RunStarted())
    return rehearsal


def states(run: Run) -> str:
    """``a succeeded, b[0] failed``, upstream first."""
    return ", ".join(f"{each.key} {each.state}" for each in run.in_order())


def rule(trigger: str) -> TaskOptions:
    return TaskOptions(trigger=TriggerRule(trigger))


# -- starting ----------------------------------------------------------------------------------


def test_a_started_run_asks_slots_for_what_needs_nothing() -> None:
    flow = flow_of("a > c", "b > c > d", b=TaskOptions(priority=5, pool="gpu", slots=2))

    made = step(run_of(flow), RunStarted(), now=NOON)

    assert made.commands == (
        Enqueue(key=A, rank=(0, 3), pool=None, slots=1),
        Enqueue(key=B, rank=(5, 3), pool="gpu", slots=2),
    )
    assert made.moves == (
        Move(key=None, state="running"),
        Move(key=A, state="queued"),
        Move(key=B, state="queued"),
    )
    assert [each.key for each in made.changed] == [A, B]
    assert made.run.started_at == NOON


def test_a_run_starts_only_once() -> None:
    rehearsal = begun(flow_of("a"))

    with pytest.raises(ConflictError, match="run run is running, so it cannot start"):
        rehearsal.tell(RunStarted())


def test_an_empty_flow_has_succeeded_as_soon_as_it_starts() -> None:
    assert rehearse(run_of(Flow(name="empty"))).state is RunState.SUCCEEDED


def test_a_step_leaves_the_run_before_as_it_was() -> None:
    run = run_of(flow_of("a > b"))

    step(run, RunStarted(), now=NOON)

    assert run == run_of(flow_of("a > b"))


def test_the_same_facts_always_give_the_same_answer() -> None:
    run = run_of(flow_of("a > b", "c > b", "d > b"))

    assert step(run, RunStarted(), now=NOON) == step(run, RunStarted(), now=NOON)


# -- attempts ----------------------------------------------------------------------------------


def test_an_attempt_is_kept_on_record_from_its_start_to_its_end() -> None:
    rehearsal = begun(flow_of("a > b"))
    started = AttemptStarted(key=A, notebook="a/1.ipynb", log="a/1.log", parameters={"n": 1})
    rehearsal.tell(started)
    rehearsal.now += MINUTE
    rehearsal.tell(AttemptProgressed(key=A, number=1, cell=2, cells=7))
    made = rehearsal.tell(
        AttemptEnded(key=A, number=1, outcome=Outcome.SUCCEEDED, values={"x": 1}, cpu=0.5, memory=9)
    )

    task_run = rehearsal.run.task_runs[A]
    attempt = task_run.attempt
    assert attempt is not None
    assert (attempt.number, attempt.outcome) == (1, Outcome.SUCCEEDED)
    assert (attempt.started_at, attempt.ended_at) == (NOON, NOON + MINUTE)
    assert (attempt.cell, attempt.cells, attempt.cpu, attempt.memory) == (2, 7, 0.5, 9)
    assert (attempt.notebook, attempt.log, attempt.parameters) == ("a/1.ipynb", "a/1.log", {"n": 1})
    assert (task_run.state, task_run.values) == (TaskState.SUCCEEDED, {"x": 1})
    assert made.moves == (
        Move(key=A, state="succeeded", attempt=1),
        Move(key=B, state="queued"),
    )


def test_progress_changes_a_task_but_moves_nothing() -> None:
    rehearsal = begun(flow_of("a"))
    rehearsal.start(A)

    made = rehearsal.tell(AttemptProgressed(key=A, number=1, cell=1, cells=2))

    assert (made.moves, made.commands) == ((), ())
    assert [each.key for each in made.changed] == [A]


@pytest.mark.parametrize(
    "late",
    [
        AttemptProgressed(key=A, number=1, cell=1, cells=1),
        AttemptEnded(key=A, number=1, outcome=Outcome.FAILED),
        AttemptEnded(key=A, number=7, outcome=Outcome.FAILED),
        AttemptEnded(key=TaskKey("a", 3), number=1, outcome=Outcome.FAILED),
        RetryDue(key=A),
    ],
)
def test_reports_of_what_is_over_change_nothing(late: Any) -> None:
    rehearsal = begun(flow_of("a > b"))
    rehearsal.start(A)
    rehearsal.end(A, Fate())
    before = rehearsal.run

    made = rehearsal.tell(late)

    assert (made.run, made.changed, made.moves) == (before, (), ())


def test_an_attempt_cannot_start_without_being_queued() -> None:
    rehearsal = begun(flow_of("a > b"))

    with pytest.raises(ConflictError, match="task 'b' is pending, so it cannot take 'start'"):
        rehearsal.tell(AttemptStarted(key=B))


@pytest.mark.parametrize("key", [TaskKey("z"), TaskKey("a", 0)])
def test_an_attempt_of_a_stranger_is_refused(key: TaskKey) -> None:
    rehearsal = begun(flow_of("a"))

    with pytest.raises(ConflictError):
        rehearsal.tell(AttemptStarted(key=key))


def test_values_of_an_attempt_that_failed_are_not_handed_on() -> None:
    fate = Fate(outcome=Outcome.FAILED, values={"x": 1})

    run = rehearse(run_of(flow_of("a")), {"a": fate})

    assert run.task_runs[A].values == {}


# -- retries -----------------------------------------------------------------------------------


def test_a_failed_attempt_is_made_again_after_its_delay() -> None:
    rehearsal = begun(flow_of("a", a=TaskOptions(retries=1, retry_delay=MINUTE)))
    rehearsal.start(A)
    failure = Failure(cause=Cause.CELL_ERROR, name="ValueError", message="no", cell=3)
    made = rehearsal.end(A, Fate(outcome=Outcome.FAILED, failure=failure))

    assert made.commands == (Wake(at=NOON + MINUTE, event=RetryDue(key=A)),)
    assert made.moves == (
        Move(key=A, state="retrying", attempt=1, reason="ValueError: no (cell 3)"),
    )
    assert rehearsal.run.task_runs[A].due_at == NOON + MINUTE

    rehearsal.wake()
    assert rehearsal.start(A) == 2
    rehearsal.end(A, Fate())
    assert rehearsal.run.state is RunState.SUCCEEDED


def test_without_a_delay_the_next_attempt_wants_a_slot_at_once() -> None:
    rehearsal = begun(flow_of("a", a=TaskOptions(retries=1)))
    rehearsal.start(A)

    made = rehearsal.end(A, FAILED)

    assert [move.state for move in made.moves] == ["retrying", "queued"]
    assert [type(command) for command in made.commands] == [Enqueue]


def test_a_wake_that_comes_too_early_is_set_again() -> None:
    rehearsal = begun(flow_of("a", a=TaskOptions(retries=1, retry_delay=MINUTE)))
    rehearsal.start(A)
    rehearsal.end(A, FAILED)

    made = rehearsal.tell(RetryDue(key=A))

    assert made.commands == (Wake(at=NOON + MINUTE, event=RetryDue(key=A)),)
    assert made.changed == ()


def test_a_task_without_tries_left_has_failed_with_the_reason() -> None:
    failure = Failure(cause=Cause.KERNEL_DIED, message="killed by SIGKILL\nand more")
    fate = Fate(outcome=Outcome.KERNEL_DIED, failure=failure)

    run = rehearse(run_of(flow_of("a > b", a=TaskOptions(retries=2))), {"a": fate})

    task_run = run.task_runs[A]
    assert len(task_run.attempts) == task_run.tries == 3
    assert task_run.reason == "killed by SIGKILL"
    assert states(run) == "a failed, b upstream_failed"
    assert run.task_runs[B].reason == "'a' failed"
    assert (run.state, run.reason) == (RunState.FAILED, "'a' did not succeed")


# -- rules, conditions, ends -------------------------------------------------------------------


def test_a_run_is_judged_by_its_leaves() -> None:
    flow = flow_of("a > b", b=rule("all_done"))

    assert rehearse(run_of(flow), {"a": Outcome.FAILED}).state is RunState.SUCCEEDED
    assert rehearse(run_of(flow), {"b": Outcome.FAILED}).state is RunState.FAILED


def test_a_run_in_which_everything_was_skipped_has_succeeded() -> None:
    never = Task(name="a", when=Constant(False))

    run = rehearse(run_of(flow_of("a > b > c", tasks=[never])))

    assert states(run) == "a skipped, b skipped, c skipped"
    assert run.state is RunState.SUCCEEDED
    assert run.task_runs[C].reason == "'b' was skipped"


def test_a_run_tells_which_tasks_made_it_fail() -> None:
    flow = flow_of("a > e", "b > e", "c > e", "d > e")

    run = rehearse(run_of(flow), dict.fromkeys("abcd", Outcome.FAILED))

    assert run.reason == "4 tasks did not succeed: 'a', 'b', 'c' and 1 more"


def test_a_rule_that_is_met_early_starts_its_task_early() -> None:
    rehearsal = begun(flow_of("a > c", "b > c", c=rule("one_failed")))
    rehearsal.start(A)
    rehearsal.start(B)

    rehearsal.end(A, FAILED)

    assert C in rehearsal.queued


def test_a_task_that_always_runs_waits_for_nobody() -> None:
    rehearsal = begun(flow_of("a > b", b=rule("always")))

    assert list(rehearsal.queued) == [A, B]


BROKEN = "its condition a.auc > params.least cannot be computed: "


@pytest.mark.parametrize(
    ("auc", "state", "reason"),
    [
        (0.9, TaskState.SUCCEEDED, ""),
        (0.7, TaskState.SKIPPED, "its condition does not hold: a.auc > params.least"),
        (
            "high",
            TaskState.FAILED,
            BROKEN + "'high' > 0.8 cannot be compared",
        ),
        (
            None,
            TaskState.FAILED,
            BROKEN + "'a' handed on no value 'auc' (none at all)",
        ),
    ],
)
def test_a_condition_decides_when_the_rule_is_met(auc: Any, state: TaskState, reason: str) -> None:
    deploy = Task(name="b", when=Compare(ValueRef("a", "auc"), ">", ParamRef("least")))
    values = {} if auc is None else {"auc": auc}

    run = rehearse(
        run_of(flow_of("a > b", tasks=[deploy]), params={"least": 0.8}), {"a": Fate(values=values)}
    )

    assert (run.task_runs[B].state, run.task_runs[B].reason) == (state, reason)
    assert run.task_runs[A].state is TaskState.SUCCEEDED


def test_a_condition_is_not_looked_at_when_the_rule_is_not_met() -> None:
    broken = Task(name="b", when=ValueRef("a", "gone"))

    run = rehearse(run_of(flow_of("a > b", tasks=[broken])), {"a": Outcome.FAILED})

    assert run.task_runs[B].state is TaskState.UPSTREAM_FAILED


def test_strings_in_a_condition_are_templates() -> None:
    when = Compare(Constant("{{ ds }}"), "==", Constant("2026-01-01"))

    run = rehearse(run_of(flow_of(tasks=[Task(name="a", when=when)])))

    assert run.task_runs[A].state is TaskState.SUCCEEDED


def test_thousands_of_tasks_are_skipped_in_a_row_without_recursion() -> None:
    names = [f"t{index}" for index in range(3_000)]
    first = Task(name="t0", when=Constant(False))

    run = rehearse(run_of(flow_of(" > ".join(names), tasks=[first])))

    assert run.state is RunState.SUCCEEDED
    assert run.task_runs[TaskKey("t2999")].state is TaskState.SKIPPED


# -- cancelling --------------------------------------------------------------------------------


def test_cancelling_a_run_ends_what_waits_and_stops_what_runs() -> None:
    rehearsal = begun(
        flow_of("a > d", "b > d", "c > d", c=TaskOptions(retries=1, retry_delay=MINUTE))
    )
    rehearsal.start(A)
    rehearsal.start(C)
    rehearsal.end(C, FAILED)

    made = rehearsal.tell(CancelRequested(by="ann"))

    assert set(made.commands) == {Stop(key=A, number=1), Dequeue(key=B)}
    assert states(made.run) == "a running, b cancelled, c cancelled, d cancelled"
    assert (made.run.state, made.run.reason) == (RunState.CANCELLING, "cancelled by ann")

    rehearsal.end(A, Fate(outcome=Outcome.CANCELLED))
    task_run = rehearsal.run.task_runs[A]
    assert (task_run.state, task_run.reason) == (TaskState.CANCELLED, "cancelled by ann")
    assert rehearsal.run.state is RunState.CANCELLED
    assert rehearsal.run.ended_at is not None


def test_a_run_that_has_not_started_is_cancelled_at_once() -> None:
    made = step(run_of(flow_of("a")), CancelRequested(), now=NOON)

    assert made.run.state is RunState.CANCELLED
    assert [move.state for move in made.moves] == ["cancelling", "cancelled", "cancelled"]


def test_an_attempt_that_succeeded_as_it_was_stopped_did_succeed() -> None:
    rehearsal = begun(flow_of("a > b"))
    rehearsal.start(A)
    rehearsal.tell(CancelRequested())

    rehearsal.end(A, Fate(values={"x": 1}))

    assert states(rehearsal.run) == "a succeeded, b cancelled"
    assert rehearsal.run.task_runs[A].values == {"x": 1}
    assert rehearsal.run.state is RunState.CANCELLED


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.SUCCEEDED}))
def test_what_was_stopped_is_not_tried_again(outcome: Outcome) -> None:
    rehearsal = begun(flow_of("a", a=TaskOptions(retries=3)))
    rehearsal.start(A)
    rehearsal.tell(CancelRequested(keys=(A,)))

    rehearsal.end(A, Fate(outcome=outcome))

    attempt = rehearsal.run.task_runs[A].attempt
    assert rehearsal.run.task_runs[A].state is TaskState.CANCELLED
    assert attempt is not None
    assert attempt.outcome is outcome


def test_cancelling_twice_stops_once() -> None:
    rehearsal = begun(flow_of("a"))
    rehearsal.start(A)
    rehearsal.tell(CancelRequested(keys=(A,)))

    assert rehearsal.tell(CancelRequested(keys=(A,))).commands == ()
    assert rehearsal.tell(CancelRequested()).commands == ()
    assert rehearsal.tell(CancelRequested()).moves == ()


def test_cancelling_one_task_counts_as_its_failure() -> None:
    rehearsal = begun(flow_of("a > c", "b > d", d=rule("all_done")))

    made = rehearsal.tell(CancelRequested(keys=(A, B), by="ann"))

    assert states(made.run) == "a cancelled, c upstream_failed, b cancelled, d queued"
    assert made.run.task_runs[C].reason == "'a' was cancelled"
    assert made.run.state is RunState.RUNNING
    assert rehearsal.carry_on(lambda *_: Fate()).state is RunState.FAILED


def test_cancelling_a_mapped_task_cancels_all_its_instances() -> None:
    rehearsal = begun(flow_of(tasks=[Task(name="a", expand={"x": Constant([1, 2])})]))
    rehearsal.start(TaskKey("a", 0))

    made = rehearsal.tell(CancelRequested(keys=(A,)))

    assert made.commands == (Stop(key=TaskKey("a", 0), number=1), Dequeue(key=TaskKey("a", 1)))


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ((), "has ended (succeeded), so there is nothing to cancel"),
        ((A,), "has ended (succeeded), so there is nothing to cancel"),
    ],
)
def test_an_ended_run_cannot_be_cancelled(keys: tuple[TaskKey, ...], what: str) -> None:
    run = rehearse(run_of(flow_of("a")))

    with pytest.raises(ConflictError) as caught:
        step(run, CancelRequested(keys=keys), now=NOON)

    assert what in caught.value.what


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (TaskKey("aa"), ["run run has no task 'aa'", "Did you mean 'a'?"]),
        (TaskKey("b", 1), ["task 'b' has no instance 1", "not mapped"]),
        (A, ["what is to be cancelled has ended already"]),
    ],
)
def test_what_cannot_be_cancelled_is_told(key: TaskKey, words: list[str]) -> None:
    rehearsal = begun(flow_of("a > b"))
    rehearsal.start(A)
    rehearsal.end(A, Fate())

    with pytest.raises(ConflictError) as caught:
        rehearsal.tell(CancelRequested(keys=(key,)))

    assert all(word in str(caught.value) for word in words)


# -- the time limit of a run -------------------------------------------------------------------


def limited(flow: Flow) -> Flow:
    return Flow(
        name="limited",
        tasks=flow.tasks,
        edges=flow.edges,
        options=FlowOptions(run_timeout=2 * 60 * MINUTE),
    )


LIMIT = "the run's time limit of 2 h passed"


def test_a_run_that_takes_too_long_is_stopped_and_has_failed() -> None:
    rehearsal = begun(limited(flow_of("a > b")))
    assert rehearsal.steps[0].commands[0] == Wake(at=NOON + 120 * MINUTE, event=RunTimedOut())
    rehearsal.start(A)

    made = rehearsal.wake()
    assert made.commands == (Stop(key=A, number=1),)
    rehearsal.end(A, Fate(outcome=Outcome.CANCELLED))

    assert states(rehearsal.run) == "a cancelled, b cancelled"
    assert rehearsal.run.task_runs[A].reason == rehearsal.run.task_runs[B].reason == LIMIT
    assert (rehearsal.run.state, rehearsal.run.reason) == (RunState.FAILED, LIMIT)


def test_a_run_that_is_over_its_time_has_failed_even_if_its_leaves_did_not() -> None:
    rehearsal = begun(limited(flow_of("a > c", "b > c", c=rule("one_success"))))
    for key in (A, B):
        rehearsal.start(key)
    rehearsal.end(A, Fate())
    rehearsal.start(C)
    rehearsal.end(C, Fate())
    rehearsal.wake()
    rehearsal.end(B, Fate(outcome=Outcome.CANCELLED))

    assert states(rehearsal.run) == "a succeeded, b cancelled, c succeeded"
    assert rehearsal.run.state is RunState.FAILED


def test_a_run_that_was_cancelled_before_its_time_was_over_is_cancelled() -> None:
    rehearsal = begun(limited(flow_of("a")))
    rehearsal.start(A)
    rehearsal.tell(CancelRequested())
    rehearsal.wake()

    rehearsal.end(A, Fate(outcome=Outcome.CANCELLED))

    assert rehearsal.run.state is RunState.CANCELLED


def test_the_clock_of_a_run_that_ended_in_time_disturbs_nobody() -> None:
    rehearsal = begun(limited(flow_of("a")))
    rehearsal.start(A)
    rehearsal.end(A, Fate())

    assert rehearsal.wake().moves == ()


# -- another driver ----------------------------------------------------------------------------


def test_a_driver_that_takes_over_finds_what_ran_lost_and_asks_for_the_rest_again() -> None:
    again = TaskOptions(retries=1, retry_delay=MINUTE)
    rehearsal = begun(limited(flow_of("a > d", "b > d", "c", "e", c=again, e=again)))
    for key in (A, C, TaskKey("e")):
        rehearsal.start(key)
    rehearsal.end(TaskKey("e"), FAILED)
    rehearsal.forget()

    made = rehearsal.tell(RunAdopted())

    assert states(made.run) == "a failed, b queued, d upstream_failed, c retrying, e retrying"
    assert set(made.commands) == {
        Wake(at=NOON + 120 * MINUTE, event=RunTimedOut()),
        Enqueue(key=B, rank=(0, 2), pool=None, slots=1),
        Wake(at=NOON + MINUTE, event=RetryDue(key=C)),
        Wake(at=NOON + MINUTE, event=RetryDue(key=TaskKey("e"))),
    }
    attempt = made.run.task_runs[A].attempt
    assert attempt is not None
    assert attempt.outcome is Outcome.LOST
    assert attempt.failure is not None
    assert made.run.task_runs[A].reason == "the process that ran it is gone"


def test_what_goes_on_without_its_driver_is_not_lost() -> None:
    slow = TaskOptions(expected=MINUTE)
    rehearsal = begun(flow_of("a > c", "b > c", a=slow, b=slow))
    for key in (A, B):
        rehearsal.start(key)
    rehearsal.forget(going_on=[A])

    made = rehearsal.tell(RunAdopted(going_on=(A,)))

    assert states(made.run) == "a running, b failed, c upstream_failed"
    assert Wake(at=NOON + MINUTE, event=AttemptSlow(key=A, number=1)) in made.commands
    rehearsal.end(A, Fate())
    assert states(rehearsal.run) == "a succeeded, b failed, c upstream_failed"
    assert rehearsal.run.state is RunState.FAILED


def test_a_retry_whose_time_passed_while_nobody_drove_is_made_at_once() -> None:
    rehearsal = begun(flow_of("a", a=TaskOptions(retries=1, retry_delay=MINUTE)))
    rehearsal.start(A)
    rehearsal.end(A, FAILED)
    rehearsal.forget()
    rehearsal.now += 2 * MINUTE

    rehearsal.tell(RunAdopted())

    assert A in rehearsal.queued


def test_a_run_that_was_being_cancelled_is_cancelled_by_the_next_driver() -> None:
    rehearsal = begun(flow_of("a > b", a=TaskOptions(retries=5)))
    rehearsal.start(A)
    rehearsal.tell(CancelRequested())
    rehearsal.forget()

    rehearsal.tell(RunAdopted())

    assert states(rehearsal.run) == "a cancelled, b cancelled"
    assert rehearsal.run.state is RunState.CANCELLED


def test_a_run_that_was_over_its_time_stays_so_for_the_next_driver() -> None:
    rehearsal = begun(limited(flow_of("a")))
    rehearsal.start(A)
    rehearsal.wake()
    rehearsal.forget()

    rehearsal.tell(RunAdopted())

    assert (rehearsal.run.state, rehearsal.run.reason) == (RunState.FAILED, LIMIT)


def test_adopting_a_run_that_nobody_started_starts_it() -> None:
    made = step(run_of(flow_of("a")), RunAdopted(), now=NOON)

    assert states(made.run) == "a queued"


def test_adopting_a_run_that_has_ended_changes_nothing() -> None:
    run = rehearse(run_of(flow_of("a")))

    assert step(run, RunAdopted(), now=NOON).run == run

"""Set-ups and teardowns: what they mean for a run, in Airflow's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.events import (
    CancelRequested,
    ClearRequested,
    MarkRequested,
    RepairRequested,
    RunAdopted,
    RunStarted,
    RunTimedOut,
)
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Flow, Role, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.machine.rules import Verdict, judge
from jupyter_flow.core.options import FlowOptions, TaskOptions, TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.core.tally import Tally
from jupyter_flow.testing.luck import Fate, Rehearsal, flow_of, rehearse, run_of
from jupyter_flow.testing.strategies import any_flow

FAILED, SKIP = Fate(outcome=Outcome.FAILED), TaskOptions(trigger=TriggerRule.ALL_FAILED)


def up(name: str = "up", **more: object) -> Task:
    return Task(name=name, role=Role.SETUP, **more)  # type: ignore[arg-type]


def down(name: str = "down", **more: object) -> Task:
    options = TaskOptions(trigger=TriggerRule.ALL_DONE_SETUP_SUCCESS)
    return Task(name=name, role=Role.TEARDOWN, options=options, **more)  # type: ignore[arg-type]


CLUSTER = flow_of("up > a > b > down", "up > down", tasks=[up(), down()])


def states(run: Run) -> str:
    return ", ".join(f"{each.key} {each.state}" for each in run.in_order())


def begun(flow: Flow) -> Rehearsal:
    rehearsal = Rehearsal(run_of(flow))
    rehearsal.tell(RunStarted())
    return rehearsal


def lucky(_key: TaskKey, _number: int) -> Fate:
    return Fate()


# -- the rule of a teardown --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setups", "verdict"),
    [
        (Tally(total=2, succeeded=1, failed=1), Verdict.RUN),
        (Tally(total=2, succeeded=1, skipped=1), Verdict.RUN),
        (Tally(total=2, skipped=2), Verdict.SKIP),
        (Tally(total=2, skipped=1, failed=1), Verdict.BLOCK),
        (Tally(total=1, upstream_failed=1), Verdict.BLOCK),
        (Tally(), Verdict.RUN),
    ],
)
def test_a_teardown_asks_how_its_setups_ended(setups: Tally, verdict: Verdict) -> None:
    done = replace(setups, total=setups.total + 1, failed=setups.failed + 1)

    assert judge(TriggerRule.ALL_DONE_SETUP_SUCCESS, done, setups) is verdict


def test_a_teardown_waits_for_what_comes_right_before_it() -> None:
    running, setup = Tally(total=2, succeeded=1), Tally(total=1, succeeded=1)

    assert judge(TriggerRule.ALL_DONE_SETUP_SUCCESS, running, setup) is Verdict.WAIT


@pytest.mark.parametrize(
    ("fates", "told", "state"),
    [
        ({}, "up succeeded, a succeeded, b succeeded, down succeeded", RunState.SUCCEEDED),
        ({"a": FAILED}, "up succeeded, a failed, b upstream_failed, down succeeded", "failed"),
        (
            {"up": FAILED},
            "up failed, a upstream_failed, b upstream_failed, down upstream_failed",
            "failed",
        ),
        ({"down": FAILED}, "up succeeded, a succeeded, b succeeded, down failed", "succeeded"),
    ],
)
def test_a_teardown_runs_when_its_setup_did(
    fates: dict[str, Fate], told: str, state: RunState
) -> None:
    run = rehearse(run_of(CLUSTER), fates)

    assert (states(run), run.state) == (told, state)


def test_a_teardown_that_has_nothing_to_clean_up_says_so() -> None:
    run = rehearse(run_of(CLUSTER), {"up": FAILED})

    reason = run.task_runs[TaskKey("down")].reason
    assert reason == "nothing that it cleans up succeeded (its rule is all_done_setup_success)"


def test_a_skipped_setup_skips_what_needs_it_and_its_teardown() -> None:
    tasks = [up(options=SKIP), down()]
    flow = flow_of("start > up > a > b > down", "up > down", tasks=tasks)

    run = rehearse(run_of(flow))

    assert states(run) == "start succeeded, up skipped, a skipped, b skipped, down skipped"
    assert run.state is RunState.SUCCEEDED


# -- what a run is judged by -------------------------------------------------------------------


def test_a_run_is_judged_without_its_teardowns() -> None:
    assert CLUSTER.leaves == ("b",)
    assert flow_of("up > a > down", "up > down > mail", tasks=[up(), down()]).leaves == (
        "a",
        "mail",
    )


def test_a_teardown_may_count() -> None:
    flow = flow_of("up > a > down", "up > down", tasks=[up(), down(fails_run=True)])

    run = rehearse(run_of(flow), {"down": FAILED})

    assert flow.leaves == ("down",)
    assert (run.state, run.reason) == (RunState.FAILED, "'down' did not succeed")


def test_where_there_are_only_teardowns_their_leaves_count() -> None:
    flow = flow_of("one > two", tasks=[down("one"), down("two")])

    assert flow.leaves == ("two",)
    assert rehearse(run_of(flow), {"two": FAILED}).state is RunState.FAILED


def test_a_run_does_not_blame_a_teardown_that_does_not_count() -> None:
    run = rehearse(run_of(CLUSTER), {"b": FAILED, "down": FAILED})

    assert run.reason == "'b' did not succeed"


# -- scopes ------------------------------------------------------------------------------------


def test_a_teardown_waits_for_all_that_is_between() -> None:
    """What comes right before it need not wait for all of that."""
    late = TaskOptions(trigger=TriggerRule.ONE_SUCCESS)
    flow = flow_of("up > a > c > down", "up > b > c", "up > down", tasks=[up(), down()], c=late)
    rehearsal = begun(flow)
    rehearsal.start(TaskKey("up"))
    rehearsal.end(TaskKey("up"), Fate())
    for name in "ab":
        rehearsal.start(TaskKey(name))
    rehearsal.end(TaskKey("a"), Fate())
    rehearsal.start(TaskKey("c"))
    rehearsal.end(TaskKey("c"), Fate())

    assert states(rehearsal.run).endswith("b running, c succeeded, down pending")
    rehearsal.end(TaskKey("b"), Fate())
    assert TaskKey("down") in rehearsal.queued


def test_a_teardown_waits_until_what_was_marked_has_stopped() -> None:
    rehearsal = begun(CLUSTER)
    rehearsal.start(TaskKey("up"))
    rehearsal.end(TaskKey("up"), Fate())
    rehearsal.start(TaskKey("a"))
    rehearsal.tell(MarkRequested(key=TaskKey("a"), state=TaskState.FAILED))

    assert states(rehearsal.run).endswith("a failed, b upstream_failed, down pending")
    rehearsal.end(TaskKey("a"), Fate(outcome=Outcome.CANCELLED))
    assert TaskKey("down") in rehearsal.queued


def test_what_is_in_the_scope_of_a_setup_needs_it() -> None:
    """``b`` would run whatever became of ``a``, but not without what is set up for it."""
    tidy = TaskOptions(trigger=TriggerRule.ALL_DONE)
    flow = flow_of("up > a > b > down", "up > down", "c > b", tasks=[up(), down()], b=tidy)

    failed = rehearse(run_of(flow), {"up": FAILED})
    fine = rehearse(run_of(flow), {"a": FAILED})

    assert failed.task_runs[TaskKey("b")].state is TaskState.UPSTREAM_FAILED
    assert failed.task_runs[TaskKey("b")].reason == "'up', which sets it up, failed"
    assert fine.task_runs[TaskKey("b")].state is TaskState.SUCCEEDED


def test_what_is_behind_the_teardown_is_out_of_scope() -> None:
    tidy = TaskOptions(trigger=TriggerRule.ALL_DONE)
    flow = flow_of("up > a > down > mail", "up > down", tasks=[up(), down()], mail=tidy)

    run = rehearse(run_of(flow), {"up": FAILED})

    assert run.task_runs[TaskKey("mail")].state is TaskState.SUCCEEDED


def test_a_setup_without_teardown_is_needed_by_all_downstream() -> None:
    tidy = TaskOptions(trigger=TriggerRule.ALL_DONE)
    flow = flow_of("up > a > b > c", tasks=[up()], b=tidy, c=tidy)

    assert states(rehearse(run_of(flow), {"up": FAILED})) == (
        "up failed, a upstream_failed, b upstream_failed, c upstream_failed"
    )


# -- stopping ----------------------------------------------------------------------------------


def in_a(flow: Flow = CLUSTER) -> Rehearsal:
    """A run in which ``up`` succeeded and ``a`` runs."""
    rehearsal = begun(flow)
    rehearsal.start(TaskKey("up"))
    rehearsal.end(TaskKey("up"), Fate())
    rehearsal.start(TaskKey("a"))
    return rehearsal


def test_a_cancelled_run_still_cleans_up() -> None:
    rehearsal = in_a()
    rehearsal.tell(CancelRequested(by="ann"))

    assert states(rehearsal.run) == "up succeeded, a running, b cancelled, down pending"
    rehearsal.end(TaskKey("a"), Fate(outcome=Outcome.CANCELLED))
    assert (rehearsal.run.state, list(rehearsal.queued)) == ("cancelling", [TaskKey("down")])
    run = rehearsal.carry_on(lucky)
    assert states(run) == "up succeeded, a cancelled, b cancelled, down succeeded"
    assert (run.state, run.reason) == (RunState.CANCELLED, "cancelled by ann")


def test_what_was_set_up_while_it_was_being_stopped_is_cleaned_up() -> None:
    rehearsal = begun(CLUSTER)
    rehearsal.start(TaskKey("up"))
    rehearsal.tell(CancelRequested())
    rehearsal.end(TaskKey("up"), Fate())

    assert states(rehearsal.carry_on(lucky)).endswith("down succeeded")


def test_what_was_not_set_up_is_not_cleaned_up() -> None:
    rehearsal = begun(CLUSTER)
    rehearsal.tell(CancelRequested())

    assert states(rehearsal.run) == "up cancelled, a cancelled, b cancelled, down upstream_failed"
    assert rehearsal.run.state is RunState.CANCELLED


def test_cancelling_once_more_stops_the_cleaning_up() -> None:
    rehearsal = in_a()
    rehearsal.tell(CancelRequested(by="ann"))
    rehearsal.end(TaskKey("a"), Fate(outcome=Outcome.CANCELLED))
    rehearsal.start(TaskKey("down"))
    rehearsal.tell(CancelRequested(by="ben"))

    assert TaskKey("down") in rehearsal.stopping
    run = rehearsal.carry_on(lucky)
    assert run.task_runs[TaskKey("down")].state is TaskState.CANCELLED
    assert run.task_runs[TaskKey("down")].reason == "cancelled by ben"
    assert (run.state, run.reason) == (RunState.CANCELLED, "cancelled by ann")


def test_a_run_whose_time_is_over_cleans_up_and_fails() -> None:
    flow = replace(CLUSTER, options=FlowOptions(run_timeout=timedelta(minutes=1)))
    rehearsal = in_a(flow)
    rehearsal.now += timedelta(minutes=1)
    rehearsal.tell(RunTimedOut())

    run = rehearsal.carry_on(lucky)

    assert states(run) == "up succeeded, a cancelled, b cancelled, down succeeded"
    assert (run.state, run.reason) == (RunState.FAILED, "the run's time limit of 1 min passed")


def test_who_takes_over_a_run_that_is_being_cancelled_cleans_up() -> None:
    rehearsal = in_a()
    rehearsal.tell(CancelRequested())
    rehearsal.forget()
    rehearsal.tell(RunAdopted())

    assert list(rehearsal.queued) == [TaskKey("down")]
    rehearsal.forget()
    rehearsal.tell(RunAdopted())
    run = rehearsal.carry_on(lucky)
    assert states(run) == "up succeeded, a cancelled, b cancelled, down succeeded"
    assert run.state is RunState.CANCELLED


def test_a_clean_up_is_tried_again_in_a_cancelled_run() -> None:
    again = TaskOptions(
        trigger=TriggerRule.ALL_DONE_SETUP_SUCCESS,
        retries=1,
        retry_delay=timedelta(minutes=1),
    )
    flow = replace(
        CLUSTER,
        tasks=tuple(
            replace(each, options=again) if each.name == "down" else each for each in CLUSTER.tasks
        ),
    )
    rehearsal = in_a(flow)
    rehearsal.tell(CancelRequested())

    run = rehearsal.carry_on(lambda _key, number: Fate() if number == 2 else FAILED)

    assert [each.outcome for each in run.task_runs[TaskKey("down")].attempts] == [
        "failed",
        "succeeded",
    ]


# -- doing again -------------------------------------------------------------------------------


def cleared(event: ClearRequested | RepairRequested, **fates: Fate) -> str:
    run = rehearse(run_of(CLUSTER), fates)
    rehearsal = Rehearsal(run)
    rehearsal.tell(event)
    return ", ".join(str(each.key) for each in rehearsal.run.in_order() if not each.state.is_final)


@pytest.mark.parametrize(
    ("tasks", "downstream", "again"),
    [
        (("a",), True, "up, a, b, down"),
        (("a",), False, "up, a, down"),
        (("b",), True, "up, b, down"),
        (("up",), False, "up, down"),
        (("down",), True, "down"),
    ],
)
def test_with_a_task_its_setup_is_done_again(
    tasks: tuple[str, ...], downstream: bool, again: str
) -> None:
    assert cleared(ClearRequested(tasks=tasks, downstream=downstream)) == again


def test_a_repair_sets_up_again() -> None:
    assert cleared(RepairRequested(), b=FAILED) == "up, b, down"
    assert cleared(RepairRequested(), b=FAILED, down=FAILED) == "up, b, down"


def test_a_setup_that_is_marked_is_cleaned_up() -> None:
    run = rehearse(run_of(CLUSTER), {"up": FAILED})
    rehearsal = Rehearsal(run)
    rehearsal.tell(MarkRequested(key=TaskKey("up"), state=TaskState.SUCCEEDED))

    assert states(rehearsal.carry_on(lucky)) == (
        "up succeeded, a succeeded, b succeeded, down succeeded"
    )


# -- whatever the flow -------------------------------------------------------------------------

FATES = st.sampled_from([Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.FAILED, Outcome.LOST])


@settings(max_examples=60, deadline=None)
@given(flow=any_flow(), data=st.data())
def test_what_was_set_up_is_cleaned_up(flow: Flow, data: st.DataObject) -> None:
    """Whatever fails, and whenever the run is stopped or changes its driver."""
    few = {"retries": 1, "depends_on_past": None}
    tasks = (replace(each, options=replace(each.options, **few)) for each in flow.tasks)
    rehearsal = begun(replace(flow, tasks=tuple(tasks)))
    steps = data.draw(st.lists(st.sampled_from(["cancel", "adopt", "go"]), max_size=6))
    is_cancelled = False
    for each in [*steps, *["go"] * 1000]:
        if rehearsal.run.state.is_final:
            break
        if each == "cancel" and not is_cancelled:
            is_cancelled = True
            rehearsal.tell(CancelRequested())
        elif each == "adopt":
            rehearsal.forget()
            rehearsal.tell(RunAdopted())
        else:
            _go_on(rehearsal, data)
    assert rehearsal.run.state.is_final
    for task in flow.tasks:
        setups = flow.scopes.setups.get(task.name, ())
        ended = [each.state for name in setups for each in rehearsal.run.runs_of(name)]
        # Nothing is to be done for each item of an empty list.
        if TaskState.SUCCEEDED in ended and Constant([]) not in task.expand.values():
            assert all(each.attempts for each in rehearsal.run.runs_of(task.name))


def _go_on(rehearsal: Rehearsal, data: st.DataObject) -> None:
    """One thing happens."""
    if rehearsal.running and (not rehearsal.queued or data.draw(st.booleans())):
        key = next(iter(rehearsal.running))
        is_stopping = key in rehearsal.stopping
        outcome = (
            Outcome.CANCELLED if is_stopping and data.draw(st.booleans()) else data.draw(FATES)
        )
        rehearsal.end(key, Fate(outcome=outcome))
    elif rehearsal.queued:
        rehearsal.start(next(iter(rehearsal.queued)))
    elif rehearsal.waiting:
        rehearsal.end_wait(next(iter(rehearsal.waiting)), Fate(outcome=data.draw(FATES)))
    else:
        rehearsal.wake()

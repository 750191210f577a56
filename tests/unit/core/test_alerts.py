"""Who is told what: of runs, of tasks, once, and not what they did themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jupyter_flow.core.alerts import (
    Alert,
    Occasion,
    alerts_of,
    late_alerts,
    late_at,
    refused_alerts,
)
from jupyter_flow.core.events import (
    AttemptSlow,
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    RunAdopted,
    RunStarted,
)
from jupyter_flow.core.expressions import Compare, Constant, ValueRef
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.options import FlowOptions, TaskOptions, TriggerRule
from jupyter_flow.core.run import Fired
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.luck import NOON, Fate, Luck, Rehearsal, flow_of, run_of

TEAM, ANN, BOB = "mailto://team@x.org", "mailto://ann@x.org", "mailto://bob@x.org"
A, B = TaskKey("a"), TaskKey("b")
FAILED = Fate(outcome=Outcome.FAILED)
MINUTE = timedelta(minutes=1)


def told(*addresses: str, on: Sequence[str] = (), **rest: Any) -> TaskOptions:
    return TaskOptions(notify=addresses, on=tuple(on) or None, **rest)


class Ears:
    """Carries a run along, and hears what is told: ``failure a#1 to ann``."""

    def __init__(self, flow: Flow, *, line: TaskOptions = TaskOptions()) -> None:
        self.world = Rehearsal(run_of(replace(flow, defaults=line)))
        self.heard: list[str] = []
        self._known = 0
        self.tell(RunStarted())

    def tell(self, event: Event) -> list[str]:
        self.world.tell(event)
        return self.listen()

    def listen(self) -> list[str]:
        """What was told since it was last listened."""
        news: list[str] = []
        for made, (event, _) in zip(
            self.world.steps[self._known :], self.world.facts[self._known :], strict=True
        ):
            news += [_said(each) for each in alerts_of(made.run, event, made.moves)]
        self._known = len(self.world.steps)
        self.heard += news
        return news

    def end(self, luck: Luck | None = None) -> list[str]:
        """All that is told until the run has ended."""
        self.world.carry_on(luck or (lambda _key, _number: Fate()))
        return self.listen()


def _said(alert: Alert) -> str:
    about = "the run" if alert.key is None else f"{alert.key}#{alert.number}"
    return f"{alert.occasion} {about} to {alert.address.removeprefix('mailto://')[:-6]}"


def fails(*names: str) -> Luck:
    return lambda key, _: FAILED if str(key) in names or key.task in names else Fate()


def mapped(count: int, **rest: Any) -> Task:
    return Task(name="a", expand={"x": Constant(list(range(count)))}, **rest)


# -- the run -----------------------------------------------------------------------------------


def test_a_run_that_fails_in_a_hundred_tasks_is_told_once() -> None:
    names = [f"t{number}" for number in range(100)]

    assert Ears(flow_of(*names), line=told(TEAM)).end(fails(*names)) == ["failure the run to team"]


def test_nobody_is_told_when_nobody_is_named() -> None:
    assert Ears(flow_of("a")).end(fails("a")) == []


@pytest.mark.parametrize(
    ("on", "luck", "heard"),
    [
        ([], fails(), []),
        (["success"], fails(), ["success the run to team"]),
        (["success"], fails("a"), []),
        (["success", "failure"], fails("a"), ["failure the run to team"]),
        (["late", "slow", "retry"], fails("a"), []),
    ],
)
def test_people_hear_what_they_want_to_hear(on: list[str], luck: Luck, heard: list[str]) -> None:
    assert Ears(flow_of("a"), line=told(TEAM, on=on)).end(luck) == heard


def test_an_address_that_is_named_twice_is_told_once() -> None:
    assert Ears(flow_of("a"), line=told(TEAM, TEAM)).end(fails("a")) == ["failure the run to team"]


def test_a_run_that_somebody_cancelled_is_no_news() -> None:
    ears = Ears(flow_of("a"), line=told(TEAM, on=["failure", "success"]))

    assert ears.tell(CancelRequested()) == []
    assert ears.world.run.state is RunState.CANCELLED


def test_a_run_that_fails_again_after_a_repair_is_told_again() -> None:
    ears = Ears(flow_of("a"), line=told(TEAM))
    ears.end(fails("a"))

    ears.tell(RepairRequested())

    assert ears.end(fails("a")) == ["failure the run to team"]


# -- retries, and what is slow -----------------------------------------------------------------


def test_a_retry_is_told_with_the_attempt_that_failed() -> None:
    ears = Ears(flow_of("a", a=TaskOptions(retries=2)), line=told(TEAM, on=["retry"]))

    assert ears.end(fails("a")) == ["retry a#1 to team", "retry a#2 to team"]


def test_what_is_slow_is_told_while_it_lasts() -> None:
    ears = Ears(flow_of("a", a=TaskOptions(expected=MINUTE)), line=told(TEAM, on=["slow"]))
    ears.world.start(A)

    ears.world.wake()

    assert ears.listen() == ["slow a#1 to team"]


@pytest.mark.parametrize(
    "what",
    [
        AttemptSlow(key=A, number=2),
        AttemptSlow(key=TaskKey("gone"), number=1),
        AttemptSlow(key=B, number=1),
    ],
    ids=["another attempt", "a task that is not there", "a task that does not run"],
)
def test_what_is_over_is_not_slow_any_more(what: AttemptSlow) -> None:
    ears = Ears(flow_of("a > b"), line=told(TEAM, on=["slow"]))
    ears.world.start(A)

    assert ears.tell(what) == []


def test_what_is_being_stopped_by_a_clearing_is_not_slow() -> None:
    ears = Ears(flow_of("a"), line=told(TEAM, on=["slow"]))
    ears.world.start(A)
    ears.tell(ClearRequested(tasks=("a",)))

    assert ears.tell(AttemptSlow(key=A, number=1)) == []


# -- tasks with people of their own ------------------------------------------------------------


def test_those_whom_a_task_names_hear_of_it_and_the_others_of_the_run() -> None:
    ears = Ears(flow_of("a > b", a=told(ANN)), line=told(TEAM))

    assert ears.end(fails("a")) == ["failure a#1 to ann", "failure the run to team"]


def test_who_hears_of_the_run_is_not_told_of_the_task_as_well() -> None:
    ears = Ears(flow_of("a > b", a=told(TEAM, ANN)), line=told(TEAM))

    assert ears.end(fails("a")) == ["failure a#1 to ann", "failure the run to team"]


def test_of_a_failure_that_does_no_harm_they_are_told_when_the_run_has_ended_well() -> None:
    harmless = TaskOptions(trigger=TriggerRule.ALL_DONE)
    ears = Ears(flow_of("a > b", a=told(TEAM, ANN), b=harmless), line=told(TEAM))

    assert ears.end(fails("a")) == ["failure a#1 to ann", "failure a#1 to team"]


def test_a_task_that_says_on_what_to_tell_the_people_of_the_line_tells_them() -> None:
    flow = flow_of("a > b", a=TaskOptions(on=("success",)), b=TaskOptions(on=("retry",), retries=1))
    ears = Ears(flow, line=told(TEAM))

    assert ears.end(lambda key, number: FAILED if (key, number) == (B, 1) else Fate()) == [
        "success a#1 to team",
        "retry b#1 to team",
    ]


def test_a_task_of_its_own_people_tells_its_retries_to_them_alone() -> None:
    line = told(TEAM, on=["retry"])
    ears = Ears(flow_of("a", a=told(ANN, retries=1)), line=line)

    assert ears.end(fails("a")) == ["retry a#1 to ann"]


def test_a_condition_that_cannot_be_computed_is_a_failure_without_an_attempt() -> None:
    when = Compare(ValueRef("b", "x"), ">", Constant(1))
    task = Task(name="a", when=when, options=told(ANN))

    assert Ears(flow_of("b > a", tasks=[task])).end() == ["failure a#0 to ann"]


def test_a_wait_in_vain_is_a_failure_and_one_that_ended_well_a_success() -> None:
    options = told(ANN, on=["failure", "success"])
    task = Task(name="a", kind=Kind.WAIT_FOR, parameters={"flow": Constant("x")}, options=options)

    assert Ears(flow_of(tasks=[task])).end() == ["success a#0 to ann"]
    assert Ears(flow_of(tasks=[task])).end(fails("a")) == ["failure a#0 to ann"]


# -- mapped tasks ------------------------------------------------------------------------------


def test_of_a_mapped_task_the_first_failure_speaks_for_all() -> None:
    ears = Ears(flow_of(tasks=[mapped(50, options=told(ANN))]))

    assert ears.end(fails("a[3]", "a[7]", "a[8]")) == ["failure a[3]#1 to ann"]


def test_instances_that_are_lost_together_are_told_once() -> None:
    ears = Ears(flow_of(tasks=[mapped(3, options=told(ANN))]))
    for key in list(ears.world.queued):
        ears.world.start(key)
    ears.world.forget()

    assert ears.tell(RunAdopted()) == ["failure a[0]#1 to ann"]


def test_a_repaired_instance_that_fails_again_is_told_again() -> None:
    ears = Ears(flow_of(tasks=[mapped(3, options=told(ANN))]))
    ears.end(fails("a[1]"))
    ears.tell(RepairRequested())

    assert ears.end(fails("a[1]")) == ["failure a[1]#2 to ann"]


def test_a_mapped_task_succeeded_when_all_its_instances_did() -> None:
    ears = Ears(flow_of(tasks=[mapped(3, options=told(ANN, on=["success"]))]))

    assert ears.end(fails("a[1]")) == []
    ears.tell(RepairRequested())
    assert ears.end() == ["success a#0 to ann"]


# -- by hand -----------------------------------------------------------------------------------


def test_how_a_task_is_marked_by_hand_is_no_news() -> None:
    ears = Ears(flow_of("a > b", a=told(ANN, on=["failure", "success"])))

    assert ears.tell(MarkRequested(key=A, state=TaskState.FAILED)) == []
    assert ears.tell(MarkRequested(key=A, state=TaskState.SUCCEEDED)) == []


def test_a_run_that_ends_by_a_mark_is_told_of() -> None:
    ears = Ears(flow_of("a"), line=told(TEAM))

    assert ears.tell(MarkRequested(key=A, state=TaskState.FAILED)) == ["failure the run to team"]


def test_a_run_that_was_over_and_is_judged_again_by_a_mark_is_no_news() -> None:
    ears = Ears(flow_of("a", "b"), line=told(TEAM, on=["failure", "success"]))
    ears.end(fails("a", "b"))

    assert ears.tell(MarkRequested(key=A, state=TaskState.SUCCEEDED)) == []
    assert ears.tell(MarkRequested(key=B, state=TaskState.SUCCEEDED)) == []
    assert ears.world.run.state is RunState.SUCCEEDED


def test_what_follows_from_a_mark_is_told() -> None:
    flow = flow_of("a > b", b=told(ANN))
    ears = Ears(flow, line=told(TEAM))
    ears.end(fails("a"))
    ears.tell(MarkRequested(key=A, state=TaskState.SUCCEEDED))

    assert ears.end(fails("b")) == ["failure b#1 to ann", "failure the run to team"]


# -- late, and what could not even begin -------------------------------------------------------

DAILY = FlowOptions(deadline=45 * MINUTE)


@pytest.mark.parametrize(
    ("fired", "expected"),
    [
        (Fired(series="etl", at=NOON - 5 * MINUTE), NOON + 40 * MINUTE),
        (None, NOON + 45 * MINUTE),
        (Fired(series="etl", at=NOON - timedelta(days=90), backfill="b1"), NOON + 45 * MINUTE),
    ],
    ids=["a schedule fired it", "a person started it", "a backfill wants it"],
)
def test_a_run_is_late_a_while_after_it_was_to_start(fired: Fired | None, expected: Any) -> None:
    flow = replace(flow_of("a"), options=DAILY, defaults=told(TEAM, on=["late"]))

    assert late_at(replace(run_of(flow), fired=fired)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"options": FlowOptions()},
        {"defaults": told(TEAM)},
        {"defaults": TaskOptions(on=("late",))},
    ],
    ids=["it has no deadline", "nobody listens for that", "nobody listens"],
)
def test_a_run_is_not_late_if_nobody_would_hear_of_it(changes: dict[str, Any]) -> None:
    flow = replace(flow_of("a"), options=DAILY, defaults=told(TEAM, on=["late"]))

    assert late_at(run_of(replace(flow, **changes))) is None


def test_those_who_listen_for_it_are_told_that_a_run_is_late() -> None:
    flow = replace(flow_of("a"), options=DAILY, defaults=told(TEAM, ANN, on=["late"]))

    assert late_alerts(RunId("r"), flow) == tuple(
        Alert(run=RunId("r"), occasion=Occasion.LATE, address=each) for each in (TEAM, ANN)
    )


@pytest.mark.parametrize(
    ("on", "heard"), [([], [BOB]), (["failure", "late"], [BOB]), (["success"], [])]
)
def test_that_a_run_could_not_be_made_is_a_failure(on: list[str], heard: list[str]) -> None:
    alerts = refused_alerts(RunId("r"), [BOB], on)

    assert [each.address for each in alerts] == heard
    assert all(each.occasion is Occasion.FAILURE and each.key is None for each in alerts)


def test_a_question_is_told_to_whom_it_is_for_and_to_who_hears_of_any() -> None:
    asked = {"question": Constant("Go?"), "to": Constant([BOB, ANN])}
    ask = Task(name="ask", kind=Kind.APPROVE, parameters=asked)
    flow = flow_of("load > ask > deploy", tasks=[ask])
    ears = Ears(flow, line=told(TEAM, ANN, on=["question"]))

    assert ears.heard == []
    assert ears.end() == [f"question ask#0 to {who}" for who in ("bob", "ann", "team")]

"""Any small flow, through any order of luck and any wish of a person: the promises hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    AttemptSlow,
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    RunAdopted,
    RunStarted,
    WaitEnded,
)
from jupyter_flow.core.expressions import Compare, Constant, Expression, ValueRef
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.machine import replay
from jupyter_flow.core.machine.verdicts import Verdict, verdict_on
from jupyter_flow.core.options import FlowOptions, TaskOptions, TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import MOVES, Outcome, RunState, Signal, TaskState
from jupyter_flow.testing.luck import Fate, Rehearsal, recounted, run_of
from jupyter_flow.testing.strategies import with_roles

OPTIONS = st.builds(
    TaskOptions,
    trigger=st.just(TriggerRule.ALL_SUCCESS) | st.sampled_from(TriggerRule),
    retries=st.integers(0, 2),
    retry_delay=st.sampled_from([timedelta(0), timedelta(minutes=1)]),
    depends_on_past=st.sampled_from([None, None, True]),
    expected=st.sampled_from([None, None, timedelta(seconds=30)]),
)
LISTS = st.lists(st.integers(0, 3), max_size=3)
FATES = st.builds(
    Fate,
    outcome=st.sampled_from(Outcome),
    values=st.just({}) | st.fixed_dictionaries({"x": LISTS | st.integers(0, 9)}),
)


@st.composite
def waits(draw: Any, ups: list[str]) -> dict[str, Expression]:
    """What a wait is given; the value of a task may turn out to be no length of time."""
    given: dict[str, Expression] = {"flow": Constant("other")}
    if draw(st.booleans()):
        timeout: st.SearchStrategy[Expression] = st.just(Constant("1m"))
        if ups:
            timeout |= st.sampled_from(ups).map(lambda up: ValueRef(up, "x"))
        given["timeout"] = draw(timeout)
    if draw(st.booleans()):
        given["soft_fail"] = Constant(draw(st.booleans()))
    return given


@st.composite
def flows(draw: Any) -> Flow:
    count = draw(st.integers(1, 6))
    tasks: list[Task] = []
    edges: set[tuple[str, str]] = set()
    for name in "abcdef"[:count]:
        before = [task.name for task in tasks]
        ups = draw(st.lists(st.sampled_from(before), max_size=3)) if before else []
        edges |= {(up, name) for up in ups}
        value: st.SearchStrategy[Expression] = LISTS.map(Constant)
        if ups:
            value |= st.sampled_from(ups).map(lambda up: ValueRef(up, "x"))
        expand = {"item": draw(value)} if draw(st.integers(0, 2)) == 0 else {}
        when = None
        if ups and draw(st.integers(0, 5)) == 0:
            when = Compare(ValueRef(draw(st.sampled_from(ups)), "x"), "!=", Constant(1))
        given: dict[str, Expression] = {}
        kind = draw(st.sampled_from([Kind.NOTEBOOK, Kind.NOTEBOOK, Kind.WAIT_FOR]))
        if kind is Kind.WAIT_FOR:
            given = draw(waits(ups))
        options = draw(OPTIONS)
        task = Task(
            name=name, kind=kind, parameters=given, expand=expand, when=when, options=options
        )
        tasks.append(task)
    limit = draw(st.none() | st.just(timedelta(minutes=2)))
    options = FlowOptions(run_timeout=limit)
    flow = Flow(name="any", tasks=tuple(tasks), edges=frozenset(edges), options=options)
    made: Flow = draw(with_roles(flow))
    return made


class AnyLuck(RuleBasedStateMachine):
    """Drives a run as the world might; after each step, what must hold does."""

    rehearsal: Rehearsal
    first: Run

    @initialize(flow=flows())
    def begin(self, flow: Flow) -> None:
        self.first = run_of(flow)
        self.rehearsal = Rehearsal(self.first)
        self.tell(RunStarted())

    @property
    def run(self) -> Run:
        return self.rehearsal.run

    def tell(self, event: Event) -> None:
        before = self.run
        try:
            made = self.rehearsal.tell(event)
        except ConflictError:
            assert self.run is before
        else:
            self.check_step(before, made)

    def check_step(self, before: Run, made: Any) -> None:
        """What a step says has changed is what has changed, and every move was in the table."""
        keys = [each.key for each in made.changed]
        assert len(keys) == len(set(keys))
        gone = {key: None for key in before.task_runs if key not in made.run.task_runs}
        assert set(made.removed) == set(gone)
        for key, after in made.run.task_runs.items():
            assert (before.task_runs.get(key) is not after) <= (key in keys)
        assert all(made.run.task_runs[each.key] is each for each in made.changed)
        steps = {(old, new) for (old, _), new in MOVES.items()}
        now = {key: each.state for key, each in before.task_runs.items()}
        for move in made.moves:
            if move.key is not None:
                old = now.get(move.key, TaskState.PENDING)
                assert (old, TaskState(move.state)) in steps
                now[move.key] = TaskState(move.state)

    def act(self, what: Any, *args: Any) -> None:
        before = self.run
        what(*args)
        self.check_step(before, self.rehearsal.steps[-1])

    @precondition(lambda self: self.rehearsal.queued)
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        self.act(self.rehearsal.start, data.draw(st.sampled_from(list(self.rehearsal.queued))))

    @precondition(lambda self: self.rehearsal.running)
    @rule(data=st.data(), fate=FATES)
    def end(self, data: st.DataObject, fate: Fate) -> None:
        key = data.draw(st.sampled_from(list(self.rehearsal.running)))
        if key not in self.rehearsal.stopping and fate.outcome is Outcome.CANCELLED:
            fate = replace(fate, outcome=Outcome.SUCCEEDED)
        was_stopping = self.run.task_runs[key].is_stopping
        self.act(self.rehearsal.end, key, fate)
        if was_stopping:
            is_good = fate.outcome is Outcome.SUCCEEDED
            wanted = TaskState.SUCCEEDED if is_good else TaskState.CANCELLED
            assert self.run.task_runs[key].state is wanted

    @precondition(lambda self: self.rehearsal.waiting)
    @rule(data=st.data(), fate=FATES)
    def end_wait(self, data: st.DataObject, fate: Fate) -> None:
        key = data.draw(st.sampled_from(list(self.rehearsal.waiting)))
        self.act(self.rehearsal.end_wait, key, fate)

    @precondition(lambda self: self.rehearsal.waiting)
    @rule(data=st.data(), signal=st.sampled_from([Signal.FAIL, Signal.SKIP]))
    def end_wait_without_hope(self, data: st.DataObject, signal: Any) -> None:
        key = data.draw(st.sampled_from(list(self.rehearsal.waiting)))
        del self.rehearsal.waiting[key]
        self.tell(WaitEnded(key=key, signal=signal))
        assert self.run.task_runs[key].state.is_final

    @rule(data=st.data(), signal=st.sampled_from([Signal.RELEASE, Signal.SUCCEED, Signal.FAIL]))
    def tell_too_late(self, data: st.DataObject, signal: Any) -> None:
        """What is told of a wait or an attempt that is over changes nothing."""
        key = self.draw_key(data)
        before = self.run
        if key not in self.rehearsal.waiting:
            self.tell(WaitEnded(key=key, signal=signal))
        self.tell(AttemptSlow(key=key, number=1))
        assert self.run == before

    @precondition(lambda self: self.rehearsal.next_wake)
    @rule()
    def wake(self) -> None:
        self.act(self.rehearsal.wake)

    @precondition(lambda self: not self.run.state.is_final)
    @rule(data=st.data(), everything=st.integers(0, 3).map(lambda n: n == 0))
    def cancel(self, data: st.DataObject, everything: bool) -> None:
        keys = () if everything else (self.draw_key(data),)
        self.tell(CancelRequested(keys=keys))

    @rule()
    def repair(self) -> None:
        self.tell(RepairRequested())

    @rule(data=st.data(), downstream=st.booleans())
    def clear(self, data: st.DataObject, downstream: bool) -> None:
        names = st.sampled_from(self.run.plan.flow.graph.order)
        if self.rehearsal.running:
            names |= st.sampled_from([key.task for key in self.rehearsal.running])
        name = data.draw(names)
        self.tell(ClearRequested(tasks=(name,), downstream=downstream))

    @rule(data=st.data(), state=st.sampled_from([TaskState.SUCCEEDED, TaskState.FAILED]))
    def mark(self, data: st.DataObject, state: Any) -> None:
        self.tell(MarkRequested(key=self.draw_key(data), state=state, values={"x": [1, 2]}))

    @precondition(lambda self: not self.run.state.is_final)
    @rule()
    def another_driver(self) -> None:
        self.rehearsal.forget()
        self.tell(RunAdopted())

    @precondition(lambda self: not self.run.state.is_final and self.rehearsal.running)
    @rule(data=st.data())
    def another_driver_that_finds_some_going_on(self, data: st.DataObject) -> None:
        keys = sorted(self.rehearsal.running, key=str)
        going_on = data.draw(st.lists(st.sampled_from(keys), unique=True))
        self.rehearsal.forget(going_on=going_on)
        self.tell(RunAdopted(going_on=tuple(going_on)))
        assert all(self.run.task_runs[key].is_open for key in going_on)

    def is_wait(self, key: TaskKey) -> bool:
        return self.run.plan.flow[key.task].kind is Kind.WAIT_FOR

    def draw_key(self, data: st.DataObject) -> TaskKey:
        return data.draw(st.sampled_from(sorted(self.run.task_runs, key=str)))

    @invariant()
    def counts_are_right(self) -> None:
        assert recounted(self.run) == self.run

    @invariant()
    def never_stuck(self) -> None:
        """A run that has not ended has something to wait for."""
        world = self.rehearsal
        states = {each.state for each in self.run.task_runs.values()}
        is_due = TaskState.RETRYING in states and world.next_wake
        waits = world.queued or world.running or world.waiting or is_due
        assert self.run.state.is_final or waits, "nothing can happen, yet the run is not over"

    @invariant()
    def nothing_is_given_up_that_could_start(self) -> None:
        """The one rule that can wait for ever is the one that waits for removed instances."""
        for each in self.run.task_runs.values():
            if each.reason.startswith("it can never start"):
                assert self.run.plan.policy(each.key.task).trigger is TriggerRule.ALL_SKIPPED

    @invariant()
    def what_is_undecided_cannot_be_decided(self) -> None:
        """Whatever rule says run, skip or block has been obeyed, but for what is being stopped."""
        if self.run.state not in (RunState.RUNNING, RunState.CANCELLING):
            return
        for task in self.run.undecided:
            verdict = verdict_on(self.run, task)
            is_held = any(each.is_open for each in self.run.runs_of(task))
            assert verdict is Verdict.WAIT or (verdict is Verdict.RUN and is_held)

    @invariant()
    def the_world_is_as_the_run_knows_it(self) -> None:
        states = {key: each.state for key, each in self.run.task_runs.items()}
        running = {key for key, state in states.items() if state is TaskState.RUNNING}
        assert {k for k, state in states.items() if state is TaskState.QUEUED} == set(
            self.rehearsal.queued
        )
        assert {k for k, state in states.items() if state is TaskState.WAITING} == set(
            self.rehearsal.waiting
        )
        assert {key for key, each in self.run.task_runs.items() if each.is_open} == set(
            self.rehearsal.running
        )
        # Whatever runs without being wanted any more was told to stop.
        assert set(self.rehearsal.running) - running <= self.rehearsal.stopping

    @invariant()
    def an_ended_run_has_nothing_live(self) -> None:
        if self.run.state.is_final:
            assert not self.run.live
            assert not self.rehearsal.running
            assert self.run.ended_at is not None
        if self.run.state is RunState.SUCCEEDED:
            leaves = self.run.plan.flow.leaves
            assert not any(each.state.is_bad for leaf in leaves for each in self.run.runs_of(leaf))

    @invariant()
    def attempts_are_numbered_from_one(self) -> None:
        for each in self.run.task_runs.values():
            numbers = [attempt.number for attempt in each.attempts]
            assert numbers == list(range(1, len(numbers) + 1))
            assert all(attempt.outcome for attempt in each.attempts[:-1])

    @invariant()
    def what_waits_makes_no_attempts(self) -> None:
        assert not any(
            each.attempts for key, each in self.run.task_runs.items() if self.is_wait(key)
        )

    def teardown(self) -> None:
        """From wherever it is, the run comes to its end; and its facts tell it all again."""
        if hasattr(self, "rehearsal"):
            self.rehearsal.carry_on(lambda _key, _number: Fate(values={"x": [1]}))
            assert self.run.state.is_final
            assert not self.run.live
            assert replay(self.first, self.rehearsal.facts) == self.run


TestAnyLuck = AnyLuck.TestCase
TestAnyLuck.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


def test_a_task_that_needs_nothing_asks_for_a_slot_at_once() -> None:
    rehearsal = Rehearsal(run_of(Flow(name="one", tasks=(Task(name="a"),))))

    made = rehearsal.tell(RunStarted())

    assert made.commands == (Enqueue(key=TaskKey("a"), rank=(0, 1), pool=None, slots=1),)

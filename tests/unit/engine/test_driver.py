"""The driver does as the machine says, writes everything down, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.alerts import Occasion
from jupyter_flow.core.errors import LeaseLostError, StoreUnreachableError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    CancelRequested,
    Event,
    MarkRequested,
    RepairRequested,
    RunAdopted,
)
from jupyter_flow.core.expressions import Constant, ValueRef
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.core.options import FlowOptions, TaskOptions
from jupyter_flow.core.run import Cause, Failure, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.driver import Driver
from jupyter_flow.engine.places import Places
from jupyter_flow.engine.slots import Slots
from jupyter_flow.engine.surroundings import LEASE, Surroundings
from jupyter_flow.ports.executor import Assignment, Prospect, Report
from jupyter_flow.ports.lookout import Sight
from jupyter_flow.ports.runs import Entry, Lease
from jupyter_flow.store.memory import MemoryRunStore, MemoryStores
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.lookouts import ScriptedLookout
from jupyter_flow.testing.luck import Fate, flow_of, run_of

BROKEN = Fate(outcome=Outcome.FAILED, failure=Failure(cause=Cause.CELL_ERROR, name="ValueError"))
HANGS = None


class FatefulExecutor:
    """Ends each attempt at once with the next of its task's fates; `HANGS` waits to be stopped."""

    def __init__(self, fates: dict[str, Iterable[Fate | None]]) -> None:
        self._fates = {task: iter(each) for task, each in fates.items()}
        self._hanging: dict[tuple[TaskKey, int], Report] = {}
        self.assignments: list[Assignment] = []
        self.ended_lost: list[tuple[TaskKey, int]] = []
        self.foreseen: list[list[str]] = []
        self.forgotten: list[RunId] = []
        self.outlives_drivers = False

    @property
    def cluster(self) -> str:
        return "tcp://cluster:8786" if self.outlives_drivers else ""

    def get_ready(self) -> None:
        raise AssertionError("whoever begins a process says so, not a driver")

    def foresee(self, prospects: Sequence[Prospect]) -> None:
        self.foreseen.append([each.key.task for each in prospects])

    def forget(self, run: RunId) -> None:
        self.forgotten.append(run)

    def start(self, assignment: Assignment, report: Report) -> None:
        self.assignments.append(assignment)
        key, number = assignment.key, assignment.number
        fate = next(self._fates.get(key.task, iter(())), Fate())
        report(AttemptProgressed(key=key, number=number, cell=1, cells=1))
        if fate is HANGS:
            self._hanging[key, number] = report
            return
        report(
            AttemptEnded(
                key=key,
                number=number,
                outcome=fate.outcome,
                values=fate.values,
                failure=fate.failure,
            )
        )

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        report = self._hanging.pop((key, number), None)
        if report is not None:
            report(AttemptEnded(key=key, number=number, outcome=Outcome.CANCELLED))

    def take_up(self, assignment: Assignment, report: Report) -> bool:
        attempt = assignment.key, assignment.number
        if self.outlives_drivers and attempt in self._hanging:
            self._hanging[attempt] = report
            return True
        return False

    def let_go(self, run: RunId, key: TaskKey, number: int) -> bool:
        return self.outlives_drivers and (key, number) in self._hanging

    def end(self, task: str, fate: Fate) -> None:
        """What hangs of *task* meets its *fate*."""
        (found,) = [each for each in self._hanging if each[0].task == task]
        report = self._hanging.pop(found)
        ended = AttemptEnded(key=found[0], number=found[1], outcome=fate.outcome)
        report(replace(ended, values=fate.values, failure=fate.failure))

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        self.ended_lost.append((key, number))

    @property
    def kept(self) -> int:
        return 0

    def make_room(self) -> None:
        raise AssertionError("it keeps no kernel")

    def close(self) -> None:
        raise AssertionError("a driver does not close what it shares")


class World:
    """A store, a clock and an executor, in which one run can be driven again and again."""

    def __init__(
        self,
        flow: Flow,
        fates: dict[str, Iterable[Fate | None]] | None = None,
        store: MemoryRunStore | None = None,
    ) -> None:
        self.clock, self.store = FakeClock(), store or MemoryRunStore()
        self.executor = FatefulExecutor(fates or {})
        self.lookout = ScriptedLookout()
        self.published: list[Entry] = []
        self.run = run_of(flow, at=self.clock.now())
        self.store.create(self.run)
        self.begin_process()

    def begin_process(self) -> None:
        """What lives no longer than a process is new."""
        self.slots = Slots(Admission(max_parallel=2), has_memory=lambda: True)

    def driver(self, owner: str = "me") -> Driver:
        around = Surroundings(
            store=self.store,
            executor=self.executor,
            lookout=self.lookout,
            slots=self.slots,
            clock=self.clock,
            assignments=Assignments(Places(Path("/home")), self.store),
            published=self.hear,
        )
        now = self.clock.now()
        lease = self.store.lease(self.run.id, owner, now=now, duration=LEASE)
        assert lease is not None
        return Driver(lease, around, since=now)

    def drive(self) -> Run:
        return self.driver().drive()

    def ask(self, request: CancelRequested | RepairRequested | MarkRequested) -> None:
        self.store.ask(self.run.id, request, now=self.clock.now())

    def hear(self, entry: Entry) -> None:
        self.published.append(entry)


def states(run: Run) -> dict[str, str]:
    return {str(key): task_run.state.value for key, task_run in run.task_runs.items()}


def test_a_run_is_carried_to_its_end_in_order() -> None:
    world = World(flow_of("a > b > d", "a > c > d"))

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    assert [str(each.key) for each in world.executor.assignments] == ["a", "b", "c", "d"]
    assert world.executor.foreseen == [["a", "b", "c", "d"]]
    assert states(world.store.load(run.id)) == states(run) == dict.fromkeys("abcd", "succeeded")


def test_every_entry_is_written_and_told_in_order() -> None:
    world = World(flow_of("a > b"))

    run = world.drive()

    journal = world.store.journal(run.id)
    assert world.published == journal
    assert [entry.seq for entry in journal] == list(range(1, len(journal) + 1))


def test_values_reach_the_tasks_that_use_them() -> None:
    train = Task(name="train", parameters={"rows": ValueRef("load", "rows"), "seed": Constant(1)})
    world = World(flow_of(tasks=[Task(name="load"), train]), {"load": [Fate(values={"rows": 7})]})

    world.drive()

    assert world.executor.assignments[1].parameters == {"rows": 7, "seed": 1}


def test_an_attempt_whose_inputs_are_missing_fails_without_a_kernel() -> None:
    train = Task(name="train", parameters={"rows": ValueRef("load", "rows")})
    world = World(flow_of(tasks=[Task(name="load"), train]))

    run = world.drive()

    assert run.state is RunState.FAILED
    assert [each.key.task for each in world.executor.assignments] == ["load"]
    failure = run.task_runs[TaskKey("train")].attempts[-1].failure
    assert failure is not None
    assert failure.cause is Cause.START_FAILED
    assert "rows" in failure.message


def test_a_retry_waits_for_its_time_and_no_test_waits_with_it() -> None:
    options = TaskOptions(retries=1, retry_delay=timedelta(hours=1))
    world = World(flow_of("a", a=options), {"a": [BROKEN, Fate()]})
    before = world.clock.now()

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    assert [each.outcome for each in run.task_runs[TaskKey("a")].attempts] == [
        Outcome.FAILED,
        Outcome.SUCCEEDED,
    ]
    assert world.clock.now() - before >= timedelta(hours=1)


def test_a_run_that_takes_too_long_is_stopped() -> None:
    flow = Flow(
        name="slow",
        tasks=(Task(name="a"), Task(name="b")),
        options=FlowOptions(run_timeout=timedelta(minutes=5)),
    )
    world = World(flow, {"a": [HANGS]})

    run = world.drive()

    assert run.state is RunState.FAILED
    assert states(run) == {"a": "cancelled", "b": "succeeded"}


def test_a_request_left_by_another_process_is_answered() -> None:
    world = World(flow_of("a > b"), {"a": [HANGS]})
    world.ask(CancelRequested())

    run = world.drive()

    assert run.state is RunState.CANCELLED
    assert world.store.requests(run.id) == []


def test_a_request_that_cannot_be_granted_is_put_away() -> None:
    world = World(flow_of("a"))
    world.ask(RepairRequested())

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    assert world.store.requests(run.id) == []


def test_a_repair_does_again_what_failed_and_nothing_else() -> None:
    world = World(flow_of("a > b > c"), {"b": [BROKEN]})
    assert world.drive().state is RunState.FAILED
    world.ask(RepairRequested())

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    assert [str(each.key) for each in world.executor.assignments] == ["a", "b", "b", "c"]


def test_a_repair_in_a_new_process_foresees_only_what_is_done_again() -> None:
    world = World(flow_of("a > b"), {"b": [BROKEN, Fate()]})
    assert world.drive().state is RunState.FAILED
    world.ask(RepairRequested())

    world.drive()

    assert world.executor.foreseen == [["a", "b"], ["b"]]


def test_a_run_that_another_process_left_is_carried_on() -> None:
    world = World(flow_of("a > b", b=TaskOptions(retries=1)))
    die_while_it_runs(world, "b")

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    assert any(isinstance(entry.event, RunAdopted) for entry in world.store.journal(run.id))
    outcomes = [each.outcome for each in run.task_runs[TaskKey("b")].attempts]
    assert outcomes == [Outcome.LOST, Outcome.SUCCEEDED]
    assert world.executor.foreseen == [["a", "b"], ["b"]]
    assert len(run.task_runs[TaskKey("a")].attempts) == 1


def test_what_goes_on_without_its_driver_is_taken_up_by_the_next() -> None:
    world = World(flow_of("a > b"), {"a": [HANGS]})
    world.executor.outlives_drivers = True
    die_while_it_runs(world, "a")
    hear = world.hear

    def then_end(entry: Entry) -> None:
        hear(entry)
        if isinstance(entry.event, RunAdopted):
            world.executor.end("a", Fate())

    world.hear = then_end  # type: ignore[method-assign]

    run = world.drive()

    assert run.state is RunState.SUCCEEDED
    (adopted,) = (each.event for each in world.published if isinstance(each.event, RunAdopted))
    assert adopted.going_on == (TaskKey("a"),)
    assert len(run.task_runs[TaskKey("a")].attempts) == 1
    assert world.executor.ended_lost == []
    assert world.slots.in_use == 0


def test_what_goes_on_and_is_to_be_stopped_is_stopped_by_who_takes_it_up() -> None:
    world = World(flow_of("a > b"), {"a": [HANGS]})
    world.executor.outlives_drivers = True
    die_while_it_runs(world, "a")
    world.ask(CancelRequested())

    run = world.drive()

    assert states(run) == {"a": "cancelled", "b": "cancelled"}


def test_a_driver_that_lost_its_lease_stops_its_attempts_and_writes_no_more() -> None:
    world = World(flow_of("a"), {"a": [HANGS]})
    first = world.driver("first")
    at_first = world.hear

    def then_lose(entry: Entry) -> None:
        at_first(entry)
        if states(world.store.load(world.run.id))["a"] == TaskState.RUNNING:
            later = world.clock.now() + LEASE * 2
            assert world.store.lease(world.run.id, "second", now=later, duration=LEASE)

    first._around = _with(first._around, then_lose)

    with pytest.raises(LeaseLostError):
        first.drive()

    assert states(world.store.load(world.run.id)) == {"a": "running"}
    assert world.executor._hanging == {}


class _PulledPlugError(BaseException):
    pass


def pull_the_plug_when(world: World, driver: Driver, *, running: str) -> None:
    """Drive until the task *running* runs, then die as SIGKILL would let it: nothing is undone."""
    start = world.executor.start

    def start_and_die(assignment: Assignment, report: Report) -> None:
        start(assignment, report)
        if assignment.key.task == running:
            raise _PulledPlugError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.executor, "start", start_and_die)
        patch.setattr(driver, "_leave", lambda: None)
        patch.setattr(driver._attempts, "stop_all", lambda _: None)
        driver.drive()


def die_while_it_runs(world: World, task: str) -> None:
    """A driver dies while *task* runs; its lease ends, and another process is there."""
    with pytest.raises(_PulledPlugError):
        pull_the_plug_when(world, world.driver("gone"), running=task)
    world.clock.advance(LEASE * 2)
    world.begin_process()


def _with(around: Surroundings, published: object) -> Surroundings:
    return replace(around, published=published)  # type: ignore[arg-type]


def test_a_run_that_was_left_and_is_to_be_stopped_is_cancelled_not_tried_again() -> None:
    world = World(flow_of("a > b", b=TaskOptions(retries=1)))
    die_while_it_runs(world, "b")
    world.ask(CancelRequested())

    run = world.drive()

    assert run.state is RunState.CANCELLED
    assert states(run) == {"a": "succeeded", "b": "cancelled"}


def test_a_driver_that_is_asked_to_cancel_does_so_once() -> None:
    world = World(flow_of("a > b"), {"a": [HANGS]})
    driver = world.driver()
    driver.cancel("SIGINT")
    driver.cancel("SIGTERM")

    run = driver.drive()

    assert run.state is RunState.CANCELLED
    asked = [each for each in world.published if isinstance(each.event, CancelRequested)]
    assert len(asked) == 1


def test_templates_in_the_environment_are_rendered() -> None:
    world = World(flow_of("a", a=TaskOptions(env={"DAY": "{{ ds }}", "N": "{{ attempt }}"})))

    world.drive()

    env = world.executor.assignments[0].env
    assert (env["DAY"], env["N"]) == (world.run.logical_date.date().isoformat(), "1")


class ShakyStore(MemoryRunStore):
    """Cannot be reached for some of the writes of AttemptEnded, before or after they are done."""

    def __init__(self, *, failures: int, done: bool) -> None:
        super().__init__()
        self.failures, self.done = failures, done

    def record(self, lease: Lease, run: Run, event: Event, **fields: Any) -> Entry:
        if not isinstance(event, AttemptEnded) or self.failures == 0:
            return super().record(lease, run, event, **fields)
        self.failures -= 1
        if self.done:
            super().record(lease, run, event, **fields)
        raise StoreUnreachableError("the server has closed the connection")


@pytest.mark.parametrize("done", [False, True])
def test_a_write_that_was_cut_off_is_in_the_journal_once(done: bool) -> None:
    world = World(flow_of("a > b"), store=ShakyStore(failures=1, done=done))

    run = world.drive()

    journal = world.store.journal(run.id)
    ends = [each.event.key.task for each in journal if isinstance(each.event, AttemptEnded)]
    assert run.state is RunState.SUCCEEDED
    assert ends == ["a", "b"]
    assert world.published == journal
    assert [entry.seq for entry in journal] == list(range(1, len(journal) + 1))


def test_a_store_that_is_away_for_longer_than_the_lease_ends_the_attempts() -> None:
    store = ShakyStore(failures=10**6, done=False)
    world = World(flow_of("a", "b"), {"b": [HANGS]}, store=store)

    with pytest.raises(StoreUnreachableError):
        world.drive()

    assert world.executor._hanging == {}
    assert states(world.store.load(world.run.id)) == {"a": "running", "b": "running"}
    store.failures = 0
    world.clock.advance(LEASE * 2)
    world.begin_process()
    assert world.drive().state is RunState.FAILED, "both are lost, and nothing says to retry them"


def test_what_was_left_running_is_ended_before_the_run_is_taken_up() -> None:
    world = World(flow_of("a > b", b=TaskOptions(retries=1)))
    die_while_it_runs(world, "b")

    world.drive()

    assert world.executor.ended_lost == [(TaskKey("b"), 1)]


def at_the_first_attempt(act: Callable[[], None]) -> Callable[[Entry], None]:
    return lambda entry: act() if isinstance(entry.event, AttemptStarted) else None


def test_a_driver_that_is_to_leave_lets_what_runs_end_and_begins_nothing() -> None:
    world = World(flow_of("a > b > c"))
    first = world.driver("first")
    first._around = _with(first._around, at_the_first_attempt(first.leave))

    left = first.drive()

    assert states(left) == {"a": "succeeded", "b": "queued", "c": "pending"}
    assert world.store.holder(left.id, now=world.clock.now()) is None
    run = world.drive()
    assert run.state is RunState.SUCCEEDED
    assert [len(each.attempts) for each in run.task_runs.values()] == [1, 1, 1]


def test_a_driver_in_a_hurry_leaves_its_attempts_to_be_found_lost() -> None:
    world = World(flow_of("a", a=TaskOptions(retries=1)), {"a": [HANGS, Fate()]})
    first = world.driver("first")
    first._around = _with(first._around, at_the_first_attempt(lambda: first.leave(hurry=True)))

    left = first.drive()

    assert states(left) == {"a": "running"}
    assert world.executor._hanging == {}
    run = world.drive()
    outcomes = [each.outcome for each in run.task_runs[TaskKey("a")].attempts]
    assert outcomes == [Outcome.LOST, Outcome.SUCCEEDED]


def test_a_task_waits_for_itself_in_the_run_before() -> None:
    world = World(flow_of("a", a=TaskOptions(depends_on_past=True)), {"a": [BROKEN, Fate()]})
    assert world.drive().state is RunState.FAILED
    failed = world.run
    world.clock.advance(timedelta(hours=1))
    world.run = replace(run_of(failed.plan.flow, at=world.clock.now()), id=RunId("second"))
    world.store.create(world.run)

    def then_mend(entry: Entry) -> None:
        if any(move.state == TaskState.WAITING for move in entry.moves):
            lease = world.store.lease(failed.id, "me", now=world.clock.now(), duration=LEASE)
            assert lease is not None
            mark = MarkRequested(key=TaskKey("a"), state=TaskState.SUCCEEDED)
            world.store.ask(failed.id, mark, now=world.clock.now())
            around = _with(driver._around, lambda _: None)
            Driver(lease, around, since=world.clock.now()).drive()

    driver = world.driver()
    driver._around = _with(driver._around, then_mend)
    before = world.clock.now()

    run = driver.drive()

    assert run.state is RunState.SUCCEEDED
    moves = [
        move.state for entry in world.store.journal(run.id) for move in entry.moves if move.key
    ]
    assert moves == ["waiting", "queued", "running", "succeeded"]
    assert world.clock.now() - before < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("state", "within", "expected"),
    [
        (RunState.SUCCEEDED, None, "succeeded"),
        (RunState.FAILED, None, "failed"),
        (RunState.SUCCEEDED, "1h", "succeeded"),
    ],
)
def test_a_task_waits_for_another_flow(state: RunState, within: str | None, expected: str) -> None:
    given = {"flow": Constant("other"), "timeout": Constant("20m")}
    given |= {"within": Constant(within)} if within else {}
    wait = Task(name="wait", kind=Kind.WAIT_FOR, parameters=given)
    world = World(flow_of("wait > a", tasks=[wait]))
    earlier = timedelta(minutes=30 if within else 0)
    other = run_of(replace(flow_of("x"), name="other"), at=world.run.logical_date - earlier)
    world.store.create(replace(other, id=RunId("other-run"), state=state))
    before = world.clock.now()

    run = world.drive()

    assert states(run)["wait"] == expected
    task_run = run.task_runs[TaskKey("wait")]
    if expected == "succeeded":
        assert task_run.values == {"run": "other-run"}
    else:
        assert world.clock.now() - before == timedelta(minutes=20)
        assert "other" in task_run.reason
    assert not task_run.attempts


def _looking(**given: Any) -> Task:
    parameters = {name: Constant(value) for name, value in given.items()}
    return Task(name="wait", kind=Kind.WAIT_FOR, parameters=parameters)


def test_what_others_look_for_is_noted_and_ends_the_wait() -> None:
    world = World(flow_of("wait > a", tasks=[_looking(file="in/*.csv")]))
    there = Sight(is_there=True, is_last=True, values={"count": 1})
    world.lookout = ScriptedLookout({"wait": [Sight(seen="nothing is there"), there]})

    run = world.drive()

    reasons = [move.reason for entry in world.published for move in entry.moves if move.key]
    assert "waits for in/*.csv: nothing is there (looks every 10 s)" in reasons
    assert states(run) == {"wait": "succeeded", "a": "succeeded"}
    assert run.task_runs[TaskKey("wait")].values == {"count": 1}
    assert not run.task_runs[TaskKey("wait")].attempts


@pytest.mark.parametrize(
    ("sight", "soft", "expected"),
    [
        (Sight(seen="nothing", is_last=True), False, "failed"),
        (Sight(seen="nothing", is_last=True), True, "skipped"),
        (Sight(seen="no such connection", is_hopeless=True, is_last=True), True, "failed"),
    ],
)
def test_what_others_look_for_in_vain(sight: Sight, soft: bool, expected: str) -> None:
    world = World(flow_of(tasks=[_looking(file="x", soft_fail=soft)]))
    world.lookout = ScriptedLookout({"wait": [sight]})

    run = world.drive()

    assert states(run)["wait"] == expected
    assert sight.seen in run.task_runs[TaskKey("wait")].reason


def test_nobody_looks_any_longer_when_the_run_is_stopped_or_left() -> None:
    world = World(flow_of(tasks=[_looking(file="x")]))
    driver = world.driver()
    driver.leave()

    left = driver.drive()
    world.ask(CancelRequested())
    world.clock.advance(LEASE)
    again = world.driver("other").drive()

    assert (left.state, again.state) == (RunState.RUNNING, RunState.CANCELLED)
    assert world.lookout.ended == world.lookout.watched


def test_a_moment_comes_without_a_look() -> None:
    world = World(flow_of("wait > a", tasks=[_looking(until="2h")]))
    before = world.clock.now()

    run = world.drive()

    assert states(run) == {"wait": "succeeded", "a": "succeeded"}
    assert world.clock.now() - before == timedelta(hours=2)
    assert world.lookout.watched == []


def test_alerts_come_with_what_they_are_about() -> None:
    options = TaskOptions(notify=("mailto://team@example.com",))
    flow = replace(flow_of("a > b"), defaults=options)
    stores = MemoryStores()
    world = World(flow, {"a": [BROKEN]}, store=stores.runs)

    run = world.drive()

    (told,) = stores.alerts.of_run(run.id)
    assert (told.alert.occasion, told.alert.key) == (Occasion.FAILURE, None)
    assert told.sent_at is None


def test_how_far_a_short_attempt_came_is_told_with_its_end() -> None:
    world = World(flow_of("a"))

    run = world.drive()

    assert run.task_runs[TaskKey("a")].attempts[-1].cells == 1
    assert not [each for each in world.published if isinstance(each.event, AttemptProgressed)]

"""What every executor promises, as tests; and an executor that plays attempts instead of making
them.

Derive a class from `ExecutorContract`, give it the fixture ``executor``, and pytest holds your
executor to the port::

    class TestMyExecutor(ExecutorContract):
        @pytest.fixture
        def executor(self): ...
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.executor import Assignment, Executor, Prospect, Report

from .clocks import FakeClock
from .notebooks import write_notebook

_Key = tuple[RunId, TaskKey, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How an attempt goes: through *cells* code cells, then as said.

    One that *lasts* goes on until it is stopped or its time limit ends it.
    """

    cells: int = 1
    outcome: Outcome = Outcome.SUCCEEDED
    failure: Failure | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    lasts: bool = False


class ScriptedExecutor:
    """Plays attempts: no kernel, no file. An `Executor`.

    *script* says how each goes; ``started`` has all assignments in their order. With a *clock*,
    virtual time stands still while an attempt is under way.
    """

    def __init__(
        self,
        script: Callable[[Assignment], Play] = lambda assignment: Play(),  # noqa: ARG005
        *,
        clock: FakeClock | None = None,
    ) -> None:
        self.started: list[Assignment] = []
        self._script = script
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[_Key, tuple[threading.Event, threading.Thread]] = {}

    @property
    def cluster(self) -> str:
        return ""

    def get_ready(self) -> None:
        """Nothing: it is."""

    def foresee(self, prospects: Sequence[Prospect]) -> None:
        """Nothing: what it needs is all there."""

    def forget(self, run: RunId) -> None:
        """Nothing: it has foreseen nothing."""

    def start(self, assignment: Assignment, report: Report) -> None:
        key = (assignment.run, assignment.key, assignment.number)
        stopped = threading.Event()
        hold = self._clock.hold() if self._clock is not None else None

        def play() -> None:
            try:
                self._play(assignment, report, stopped)
            finally:
                with self._lock:
                    self._running.pop(key, None)
                if hold is not None:
                    hold.release()

        thread = threading.Thread(target=play, name=f"play {assignment.key}", daemon=True)
        with self._lock:
            self.started.append(assignment)
            self._running[key] = stopped, thread
        thread.start()

    def _play(self, assignment: Assignment, report: Report, stopped: threading.Event) -> None:
        play = self._script(assignment)
        key, number = assignment.key, assignment.number
        for cell in range(1, play.cells + 1):
            report(AttemptProgressed(key=key, number=number, cell=cell, cells=play.cells))
        outcome, failure = play.outcome, play.failure
        if play.lasts:
            limit = assignment.timeout.total_seconds() if assignment.timeout else None
            is_stopped = stopped.wait(limit)
            outcome = Outcome.CANCELLED if is_stopped else Outcome.TIMED_OUT
            failure = Failure(cause=Cause.CANCELLED if is_stopped else Cause.TIMEOUT)
        report(
            AttemptEnded(
                key=key, number=number, outcome=outcome, failure=failure, values=play.values
            )
        )

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        with self._lock:
            found = self._running.get((run, key, number))
        if found is not None:
            found[0].set()

    def take_up(self, assignment: Assignment, report: Report) -> bool:  # noqa: ARG002
        """Never: no attempt of it outlives its process."""
        return False

    def let_go(self, run: RunId, key: TaskKey, number: int) -> bool:  # noqa: ARG002
        """Never: no attempt of it outlives its process."""
        return False

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        """Nothing: no attempt of it outlives its process."""

    @property
    def kept(self) -> int:
        return 0

    def make_room(self) -> None:
        """Nothing: it has no kernels."""

    def close(self) -> None:
        with self._lock:
            running = list(self._running.values())
        for stopped, thread in running:
            stopped.set()
            thread.join()


#: The notebooks of the contract, by the task's name, and how a scripted executor plays them.
SCENES: Mapping[str, tuple[tuple[str, ...], Play]] = {
    "succeeds": (
        ("a = 1", "import jupyter_flow.handoff as h\nh.output(a=a)"),
        Play(cells=2, values={"a": 1}),
    ),
    "fails": (
        ("1 / 0", "2"),
        Play(
            outcome=Outcome.FAILED,
            failure=Failure(cause=Cause.CELL_ERROR, name="ZeroDivisionError", cell=1),
        ),
    ),
    "lasts": (("import time; time.sleep(600)",), Play(lasts=True)),
}


def play_scene(assignment: Assignment) -> Play:
    """The script of the contract's notebooks, for `ScriptedExecutor`."""
    return SCENES[assignment.key.task][1]


class ExecutorContract:
    """The promises of `jupyter_flow.ports.executor.Executor`."""

    #: How long, in seconds, an attempt may take to end.
    patience = 60.0

    @pytest.fixture
    def executor(self) -> Executor:
        """The executor that is held to the contract; closed by the fixture of the derived class."""
        raise NotImplementedError

    def assignment(self, folder: Path, scene: str, number: int = 1, **given: Any) -> Assignment:
        """The assignment of one of the `SCENES`."""
        source = write_notebook(folder / f"{scene}.ipynb", *SCENES[scene][0])
        return Assignment(
            run=RunId("run"),
            flow="contract",
            key=TaskKey(scene),
            number=number,
            notebook=source,
            source=source.name,
            folder=folder,
            executed=folder / "runs" / scene / f"{number}.ipynb",
            log=folder / "runs" / scene / f"{number}.log",
            artifacts=folder / "runs" / scene / str(number),
            **given,
        )

    def reports(
        self, inbox: SimpleQueue[AttemptProgressed | AttemptEnded]
    ) -> list[AttemptProgressed | AttemptEnded]:
        """All reports up to the end."""
        found = [inbox.get(timeout=self.patience)]
        while not isinstance(found[-1], AttemptEnded):
            found.append(inbox.get(timeout=self.patience))
        return found

    def end_of(self, executor: Executor, assignment: Assignment) -> AttemptEnded:
        """Make the attempt; its end."""
        inbox: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
        executor.start(assignment, inbox.put)
        end = self.reports(inbox)[-1]
        assert isinstance(end, AttemptEnded)
        return end

    def test_a_good_notebook_succeeds_with_its_values(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        end = self.end_of(executor, self.assignment(tmp_path, "succeeds", 3))
        assert (end.key, end.number) == (TaskKey("succeeds"), 3)
        assert (end.outcome, end.failure) == (Outcome.SUCCEEDED, None)
        assert end.values == {"a": 1}

    def test_a_failing_cell_is_told(self, executor: Executor, tmp_path: Path) -> None:
        end = self.end_of(executor, self.assignment(tmp_path, "fails"))
        assert end.outcome is Outcome.FAILED
        assert end.failure is not None
        assert end.failure.cause is Cause.CELL_ERROR
        assert (end.failure.name, end.failure.cell) == ("ZeroDivisionError", 1)

    def test_progress_counts_up_before_the_end(self, executor: Executor, tmp_path: Path) -> None:
        inbox: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
        executor.start(self.assignment(tmp_path, "succeeds"), inbox.put)
        *progress, end = self.reports(inbox)
        cells = [
            (each.cell, each.cells) for each in progress if isinstance(each, AttemptProgressed)
        ]
        assert cells == [(1, 2), (2, 2)]
        assert isinstance(end, AttemptEnded)

    def test_a_time_limit_ends_it(self, executor: Executor, tmp_path: Path) -> None:
        limit = timedelta(seconds=2)
        end = self.end_of(executor, self.assignment(tmp_path, "lasts", timeout=limit))
        assert end.outcome is Outcome.TIMED_OUT
        assert end.failure is not None
        assert end.failure.cause is Cause.TIMEOUT

    def test_a_stopped_attempt_is_cancelled_once(self, executor: Executor, tmp_path: Path) -> None:
        inbox: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
        assignment = self.assignment(tmp_path, "lasts")
        executor.start(assignment, inbox.put)
        assert isinstance(inbox.get(timeout=self.patience), AttemptProgressed)
        for _ in range(3):
            executor.stop(assignment.run, assignment.key, assignment.number)
        end = self.reports(inbox)[-1]
        assert isinstance(end, AttemptEnded)
        assert end.outcome is Outcome.CANCELLED
        executor.stop(assignment.run, assignment.key, assignment.number)
        executor.close()
        assert inbox.empty()

    def test_what_was_foreseen_need_not_come_and_may(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        given = self.assignment(tmp_path, "succeeds")
        missing = tmp_path / "nowhere.ipynb"
        prospects = [
            Prospect(run=given.run, key=TaskKey(task), notebook=notebook, folder=given.folder)
            for task, notebook in (("succeeds", given.notebook), ("missing", missing))
        ]
        executor.get_ready()
        executor.foresee(prospects)
        assert self.end_of(executor, given).outcome is Outcome.SUCCEEDED

    def test_stopping_an_unknown_attempt_does_nothing(self, executor: Executor) -> None:
        executor.stop(RunId("nobody's"), TaskKey("nothing"), 1)

    def test_attempts_do_not_mix(self, executor: Executor, tmp_path: Path) -> None:
        good: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
        bad: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
        executor.start(self.assignment(tmp_path, "succeeds"), good.put)
        executor.start(self.assignment(tmp_path, "fails"), bad.put)
        assert {each.key.task for each in self.reports(good)} == {"succeeds"}
        assert {each.key.task for each in self.reports(bad)} == {"fails"}

    def test_closing_ends_all_that_run_and_waits_for_it(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        inbox: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
        for number in (1, 2):
            executor.start(self.assignment(tmp_path, "lasts", number), inbox.put)
        executor.close()
        ends = []
        while not inbox.empty():
            report = inbox.get_nowait()
            ends += [report] if isinstance(report, AttemptEnded) else []
        assert [end.outcome for end in ends] == [Outcome.CANCELLED] * 2, ends

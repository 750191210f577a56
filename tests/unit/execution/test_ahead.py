"""Which kernel boots ahead: the next one of the flow, while a core idles, and one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.execution import ahead
from jupyter_flow.execution.ahead import Ahead, AttemptKey
from jupyter_flow.ports.kernels import Kernel, KernelRequest

ONE, TWO = RunId("one"), RunId("two")


def key(task: str, run: RunId = ONE) -> AttemptKey:
    return run, TaskKey(task), 1


def request(task: str) -> KernelRequest:
    return KernelRequest(name=task, folder=Path("/lab"))


class OneAtATime:
    """A launcher that only keeps what it was told to start ahead."""

    def __init__(self) -> None:
        self.kept: str | None = None
        self.log: list[str] = []

    def get_ready(self) -> None: ...
    def foresee(self, requests: Iterable[KernelRequest]) -> None: ...
    def close(self) -> None: ...
    def launch(self, request: KernelRequest) -> Kernel:
        raise NotImplementedError

    def start_ahead(self, request: KernelRequest) -> bool:
        if self.kept is not None:
            return False
        self.kept = str(request.name)
        self.log.append(self.kept)
        return True

    def forget_ahead(self) -> None:
        self.kept = None


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "cores", lambda: 2)


def foreseen(*tasks: str) -> tuple[Ahead, OneAtATime]:
    launcher = OneAtATime()
    made = Ahead(launcher)
    made.foresee((key(task), request(task)) for task in tasks)
    return made, launcher


def test_the_next_one_boots_when_the_one_before_is_taken() -> None:
    made, launcher = foreseen("b", "c")
    made.start(busy=1)
    made.start(busy=1)
    assert launcher.log == ["b"]
    launcher.kept = None
    made.start(busy=1)

    assert launcher.log == ["b", "c"]


@pytest.mark.parametrize("busy", [2, 3])
def test_none_boots_while_all_cores_are_at_work(busy: int) -> None:
    made, launcher = foreseen("b")
    made.start(busy=busy)

    assert launcher.log == []


def test_what_has_begun_needs_none() -> None:
    made, launcher = foreseen("b", "c")
    made.begun(key("b"))
    made.start(busy=0)

    assert launcher.log == ["c"]


def test_what_has_begun_before_it_was_foreseen_needs_none_either() -> None:
    made, launcher = foreseen()
    made.begun(key("b"))
    made.foresee([(key("b"), request("b")), (key("c"), request("c"))])
    made.start(busy=0)

    assert launcher.log == ["c"]


def test_one_that_was_not_taken_does_not_stand_in_the_way() -> None:
    made, launcher = foreseen("skipped", "c")
    made.start(busy=0)
    launcher.forget_ahead()  # its time was up
    made.start(busy=0)

    assert launcher.log == ["skipped", "c"]


def test_a_run_that_is_over_leaves_none() -> None:
    made, launcher = foreseen("b", "c")
    made.foresee([(key("d", TWO), request("d"))])
    made.start(busy=0)
    made.forget(ONE)
    assert launcher.kept is None
    made.start(busy=0)
    made.forget(ONE)

    assert launcher.kept == "d"


def test_there_is_at_least_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert ahead.cores() >= 1

"""A kernel whose cell failed stays for a while, as it was, and never longer than it may."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.kept import (
    CROWDED,
    ENDED,
    LEAVING,
    SHORT_OF_MEMORY,
    SUCCEEDED,
    TIME_IS_UP,
    KeptKernels,
    address_beside,
)
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.ports.executor import Assignment

from .conftest import PATIENT, Attempt, Trial, gone, notebook_of

FAILING = ("import os\nx = 41 + 1", "raise ValueError('look at x')", "x = 0")

Made = Callable[..., LocalExecutor]


@pytest.fixture
def keeping() -> Iterator[Made]:
    """Executors that keep kernels so many at once, for so long."""
    made = []

    def make(**limits: Any) -> LocalExecutor:
        made.append(LocalExecutor(graces=PATIENT, kept=KeptKernels(**limits)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def ask(trial: Trial, **expressions: str) -> dict[str, str]:
    """What the kept kernel of an attempt says these are."""
    client = BlockingKernelClient(connection_file=str(address_beside(trial.assignment.executed)))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        reply = client.execute("", user_expressions=expressions, reply=True, timeout=60)
    finally:
        client.stop_channels()
    answers = reply["content"]["user_expressions"]
    return {name: answer["data"]["text/plain"] for name, answer in answers.items()}


def holder(trial: Trial) -> threading.Thread:
    """The thread that holds the kernel of an attempt; it ends when the kernel is closed."""
    name = f"flow.{trial.assignment.key}#{trial.assignment.number}"
    return next(each for each in threading.enumerate() if each.name == name)


def closed(trial: Trial, thread: threading.Thread) -> str:
    """Wait until the kernel is closed; why it is, as the log has it."""
    thread.join(60)
    assert not thread.is_alive()
    assert not address_beside(trial.assignment.executed).exists()
    return trial.log.splitlines()[-1].rpartition("is closed: ")[2]


def test_it_answers_with_its_variables_after_the_end_was_told(
    attempt: Attempt, keeping: Made
) -> None:
    executor = keeping()
    trial = attempt(*FAILING, keep_kernel=True, on=executor)
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.FAILED, Cause.CELL_ERROR)
    assert executor.kept == 1
    assert trial.statuses == ["completed", "failed", "pending"]
    address = address_beside(trial.assignment.executed)
    assert f"jupyter console --existing {address}" in trial.log
    assert address.stat().st_mode & 0o777 == 0o600

    answer = ask(trial, x="x", pid="os.getpid()")
    thread = holder(trial)
    executor.close()

    assert answer["x"] == "42"
    assert closed(trial, thread) == LEAVING
    assert gone([int(answer["pid"])])
    assert executor.kept == 0


def test_a_cell_that_took_too_long_is_interrupted_and_kept(attempt: Attempt, keeping: Made) -> None:
    limit = timedelta(seconds=2)
    cell = "x = 7\nimport time\ntime.sleep(600)"
    trial = attempt(cell, keep_kernel=True, cell_timeout=limit, on=keeping())
    assert trial.failure.cause is Cause.CELL_TIMEOUT
    assert ask(trial, x="x") == {"x": "7"}


@pytest.mark.parametrize(
    ("cells", "given"),
    [
        (FAILING, {}),
        (("1",), {"keep_kernel": True}),
        (("import os; os.kill(os.getpid(), 9)",), {"keep_kernel": True}),
    ],
    ids=["not wanted", "succeeded", "died"],
)
def test_no_other_kernel_is_kept(
    attempt: Attempt, keeping: Made, cells: tuple[str, ...], given: dict[str, Any]
) -> None:
    executor = keeping()
    trial = attempt(*cells, on=executor, **given)
    assert trial.end
    assert executor.kept == 0
    assert "is kept" not in trial.log


def test_nobody_keeps_any_when_none_may_be(attempt: Attempt, keeping: Made) -> None:
    executor = keeping(most=0)
    trial = attempt(*FAILING, keep_kernel=True, on=executor)
    assert trial.end.outcome is Outcome.FAILED
    assert executor.kept == 0
    assert not address_beside(trial.assignment.executed).exists()


def test_the_oldest_makes_room_for_the_newest(attempt: Attempt, keeping: Made) -> None:
    executor = keeping(most=1)
    first = attempt(*FAILING, keep_kernel=True, key="first", on=executor)
    assert first.end
    thread = holder(first)
    second = attempt(*FAILING, keep_kernel=True, key="second", on=executor)
    assert second.end
    assert closed(first, thread) == CROWDED
    assert ask(second, x="x") == {"x": "42"}


def test_it_goes_when_its_time_is_up(attempt: Attempt, keeping: Made) -> None:
    trial = attempt(*FAILING, keep_kernel=True, on=keeping(seconds=0.01))
    thread = next((t for t in threading.enumerate() if t.name == "flow.task#1"), None)
    assert trial.end
    assert thread is not None
    assert closed(trial, thread) == TIME_IS_UP


def test_it_goes_when_its_task_succeeds_after_all(attempt: Attempt, keeping: Made) -> None:
    executor = keeping()
    first = attempt(*FAILING, keep_kernel=True, on=executor)
    assert first.end
    thread = holder(first)
    again = attempt("1", keep_kernel=True, on=executor)
    assert again.end.outcome is Outcome.SUCCEEDED
    assert closed(first, thread) == SUCCEEDED


def test_it_goes_when_memory_is_short(attempt: Attempt, keeping: Made) -> None:
    executor = keeping()
    trial = attempt(*FAILING, keep_kernel=True, on=executor)
    assert trial.end
    thread = holder(trial)
    executor.make_room()
    assert closed(trial, thread) == SHORT_OF_MEMORY


def test_who_talks_to_it_may_end_it(attempt: Attempt, keeping: Made) -> None:
    trial = attempt(*FAILING, keep_kernel=True, on=keeping())
    assert trial.end
    thread = holder(trial)
    os.kill(int(ask(trial, pid="os.getpid()")["pid"]), signal.SIGTERM)
    assert closed(trial, thread) == ENDED


def test_what_it_says_to_others_is_not_in_the_notebook_of_the_attempt(
    attempt: Attempt, keeping: Made
) -> None:
    executor = keeping()
    trial = attempt(*FAILING, keep_kernel=True, on=executor)
    before = trial.executed
    ask(trial, loud="print('overheard')")
    executor.close()
    assert trial.executed == before
    assert "overheard" not in trial.log


HOLDER = """
import sys
from pathlib import Path
from queue import SimpleQueue
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.ports.executor import Assignment

folder = Path(sys.argv[1])
ends = SimpleQueue()
LocalExecutor().start(
    Assignment(
        run=RunId("run"), flow="flow", key=TaskKey("task"), number=1,
        notebook=folder / "source.ipynb", source="source.ipynb", folder=folder,
        executed=folder / "1.ipynb", log=folder / "1.log", artifacts=folder / "1",
        keep_kernel=True,
    ),
    ends.put,
)
while not hasattr(ends.get(), "outcome"):
    pass
print("failed", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has wardens")
def test_it_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    import nbformat

    nbformat.write(notebook_of(*FAILING), tmp_path / "source.ipynb")
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "failed\n"
        assignment = _assignment(tmp_path)
        pid = int(ask(Trial(assignment=assignment), pid="os.getpid()")["pid"])
        ended = os.pidfd_open(pid)
        process.kill()
    import select

    assert select.select([ended], [], [], 60)[0] == [ended]
    os.close(ended)
    assert gone([pid])


def _assignment(folder: Path) -> Assignment:
    from jupyter_flow.core.ids import RunId, TaskKey

    return Assignment(
        run=RunId("run"),
        flow="flow",
        key=TaskKey("task"),
        number=1,
        notebook=folder / "source.ipynb",
        source="source.ipynb",
        folder=folder,
        executed=folder / "1.ipynb",
        log=folder / "1.log",
        artifacts=folder / "1",
    )

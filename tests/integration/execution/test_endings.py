"""How attempts end, each told apart, with the truth about every cell in the executed notebook."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.stopping import Graces

from .conftest import BOTH_ROUTES, RUN, Attempt, launcher_of, notebook_of, until_heard

pytestmark = BOTH_ROUTES


def test_every_cell_of_a_good_notebook_is_completed(attempt: Attempt) -> None:
    trial = attempt("print('hello')", "1 + 1")
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.statuses == ["completed", "completed"]
    assert trial.text(0) == "hello\n"
    assert trial.executed.cells[1].outputs[0].data["text/plain"] == "2"
    assert trial.executed.metadata.papermill.exception is None
    assert trial.executed.metadata.papermill.input_path == trial.assignment.source


def test_the_end_tells_what_it_cost(attempt: Attempt) -> None:
    end = attempt("1").end
    assert end.cpu is not None
    assert 0 < end.cpu < 60
    assert end.memory is not None
    assert end.memory > 10**6


def test_a_failing_cell_is_named_with_its_line_and_the_bases_of_its_error(attempt: Attempt) -> None:
    trial = attempt("x = 1", "def f():\n    raise KeyError('gone')\n\nf()", "3")
    failure = trial.failure
    assert (trial.end.outcome, failure.cause) == (Outcome.FAILED, Cause.CELL_ERROR)
    assert (failure.name, failure.message) == ("KeyError", "'gone'")
    assert failure.bases == ("LookupError", "Exception", "BaseException")
    assert (failure.cell, failure.cell_id, failure.line) == (2, "cell-2", 2)
    assert failure.source == "    raise KeyError('gone')"
    assert "KeyError" in failure.traceback
    assert "\x1b" not in failure.traceback
    assert trial.statuses == ["completed", "failed", "pending"]
    assert trial.executed.cells[1].metadata.papermill.exception is True
    assert trial.executed.metadata.papermill.exception is True
    assert [cell.id for cell in trial.executed.cells] == ["cell-1", "cell-2", "cell-3"]


def test_a_syntax_error_has_its_line(attempt: Attempt) -> None:
    failure = attempt("x = 1\ny = = 2").failure
    assert (failure.name, failure.line, failure.source) == ("SyntaxError", 2, "y = = 2")


def test_cells_are_counted_as_in_the_source(attempt: Attempt) -> None:
    """The cell that carries the parameters is not there for the author."""
    trial = attempt(("n = 1", "parameters"), "1 / n", parameters={"n": 0})
    assert (trial.failure.cell, trial.failure.cell_id) == (2, "cell-2")
    assert trial.statuses == ["completed", "completed", "failed"]
    assert trial.progress == [(1, 2), (2, 2)]


def test_a_kernel_killed_in_a_cell_is_told_with_its_signal(attempt: Attempt) -> None:
    trial = attempt("x = 1", until_heard("last words") + "os.kill(os.getpid(), 9)", "3")
    failure = trial.failure
    assert (trial.end.outcome, failure.cause) == (Outcome.KERNEL_DIED, Cause.KERNEL_DIED)
    assert failure.signal == signal.SIGKILL
    assert "SIGKILL" in failure.message
    assert failure.cell == 2
    assert trial.statuses == ["completed", "failed", "pending"]
    assert trial.executed.metadata.papermill.exception is True
    assert trial.text(1) == "last words\n"


@pytest.mark.parametrize(
    ("code", "signal_number", "status"),
    [
        ("import os; os._exit(3)", None, 3),
        ("import os; os._exit(0)", None, 0),
        ("import ctypes; ctypes.string_at(0)", signal.SIGSEGV, None),
        ("import os; os.abort()", signal.SIGABRT, None),
    ],
)
def test_a_kernel_that_ends_by_itself_is_told_with_its_status(
    attempt: Attempt, code: str, signal_number: int | None, status: int | None
) -> None:
    trial = attempt(code, "2")
    assert trial.end.outcome is Outcome.KERNEL_DIED
    assert (trial.failure.signal, trial.failure.exit_status) == (signal_number, status)
    assert trial.statuses == ["failed", "pending"]


def test_a_cell_that_takes_too_long_is_interrupted(attempt: Attempt) -> None:
    trial = attempt("1", "import time\ntime.sleep(60)", "3", cell_timeout=timedelta(seconds=2))
    failure = trial.failure
    assert (trial.end.outcome, failure.cause) == (Outcome.TIMED_OUT, Cause.CELL_TIMEOUT)
    assert (failure.cell, failure.line) == (2, 2)
    assert "KeyboardInterrupt" in failure.traceback
    assert trial.statuses == ["completed", "failed", "pending"]


def test_an_attempt_that_takes_too_long_is_stopped_though_each_cell_is_quick(
    attempt: Attempt,
) -> None:
    cells = ["import time; time.sleep(0.2)"] * 50
    trial = attempt(*cells, timeout=timedelta(seconds=2), cell_timeout=timedelta(seconds=30))
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.TIMED_OUT, Cause.TIMEOUT)
    assert "pending" in trial.statuses


@pytest.fixture
def hasty(route: str) -> Iterator[LocalExecutor]:
    """An executor that does not wait long for what heeds nothing."""
    graces = Graces(interrupt=2.0, terminate=1.0)
    made = LocalExecutor(graces=graces, launcher=launcher_of(route))
    yield made
    made.close()


def test_a_cell_that_swallows_the_interrupt_is_terminated(
    attempt: Attempt, hasty: LocalExecutor
) -> None:
    stubborn = """
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        print("no", flush=True)
"""
    trial = attempt(stubborn, cell_timeout=timedelta(seconds=2), on=hasty)
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.TIMED_OUT, Cause.CELL_TIMEOUT)
    assert "no" in trial.text(0)


def test_a_kernel_that_ignores_everything_is_killed(attempt: Attempt, hasty: LocalExecutor) -> None:
    deaf = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
end = time.monotonic() + 60
while time.monotonic() < end:
    pass
"""
    trial = attempt(deaf, cell_timeout=timedelta(seconds=2), on=hasty)
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.TIMED_OUT, Cause.CELL_TIMEOUT)
    assert [word for word in ("interrupt", "terminate", "kill") if f": {word}" in trial.log] == [
        "interrupt",
        "terminate",
        "kill",
    ]


def test_a_stopped_attempt_is_cancelled(attempt: Attempt, executor) -> None:
    trial = attempt("1", "print('here', flush=True)\nimport time; time.sleep(60)")
    while trial.next() != AttemptProgressed(
        key=trial.assignment.key, number=trial.assignment.number, cell=2, cells=2
    ):
        pass
    executor.stop(RUN, trial.assignment.key, trial.assignment.number)
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.CANCELLED, Cause.CANCELLED)
    assert trial.statuses == ["completed", "failed"]


def test_an_attempt_can_be_stopped_while_its_kernel_boots(
    attempt: Attempt, executor, kernels
) -> None:
    name = kernels("never", ["sh", "-c", "sleep 60", "{connection_file}"], "python")
    trial = attempt("1", kernel=name)
    executor.stop(RUN, trial.assignment.key, trial.assignment.number)
    assert trial.end.outcome is Outcome.CANCELLED
    assert trial.statuses == ["pending"]


def test_stopping_what_nobody_knows_is_ignored(executor, attempt: Attempt) -> None:
    executor.stop(RUN, attempt("1").assignment.key, 999)


@pytest.mark.parametrize("code", ["import sys; sys.exit(0)", "import sys; sys.exit()", "exit()"])
def test_a_notebook_may_end_itself(attempt: Attempt, code: str) -> None:
    trial = attempt("1", code, "3")
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.end
    assert trial.statuses == ["completed", "completed", "pending"]
    assert trial.executed.metadata.papermill.exception is None


def test_an_exit_with_a_status_is_a_failure(attempt: Attempt) -> None:
    trial = attempt("import sys; sys.exit(3)", "2")
    assert trial.end.outcome is Outcome.FAILED
    assert (trial.failure.name, trial.failure.exit_status) == ("SystemExit", 3)
    assert trial.statuses == ["failed", "pending"]


def test_a_cell_tagged_raises_exception_may_fail(attempt: Attempt) -> None:
    trial = attempt(("1 / 0", "raises-exception"), "print('on')")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.statuses == ["completed", "completed"]
    assert trial.executed.cells[0].outputs[0].ename == "ZeroDivisionError"


def test_a_cell_tagged_skip_execution_does_not_run(attempt: Attempt) -> None:
    trial = attempt("x = 1", ("x = 2", "skip-execution"), "assert x == 1")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.statuses == ["completed", "skipped", "completed"]
    assert trial.progress == [(1, 3), (3, 3)]


@pytest.mark.parametrize("code", ["input('name? ')", "from getpass import getpass; getpass()"])
def test_a_question_fails_at_once(attempt: Attempt, code: str) -> None:
    trial = attempt(code, "2")
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.FAILED, Cause.INPUT_REQUESTED)
    assert "asked for input" in trial.failure.message
    assert trial.statuses == ["failed", "pending"]


def test_reading_standard_input_finds_its_end(attempt: Attempt) -> None:
    trial = attempt("import subprocess; print(subprocess.check_output('cat'))")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.text(0) == "b''\n"


def test_an_error_that_the_notebook_only_shows_is_no_failure(attempt: Attempt) -> None:
    trial = attempt("try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.executed.cells[0].outputs[0].output_type == "error"


def test_an_empty_notebook_succeeds(attempt: Attempt) -> None:
    trial = attempt(notebook=notebook_of())
    assert trial.end.outcome is Outcome.SUCCEEDED


def test_the_source_is_byte_identical_afterwards(attempt: Attempt, tmp_path: Path) -> None:
    source = tmp_path / "source.ipynb"
    source.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}   ')
    before = source.read_bytes()
    assert attempt(source=source).end.outcome is Outcome.SUCCEEDED
    assert source.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/vmstat").exists(), reason="only Linux counts such kills")
def test_a_kill_for_want_of_memory_is_told_apart(
    attempt: Attempt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real shortage would hit the whole machine, so the notebook plays the system's counter."""
    from jupyter_flow.execution import memory

    counter = tmp_path / "memory.events"
    counter.write_text("oom_kill 0\n")
    monkeypatch.setattr(memory, "_counters", lambda pid, root: [counter])
    code = f"open({str(counter)!r}, 'w').write('oom_kill 1\\n')\nimport os; os.kill(os.getpid(), 9)"
    trial = attempt(code)
    assert (trial.end.outcome, trial.failure.cause) == (Outcome.KERNEL_DIED, Cause.OUT_OF_MEMORY)
    assert trial.failure.signal == signal.SIGKILL
    assert trial.statuses == ["failed"]


def test_a_number_may_be_in_use_again_as_soon_as_its_end_is_told(
    attempt: Attempt, executor: LocalExecutor
) -> None:
    before = attempt("1 + 1")
    assert before.end.outcome is Outcome.SUCCEEDED
    given = before.assignment
    key, threads = (given.run, given.key, given.number), SimpleQueue[threading.Thread]()

    def again(report: AttemptProgressed | AttemptEnded) -> None:
        if isinstance(report, AttemptEnded):
            executor.start(given, lambda _: None)
            executor._running[key][1].join()
            threads.put(threading.current_thread())

    executor.start(given, again)

    # What goes wrong in it then fails this test.
    threads.get(timeout=60).join()
    assert key not in executor._running

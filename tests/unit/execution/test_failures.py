"""Ends in the product's words."""

from __future__ import annotations

import pytest

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.failures import (
    CellError,
    Ending,
    Place,
    cell_failed,
    kernel_died,
    plain_text,
    start_failed,
    stopped,
)
from jupyter_flow.ports.kernels import KernelExit

PLACE = Place(cell=3, cell_id="c", source="a = 1\nb = f()\n", execution_count=7)


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        ("Cell In[7], line 2\n", 2),
        ("Cell In[7], line 1\n...\nCell In[7], line 2, in f()", 2),
        ("Cell In[6], line 1\n", None),
        ("Input In [7], in <cell line: 2>()", None),
        ("In [7]:2", 2),
        ("<ipython-input-7-abc> in <module>, line 2", 2),
        ("Cell In[7], line 99\n", None),
        ("", None),
    ],
)
def test_the_line_is_that_of_the_innermost_frame_in_the_cell(
    traceback: str, line: int | None
) -> None:
    assert cell_failed(CellError(name="E", traceback=(traceback,)), PLACE).line == line


@pytest.mark.parametrize(
    ("name", "message", "is_on_purpose", "status"),
    [
        ("SystemExit", "0", True, 0),
        ("SystemExit", "", True, None),
        ("SystemExit", "None", True, None),
        ("SystemExit", "3", False, 3),
        ("SystemExit", "no disk", False, None),
        ("ValueError", "0", False, None),
        ("", "1", False, 1),
        ("CalledProcessError", "Command 'x' returned non-zero exit status 4.", False, 4),
    ],
)
def test_exits_are_told_apart(
    name: str, message: str, is_on_purpose: bool, status: int | None
) -> None:
    error = CellError(name=name, message=message)
    assert error.is_exit_on_purpose is is_on_purpose
    assert cell_failed(error, PLACE).exit_status == status


@pytest.mark.parametrize(
    ("ended", "cause", "words"),
    [
        (KernelExit(signal=9), Cause.KERNEL_DIED, "SIGKILL (signal 9)"),
        (KernelExit(signal=9, out_of_memory=True), Cause.OUT_OF_MEMORY, "memory ran out"),
        (KernelExit(status=3), Cause.KERNEL_DIED, "exit status 3"),
        (KernelExit(), Cause.KERNEL_DIED, "gone"),
    ],
)
def test_a_death_says_how(ended: KernelExit, cause: Cause, words: str) -> None:
    failure = kernel_died(ended, PLACE)
    assert (failure.cause, failure.cell) == (cause, 3)
    assert words in failure.message
    assert Ending.of(failure).outcome is Outcome.KERNEL_DIED


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (Cause.TIMEOUT, Outcome.TIMED_OUT),
        (Cause.CELL_TIMEOUT, Outcome.TIMED_OUT),
        (Cause.CANCELLED, Outcome.CANCELLED),
        (Cause.INPUT_REQUESTED, Outcome.FAILED),
    ],
)
def test_a_stop_says_why(cause: Cause, outcome: Outcome) -> None:
    failure = stopped(cause, PLACE, timeout=90, cell_timeout=2)
    assert Ending.of(failure).outcome is outcome
    assert failure.cell == 3


def test_what_never_started_has_failed() -> None:
    assert Ending.of(start_failed("no")).outcome is Outcome.FAILED


def test_terminal_colours_are_taken_out() -> None:
    assert plain_text("\x1b[0;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "red link"


def test_a_traceback_without_end_is_cut_in_its_middle() -> None:
    text = plain_text("a" * 10**6 + "the end")
    assert len(text) < 70_000
    assert text.endswith("the end")

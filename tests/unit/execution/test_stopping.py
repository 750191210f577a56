"""When an attempt must stop, and how hard to push."""

from __future__ import annotations

import pytest

from jupyter_flow.core.run import Cause
from jupyter_flow.execution.stopping import Graces, Push, Stopping

GRACES = Graces(interrupt=5, terminate=2)


def test_nothing_is_due_while_there_is_no_limit() -> None:
    stopping = Stopping(graces=GRACES)
    stopping.begin(0)
    assert stopping.due(1e9) is None
    assert stopping.wait(1e9) is None
    assert not stopping.is_stopping(1e9)


def test_pushes_come_in_order_each_once_after_its_grace() -> None:
    stopping = Stopping(graces=GRACES, timeout=10)
    stopping.begin(100)
    due = [(now, stopping.due(now)) for now in (109.9, 110, 110.1, 114.9, 115, 116.9, 117, 999)]
    assert due == [
        (109.9, None),
        (110, Push.INTERRUPT),
        (110.1, None),
        (114.9, None),
        (115, Push.TERMINATE),
        (116.9, None),
        (117, Push.KILL),
        (999, None),
    ]
    assert stopping.cause is Cause.TIMEOUT


def test_waiting_ends_when_something_is_due() -> None:
    stopping = Stopping(graces=GRACES, timeout=10, cell_timeout=3)
    stopping.begin(0)
    assert stopping.wait(0) == 10
    stopping.cell_began(1)
    assert stopping.wait(1) == 3
    stopping.cell_ended()
    assert stopping.wait(2) == 8
    assert stopping.due(10) is Push.INTERRUPT
    assert stopping.wait(11) == 4


def test_a_cell_limit_starts_with_each_cell() -> None:
    stopping = Stopping(graces=GRACES, cell_timeout=3)
    stopping.begin(0)
    stopping.cell_began(0)
    stopping.cell_ended()
    stopping.cell_began(10)
    assert not stopping.is_stopping(12.9)
    assert stopping.is_stopping(13)
    assert stopping.cause is Cause.CELL_TIMEOUT


@pytest.mark.parametrize("later", [Cause.TIMEOUT, Cause.INPUT_REQUESTED])
def test_the_first_reason_stays(later: Cause) -> None:
    stopping = Stopping(graces=GRACES, timeout=1)
    stopping.begin(0)
    stopping.request(Cause.CANCELLED)
    stopping.request(later)
    assert stopping.wait(0) == 0
    assert stopping.is_stopping(99)
    assert stopping.cause is Cause.CANCELLED


def test_no_interrupt_is_wasted_on_a_kernel_that_does_not_run_the_cell_yet() -> None:
    stopping = Stopping(graces=GRACES)
    stopping.begin(0)
    stopping.cell_began(0)
    stopping.request(Cause.CANCELLED)
    assert stopping.due(0.1) is None
    assert stopping.wait(0.1) == pytest.approx(0.9)
    stopping.cell_runs()
    assert stopping.due(0.2) is Push.INTERRUPT


def test_a_kernel_that_never_says_that_it_runs_the_cell_is_interrupted_all_the_same() -> None:
    stopping = Stopping(graces=GRACES)
    stopping.begin(0)
    stopping.cell_began(0)
    stopping.request(Cause.CANCELLED)
    assert stopping.due(0.1) is None
    assert stopping.due(1.1) is Push.INTERRUPT

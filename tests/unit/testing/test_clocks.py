"""The fake clock: time passes when nothing else can happen, and only then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import TypeVar

import pytest

from jupyter_flow.ports.clock import Clock
from jupyter_flow.testing.clocks import FakeClock

T = TypeVar("T")

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE = 20


def in_thread(act: Callable[[], T]) -> Future[T]:
    """What *act* gives, once it has."""
    result: Future[T] = Future()
    threading.Thread(target=lambda: result.set_result(act()), daemon=True).start()
    return result


class Inbox(SimpleQueue[str]):
    """An inbox that tells when somebody waits on it for real."""

    def __init__(self) -> None:
        super().__init__()
        self.is_waited_on = threading.Semaphore(0)

    def get(self, block: bool = True, timeout: float | None = None) -> str:
        if block:
            self.is_waited_on.release()
        return super().get(block, timeout)

    def await_waiter(self) -> None:
        assert self.is_waited_on.acquire(timeout=PATIENCE)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def test_it_is_a_clock(inbox: Inbox) -> None:
    clock: Clock = FakeClock(NEW_YEAR)

    assert clock.now() == NEW_YEAR


def test_an_hour_passes_at_once_when_nothing_is_under_way(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR)

    assert clock.wait(inbox, NEW_YEAR + HOUR) is None
    assert clock.now() == NEW_YEAR + HOUR


def test_what_is_there_already_comes_before_any_time_passes(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR)
    inbox.put("report")

    assert clock.wait(inbox, NEW_YEAR + HOUR) == "report"
    assert clock.now() == NEW_YEAR


@pytest.mark.parametrize("until", [NEW_YEAR, NEW_YEAR - HOUR])
def test_a_moment_that_has_come_is_not_waited_for(inbox: Inbox, until: datetime) -> None:
    clock = FakeClock(NEW_YEAR, autojump=False)

    assert clock.wait(inbox, until) is None
    assert clock.now() == NEW_YEAR


def test_while_work_is_under_way_it_waits_for_real(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR)
    hold = clock.hold()
    waited = in_thread(lambda: clock.wait(inbox, NEW_YEAR + HOUR))
    inbox.await_waiter()
    inbox.put("report")
    hold.release()

    assert waited.result(PATIENCE) == "report"
    assert clock.now() == NEW_YEAR


def test_time_passes_again_when_the_work_is_done(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR)
    with clock.held(), clock.held():
        waited = in_thread(lambda: clock.wait(inbox, NEW_YEAR + HOUR))
        inbox.await_waiter()
        assert clock.sleepers == 1

    assert waited.result(PATIENCE) is None
    assert clock.now() == NEW_YEAR + HOUR


def test_a_hold_counts_once(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR)
    first, second = clock.hold(), clock.hold()
    first.release()
    first.release()
    waited = in_thread(lambda: clock.wait(inbox, NEW_YEAR + HOUR))
    inbox.await_waiter()
    assert not waited.done()
    second.release()

    assert waited.result(PATIENCE) is None


def test_without_jumps_only_the_test_moves_the_time(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR, autojump=False)
    waited = in_thread(lambda: clock.wait(inbox, NEW_YEAR + HOUR))
    inbox.await_waiter()
    clock.advance(HOUR / 2)
    assert not waited.done()
    clock.advance(HOUR / 2)

    assert waited.result(PATIENCE) is None
    assert clock.now() == NEW_YEAR + HOUR


def test_who_waits_for_no_moment_waits_for_the_next_item(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR)
    waited = in_thread(lambda: clock.wait(inbox, None))
    inbox.await_waiter()
    clock.advance(HOUR)
    with clock.held():
        pass  # wakes the sleeper, who must go on waiting
    inbox.await_waiter()
    inbox.put("report")

    assert waited.result(PATIENCE) == "report"


def test_a_jump_stops_at_the_earliest_moment_that_anybody_waits_for() -> None:
    clock, early, late = FakeClock(NEW_YEAR), Inbox(), Inbox()
    hold = clock.hold()
    first = in_thread(lambda: clock.wait(early, NEW_YEAR + HOUR))
    early.await_waiter()
    hold.release()
    assert first.result(PATIENCE) is None
    hold = clock.hold()
    second = in_thread(lambda: clock.wait(early, NEW_YEAR + 3 * HOUR))
    early.await_waiter()
    third = in_thread(lambda: clock.wait(late, NEW_YEAR + 2 * HOUR))
    late.await_waiter()
    clock.advance(HOUR)
    assert third.result(PATIENCE) is None
    assert not second.done()
    hold.release()

    assert second.result(PATIENCE) is None
    assert clock.now() == NEW_YEAR + 3 * HOUR


def test_a_token_of_the_clock_is_never_taken_for_an_item(inbox: Inbox) -> None:
    clock = FakeClock(NEW_YEAR, autojump=False)
    for number in range(1, 50):
        until = clock.now() + HOUR
        waited = in_thread(lambda until=until: clock.wait(inbox, until))
        inbox.await_waiter()
        inbox.put(f"report {number}")
        clock.advance(HOUR)

        taken = [waited.result(PATIENCE)]
        if taken == [None]:
            taken = [clock.wait(inbox, clock.now())]
        assert taken == [f"report {number}"]
    assert clock.wait(inbox, clock.now()) is None

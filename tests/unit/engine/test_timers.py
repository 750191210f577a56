"""Timers give out what is due, in order, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.engine.timers import Timers

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 100)), st.integers(0, 100))
def test_what_is_due_comes_once_and_soonest_first(minutes: list[int], now: int) -> None:
    timers: Timers[int] = Timers()
    for minute in minutes:
        timers.add(NOON + timedelta(minutes=minute), minute)

    due = timers.due(NOON + timedelta(minutes=now))
    later = timers.due(NOON + timedelta(minutes=100))

    assert due == sorted(minute for minute in minutes if minute <= now)
    assert later == sorted(minute for minute in minutes if minute > now)
    assert timers.soonest is None


def test_things_due_at_one_moment_keep_their_order() -> None:
    timers: Timers[str] = Timers()
    for word in ("first", "second", "third"):
        timers.add(NOON, word)

    assert timers.due(NOON) == ["first", "second", "third"]

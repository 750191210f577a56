"""The first signal is told, the second one raises, and afterwards all is as before."""

from __future__ import annotations

import signal

import pytest

from jupyter_flow.app.interrupts import first_calls


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_first_signal_is_told_and_the_second_one_raises(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    told: list[str] = []

    with first_calls(told.append):
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)

    assert told == [name]
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    told: list[str] = []
    try:
        with first_calls(told.append):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert told == []

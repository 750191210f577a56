"""Watching a run: the first and the last state always, what comes between not too often."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_flow.app.watching import watch
from jupyter_flow.core.ids import RunId

RUN = RunId("run")


class Journal:
    """Follows like the use-cases do: what was written, then what is written until the end."""

    def __init__(self) -> None:
        self.lines: SimpleQueue[int | None] = SimpleQueue()
        self.version = 0
        self.loads = 0

    def write(self, version: int) -> None:
        self.version = version
        self.lines.put(version)

    def run(self, _: str) -> Any:
        self.loads += 1
        return self.version

    def follow(self, _: RunId, *, after: int = 0) -> Iterator[Any]:
        while (line := self.lines.get(timeout=10)) is not None:
            yield SimpleNamespace(seq=line)


def test_the_first_and_the_last_state_are_seen() -> None:
    journal = Journal()
    for version in range(1, 1000):
        journal.write(version)
    journal.lines.put(None)
    seen = list(watch(journal, RUN, every=0.01))  # type: ignore[arg-type]

    assert seen[-1] == 999
    assert journal.loads < 50


def test_time_passes_without_changes() -> None:
    journal = Journal()
    states = watch(journal, RUN, tick=0.01)  # type: ignore[arg-type]

    assert [next(states) for _ in range(3)] == [0, 0, 0]
    assert journal.loads == 1
    journal.lines.put(None)
    assert list(states)[-1] == 0


def test_it_goes_on_until_it_is_told_to_end() -> None:
    journal, ended = Journal(), threading.Event()
    states = watch(journal, RUN, every=0, until=ended)  # type: ignore[arg-type]
    next(states)
    journal.lines.put(None)  # nobody drives it yet
    journal.write(5)

    assert next(states) == 5
    ended.set()
    journal.lines.put(None)
    journal.lines.put(None)
    assert list(states)[-1] == 5


def test_the_end_interrupts_its_pause() -> None:
    journal, ended = Journal(), threading.Event()
    states = watch(journal, RUN, every=60, until=ended)  # type: ignore[arg-type]
    next(states)
    journal.write(5)
    assert next(states) == 5
    ended.set()
    journal.lines.put(None)
    journal.lines.put(None)

    began = time.monotonic()
    assert list(states)[-1] == 5
    assert time.monotonic() - began < 30


def test_what_goes_wrong_in_following_is_raised() -> None:
    class Broken(Journal):
        def follow(self, _: RunId, *, after: int = 0) -> Iterator[Any]:
            raise OSError("the store is gone")

    with pytest.raises(OSError, match="gone"):
        list(watch(Broken(), RUN))  # type: ignore[arg-type]

"""Nudges within the process: something was written about a run. Broadcasts nothing else.

The journal is the truth; who was nudged reads it from where they were. What other processes wrote
is heard through `jupyter_flow.app.watchers`. A nudge that is missed costs a moment, never an entry.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Heard = Callable[[str], None]


class Bus:
    """Wakes those that follow runs, from whichever thread has the news."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[object, Heard] = {}

    def nudge(self, run: str) -> None:
        """There is something new about *run* ("": about any)."""
        with self._lock:
            listeners = list(self._listeners.values())
        for heard in listeners:
            heard(run)

    @contextmanager
    def listening(self, heard: Heard) -> Iterator[None]:
        """Call *heard* with the run of each nudge meanwhile. It must return at once."""
        me = object()
        with self._lock:
            self._listeners[me] = heard
        try:
            yield
        finally:
            with self._lock:
                del self._listeners[me]

    @contextmanager
    def waking(self, run: str) -> Iterator[threading.Event]:
        """An event that is set by each nudge about *run*; whoever waits for it clears it."""
        news = threading.Event()
        with self.listening(lambda nudged: news.set() if nudged in ("", run) else None):
            yield news

"""Runs as they go on, for those who follow many of them: their journals, and word of each entry.

A `Fold` keeps a run up to date entry by entry, without loading it again. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.machine import step
from jupyter_flow.core.run import Run
from jupyter_flow.ports.runs import Entry, RunStore

from .bus import Bus
from .once import Once
from .watchers import Watcher


class Following:
    """The use-cases about runs that go on. *runs* opens the store at its first use."""

    def __init__(self, runs: Callable[[], RunStore], bus: Bus, home: Path) -> None:
        self._opened = runs
        self._bus = bus
        self._watcher = Once(lambda: Watcher(home, bus.nudge))

    def close(self) -> None:
        """Hear nothing of other processes any more."""
        if self._watcher.is_made:
            self._watcher().close()

    def watch(self) -> None:
        """Hear, from now on, what other processes write."""
        self._watcher()

    @contextmanager
    def listening(self, heard: Callable[[str], None]) -> Iterator[None]:
        """Call *heard*, from any thread, when there is something new about a run ("": any)."""
        self.watch()
        with self._bus.listening(heard):
            yield

    def entries(self, run: RunId, *, after: int, limit: int = 1000) -> list[Entry]:
        """The entries of its journal after *after*, oldest first."""
        return self._opened().journal(run, after=after, limit=limit)

    def read(self, run: RunId) -> tuple[Run, int]:
        """*run*, and the entry that it stands after."""
        return self._opened().load_with_seq(run)


class Fold:
    """A run, and the entry ``seq`` that it stands after.

    *read* reads it, and reads it again when an entry does not fit: that of a newer version, say.
    """

    def __init__(self, read: Callable[[], tuple[Run, int]]) -> None:
        self._read = read
        self.run, self.seq = read()

    def take(self, entry: Entry) -> Run:
        """The run after *entry*, which comes next; or a newer one."""
        if entry.seq > self.seq:
            try:
                self.run = step(self.run, entry.event, now=entry.at).run
                self.seq = entry.seq
            except ConflictError:
                self.run, self.seq = self._read()
        return self.run

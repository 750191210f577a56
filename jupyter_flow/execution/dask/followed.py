"""The attempts that a process follows, wherever they are made. Asks no cluster for anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.executor import Assignment, Report

from . import worker
from .parcels import name_of_attempt


@dataclass(slots=True, eq=False)
class Followed:
    """An attempt that this process follows. The lock is held while something is done about it."""

    name: str
    assignment: Assignment
    report: Report
    lock: threading.Lock = field(default_factory=threading.Lock)
    future: Any = None
    where: str = ""
    heard: float = 0.0
    at: tuple[int, int] = (0, 0)
    log: int = 0
    executed: int = 0
    #: What is to be done about it once the scheduler can be reached again, and since when not.
    put_off: list[Callable[[Followed], object]] = field(default_factory=list)
    cut_since: float | None = None
    #: Whether its worker, asked for it, did not have it: its end may be on its way.
    is_missed: bool = False
    is_stopping: bool = False
    is_over: bool = False

    @property
    def begun(self) -> str:
        """The name under which the cluster keeps who has begun it."""
        return worker.begun(self.future.key)


class Following:
    """Whom a process follows, by name. Any thread may call."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._followed: dict[str, Followed] = {}

    def add(self, followed: Followed) -> None:
        with self._changed:
            self._followed[followed.name] = followed

    def remove(self, followed: Followed) -> None:
        """Follow it no longer. Nothing happens if another one has its name by now."""
        with self._changed:
            if self._followed.get(followed.name) is followed:
                del self._followed[followed.name]
            self._changed.notify_all()

    def all(self) -> list[Followed]:
        with self._changed:
            return list(self._followed.values())

    def named(self, name: str) -> Followed | None:
        with self._changed:
            return self._followed.get(name)

    def find(self, run: RunId, key: TaskKey, number: int) -> Followed | None:
        """The one that makes that attempt."""
        return self.named(name_of_attempt(run, key, number))

    def perhaps_on(self, where: str, keys: Collection[str]) -> list[Followed]:
        """Those that the worker *where* may have begun: it had the tasks *keys*."""
        return [
            each
            for each in self.all()
            if each.where == where or each.future is None or each.future.key in keys
        ]

    def silent_for(self, patience: float) -> list[Followed]:
        """Those that were begun, and of which nothing was heard for so many seconds.

        They count as heard now.
        """
        now = time.monotonic()
        silent = [each for each in self.all() if each.where and now - each.heard > patience]
        for each in silent:
            each.heard = now
        return silent

    def wait_for_the_end(self) -> None:
        """Until none is followed."""
        with self._changed:
            self._changed.wait_for(lambda: not self._followed)

"""How one attempt is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey

Report = Callable[[AttemptProgressed | AttemptEnded], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """All that is needed to make one attempt, wherever it is made.

    ``notebook`` is the snapshot to execute and ``source`` the path that people know it by.
    ``parameters`` are final: no template, no reference. ``executed`` and ``log`` are where the
    executed notebook and the log go, ``artifacts`` is the attempt's own folder for files.
    With ``keep_kernel`` the kernel stays for a while when a cell fails, to be looked into. With
    ``fresh_kernel`` it is a process of its own. ``preload`` has the libraries to load before it
    starts, if somebody said which. ``pool`` is the pool whose ``slots`` it has, None for that of
    the machine. ``inputs`` are the files that it says it reads, as patterns below ``folder``.
    ``remarks`` are for people who read its log.
    """

    run: RunId
    flow: str
    key: TaskKey
    number: int
    notebook: Path
    source: str
    folder: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    kernel: str | None = None
    timeout: timedelta | None = None
    cell_timeout: timedelta | None = None
    keep_kernel: bool = False
    fresh_kernel: bool = False
    preload: tuple[str, ...] | None = None
    pool: str | None = None
    slots: int = 1
    inputs: tuple[str, ...] = ()
    executed: Path
    log: Path
    artifacts: Path
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A task that will probably be attempted, as far as that is known: see `Assignment`.

    ``env`` has the names that are set for its kernel; their values may still be templates. With
    ``is_certain``, nothing about its next attempt will be otherwise: it is attempt ``number`` of
    ``key``, its files go to ``artifacts``, and all of ``env`` is as it stands here.
    """

    run: RunId
    flow: str = ""
    key: TaskKey
    number: int = 1
    artifacts: Path = Path()
    is_certain: bool = False
    notebook: Path
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    kernel: str | None = None
    keep_kernel: bool = False
    fresh_kernel: bool = False
    preload: tuple[str, ...] | None = None


class Executor(Protocol):
    """Makes attempts.

    Every implementation must pass ``jupyter_flow.testing.executors.ExecutorContract``.
    """

    @property
    def cluster(self) -> str:
        """Where attempts go on without this process, for whoever drives their runs next.

        An address; "" where they end with it.
        """

    def get_ready(self) -> None:
        """There will be attempts soon: begin what takes time before the first one.

        Returns at once. Nothing depends on it.
        """

    def foresee(self, prospects: Sequence[Prospect]) -> None:
        """These will probably be attempted soon: get ready for them in particular.

        Returns at once. Nothing depends on it, and none of them need come.
        """

    def forget(self, run: RunId) -> None:
        """What was foreseen for *run* and has not come will not come. Returns at once."""

    def start(self, assignment: Assignment, report: Report) -> None:
        """Begin the attempt and return at once.

        *report* is called from any thread: any number of times with progress, then exactly once
        with the end, whatever happens. Nothing that the attempt started is alive by then, but for
        a kernel that is kept.
        """

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        """End that attempt: interrupt, then terminate, then kill, each after a grace.

        What was written is kept; its end is reported as cancelled. Unknown attempts are ignored.
        """

    def take_up(self, assignment: Assignment, report: Report) -> bool:
        """Follow an attempt that another process began, if it goes on without that process.

        *report* is then called as by `start`; at once with the end if it is over by now. False when
        it does not go on, or not where this executor reaches: it is lost.
        """

    def let_go(self, run: RunId, key: TaskKey, number: int) -> bool:
        """Follow that attempt no longer, if it goes on without this process; True then.

        Nothing is reported of it any more, and whoever drives its run next can take it up. False
        when it ends with this process: it has to be stopped.
        """

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        """End what another process left running of that attempt, where this one can reach it.

        Returns when nothing of it is alive there any more. Nothing happens when nothing is.
        """

    @property
    def kept(self) -> int:
        """How many kernels of attempts that are over it keeps, for people to look into.

        They are few, and stay for a limited time; those of a task end when it succeeds after all.
        """

    def make_room(self) -> None:
        """Memory is short: close the kernel that is kept longest. Returns at once."""

    def close(self) -> None:
        """Stop all attempts, wait for their ends to be reported, and free everything.

        Kept kernels end too. Attempts that were let go are left alone.
        """

"""What a way to do a work is, and our own ways. Each is opened once, warm.

A way does the whole work each time that it is called. What it prepares when it is opened, and what
it looks up after it, costs nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Semaphore
from typing import Any

from jupyter_flow.app.wiring import open_flows
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.ports.executor import Assignment

from .meters import Cost, ZygoteGone, measure
from .works import Sheet, Work

#: The commands of this environment.
BIN = Path(sys.prefix) / "bin"


@dataclass
class Doing:
    """An open way. *kernels* tells what the attempts of the last call of *act* say of their CPU,
    *elsewhere* what it used in a process that lives on.
    """

    act: Callable[[], object]
    kernels: Callable[[], float] = field(default=lambda: 0.0)
    elsewhere: Callable[[], float] = field(default=lambda: 0.0)
    #: The last run, where there is one.
    run: Callable[[], Run] | None = None

    def measure(self) -> Cost:
        """What doing it costs."""
        for _ in range(5):
            with suppress(ZygoteGone):
                return measure(self.act, elsewhere=self.elsewhere, kernels=self.kernels)
        raise SystemExit("the prepared processes do not last for one measurement")


@dataclass(frozen=True)
class Way:
    name: str
    open: Callable[[Work], AbstractContextManager[Doing]]
    #: How often it is done before it is measured.
    warm_up: int = 0


def call(command: Sequence[object], folder: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command to its end, with *env* added. Raises SystemExit when it fails."""
    words, added = [str(each) for each in command], os.environ | dict(env or {})
    done = subprocess.run(
        words, cwd=folder, env=added, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")
        raise SystemExit(f"{' '.join(words)}: exit status {done.returncode}\n{said}")


@contextmanager
def _warm(work: Work, parallel: int | None, make: Callable[[Path], Any]) -> Iterator[Doing]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        work.write_flow(folder)
        if parallel is not None:
            (folder / "jupyter_flow.toml").write_text(f"max_parallel = {parallel}\n")
        with make(folder) as flows:
            done: list[Run] = []

            def act() -> None:
                flow = flows.flow(work.line.split()[0])
                done[:] = [flows.drive(flows.start(flow, here=True))]
                if done[0].state is not RunState.SUCCEEDED:
                    raise SystemExit(f"a run that is measured came to {done[0].state}")

            yield Doing(act, lambda: _cpu_of(done[0]), run=lambda: done[0])


def _cpu_of(run: Run) -> float:
    return sum(attempt.cpu or 0.0 for each in run.in_order() for attempt in each.attempts)


def warm(parallel: int | None = None, make: Callable[[Path], Any] = open_flows) -> Way:
    """By the use-cases: from the flow's name to the end of the run, all written down as always."""
    return Way("jupyter_flow", lambda work: _warm(work, parallel, make), warm_up=3)


@contextmanager
def _alone(work: Work, parallel: int) -> Iterator[Doing]:
    with TemporaryDirectory() as name:
        folder, executor, numbers = Path(name), LocalExecutor(), iter(range(1, 10**6))
        sources = [(each, each.write(folder, task=False)) for each in work.sheets]
        ends: list[AttemptEnded] = []

        def act() -> None:
            ends.clear()
            room, number = Semaphore(parallel), next(numbers)
            inboxes = []
            for sheet, source in sources:
                given = _assignment(folder, sheet, source, number)
                inbox: SimpleQueue[AttemptEnded] = SimpleQueue()
                inboxes.append(inbox)
                room.acquire()
                executor.start(given, _reporter(inbox, room))
            ends.extend(inbox.get() for inbox in inboxes)

        yield Doing(act, lambda: sum(end.cpu or 0.0 for end in ends))
        executor.close()


def _reporter(
    inbox: SimpleQueue[AttemptEnded], room: Semaphore
) -> Callable[[AttemptProgressed | AttemptEnded], None]:
    def report(event: AttemptProgressed | AttemptEnded) -> None:
        if isinstance(event, AttemptEnded):
            inbox.put(event)
            room.release()

    return report


def _assignment(folder: Path, sheet: Sheet, source: Path, number: int) -> Assignment:
    results = folder / "runs" / sheet.name
    return Assignment(
        run=RunId("benchmark"),
        flow="work",
        key=TaskKey(sheet.name),
        number=number,
        notebook=source,
        source=source.name,
        folder=folder,
        parameters=sheet.given,
        executed=results / f"{number}.ipynb",
        log=results / f"{number}.log",
        artifacts=results / str(number),
    )


def alone(parallel: int = 1) -> Way:
    """The executor alone: no run, no store, no journal."""
    return Way("its attempts alone", lambda work: _alone(work, parallel), warm_up=3)


@contextmanager
def _command(work: Work) -> Iterator[Doing]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        work.write_flow(folder)
        flow = work.line.split()[0]
        command = [BIN / "jupyter", "flow", "-C", folder, "run", flow, "--quiet"]
        yield Doing(lambda: call(command, folder))


def command() -> Way:
    """The command line, as a fresh process."""
    return Way("jupyter flow run", _command)

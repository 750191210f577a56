"""What a waiting kernel takes of the memory: eight alive at once, ours beside the stock ones.

Each has run a cell, so what a first cell loads is there.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.warden import children, descendants
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.testing.notebooks import write_notebook

from .meters import pss, zygote_pids

ALIVE = 8


@dataclass(frozen=True)
class Memory:
    """Bytes of PSS: a kernel's in the middle, and what all of them need besides."""

    kernel: float
    shared: float = 0.0


def of_ours() -> Memory:
    """Kernels of attempts that wait in their second cell."""
    with _waiting_attempts():
        zygotes = zygote_pids()
        kernels = [pid for zygote in zygotes for pid in children(zygote)]
        if len(kernels) < ALIVE:  # they are started, each behind a warden
            kernels = [pid for warden in children(os.getpid()) for pid in children(warden)]
        shared = sum(pss(pid) for pid in zygotes)
        return Memory(statistics.median(pss(pid) for pid in kernels), shared)


def of_stock() -> Memory:
    """Kernels as jupyter_client starts them, idle after their first cell."""
    from jupyter_client.manager import start_new_kernel

    before = set(descendants(os.getpid()))
    opened = [start_new_kernel(stderr=subprocess.DEVNULL) for _ in range(ALIVE)]
    try:
        for _, client in opened:
            client.execute_interactive("1 + 1", timeout=60, output_hook=lambda _: None)
        kernels = set(descendants(os.getpid())) - before
        return Memory(statistics.median(pss(pid) for pid in kernels))
    finally:
        for manager, client in opened:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


@contextmanager
def _waiting_attempts() -> Iterator[None]:
    """Attempts of which each is in a cell that reads from a pipe into which nobody writes yet."""
    with TemporaryDirectory() as name:
        folder, executor = Path(name), LocalExecutor()
        pipe, waiting = folder / "pipe", threading.Semaphore(0)
        os.mkfifo(pipe)
        source = write_notebook(folder / "wait.ipynb", "1 + 1", f"open({str(pipe)!r}).read()")
        ends: SimpleQueue[AttemptEnded] = SimpleQueue()

        def report(event: AttemptProgressed | AttemptEnded) -> None:
            if isinstance(event, AttemptEnded):
                ends.put(event)
            elif event.cell == event.cells:
                waiting.release()

        for number in range(1, ALIVE + 1):
            executor.start(_assignment(folder, source, number), report)
        for _ in range(ALIVE):
            waiting.acquire()
        try:
            yield
        finally:
            executor.close()


def _assignment(folder: Path, source: Path, number: int) -> Assignment:
    return Assignment(
        run=RunId("benchmark"),
        flow="memory",
        key=TaskKey("wait"),
        number=number,
        notebook=source,
        source=source.name,
        folder=folder,
        executed=folder / f"{number}.ipynb",
        log=folder / f"{number}.log",
        artifacts=folder / str(number),
    )

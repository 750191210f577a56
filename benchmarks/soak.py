"""Whether anything grows: many attempts in one process, and what it holds on the way.

    python benchmarks/soak.py [--tasks 10000] [--threads 8]

Prints, ten times on the way, the descriptors and the memory of the orchestrator and of its zygote,
the CPU time for each attempt, and how often each process woke up; and after the last one, how often
they wake up while nothing is to be done. Fails when a value is wrong or a descriptor has leaked.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.forked.kernels import forked_kernels
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.testing.notebooks import write_notebook

#: Seconds over which wake-ups are counted while nothing is to be done.
_IDLE = 10.0


def main() -> int:
    """Run the soak; 1 when something has leaked or came out wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=10_000)
    options.add_argument("--threads", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notebook = folder / "task.ipynb"
        write_notebook(notebook, "import jupyter_flow; jupyter_flow.output(twice=2 * n)")
        executor = LocalExecutor()
        try:
            return soak(executor, notebook, tasks=given.tasks, threads=given.threads)
        finally:
            executor.close()


def soak(executor: LocalExecutor, notebook: Path, *, tasks: int, threads: int) -> int:
    """Make *tasks* attempts, *threads* at a time."""
    wrong = 0
    before = descriptors(os.getpid())
    row("tasks", "ms CPU each", "wrong", "descriptors", "MB", "zygote: descriptors", "MB")
    with ThreadPoolExecutor(threads) as pool:
        for batch in batches(tasks):
            cpu = time.process_time()
            wrong += sum(pool.map(lambda number: attempt(executor, notebook, number), batch))
            zygote = forked_kernels().pids[0]
            row(
                batch.stop,
                f"{1e3 * (time.process_time() - cpu) / len(batch):.1f}",
                wrong,
                descriptors(os.getpid()),
                f"{megabytes(os.getpid()):.0f}",
                descriptors(zygote),
                f"{megabytes(zygote):.0f}",
            )
    for name, count in idle({"orchestrator": os.getpid(), "zygote": zygote}).items():
        print(f"{name}: woke up {count} times in {_IDLE:g} s with nothing to do")
    left = descriptors(os.getpid()) - before
    print(f"descriptors more than at the start: {left}")
    return int(wrong > 0 or left > 8)


def batches(tasks: int) -> Iterator[range]:
    """Ten ranges that cover all numbers."""
    size = max(1, tasks // 10)
    return (range(first, min(first + size, tasks)) for first in range(0, tasks, size))


def attempt(executor: LocalExecutor, notebook: Path, number: int) -> bool:
    """Make one; whether its value is wrong."""
    reports: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
    place = notebook.parent / "runs" / str(number % 64)
    executor.start(
        Assignment(
            run=RunId("soak"),
            flow="soak",
            key=TaskKey("task"),
            number=number,
            notebook=notebook,
            source=notebook.name,
            folder=notebook.parent,
            parameters={"n": number},
            executed=place / "task.ipynb",
            log=place / "task.log",
            artifacts=place / "task",
        ),
        reports.put,
    )
    while not isinstance(report := reports.get(), AttemptEnded):
        continue
    return report.outcome is not Outcome.SUCCEEDED or report.values.get("twice") != 2 * number


def descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def megabytes(pid: int) -> float:
    """The memory that only this process has, and its share of what it has in common, in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1]) / 1e3


def idle(pids: dict[str, int]) -> dict[str, int]:
    """How often each process wakes up in a while: all its threads that are there all the time."""
    then = {name: wakeups(pid) for name, pid in pids.items()}
    time.sleep(_IDLE)
    now = {name: wakeups(pid) for name, pid in pids.items()}
    return {
        name: sum(
            count - then[name][task] for task, count in now[name].items() if task in then[name]
        )
        for name in pids
    }


def wakeups(pid: int) -> dict[str, int]:
    """How often each of its threads has waited for something, since it began."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        found[task.name] = next(int(each.split()[1]) for each in lines if "voluntary" in each)
    return found


def row(*cells: object) -> None:
    print("  ".join(f"{cell!s:>12}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())

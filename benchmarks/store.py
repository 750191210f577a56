"""What the store costs: ``python benchmarks/store.py [--tasks 10000] [--runs 1000]``.

Each line is one database and one thing done, with its time in all and for one. PostgreSQL is
measured when its server's binaries are installed. Runs A B A B: the second round shows the noise.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from jupyter_flow.core.commands import Move
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed, RunStarted
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import TaskRun
from jupyter_flow.core.states import Outcome, TaskState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import binaries, postgres
from jupyter_flow.testing.samples import MINUTE, NOON, attempt_of, wide_run


def measure(name: str, store: RunStore, *, tasks: int, runs: int) -> None:
    run = wide_run(tasks)
    timed(name, f"create a run of {tasks:,} tasks", 1, lambda: store.create(run))
    timed(name, f"load it (new, {tasks:,} tasks)", 1, lambda: store.load(run.id))
    lease = store.lease(run.id, "benchmark", now=NOON, duration=MINUTE)
    assert lease is not None
    queued = [replace(each, state=TaskState.QUEUED) for each in run.task_runs.values()]
    moves = [Move(key=each.key, state="queued") for each in queued]
    started = lambda: store.record(  # noqa: E731
        lease, run, RunStarted(), changed=queued, moves=moves, after=0, now=NOON
    )
    timed(name, f"record that {tasks:,} tasks are queued", 1, started)
    timed(name, "record the ends of attempts", tasks, lambda: end_all(store, lease, queued))
    timed(name, "record progress", tasks, lambda: report_all(store, lease, queued))
    timed(name, f"load it (done, {tasks:,} attempts)", 1, lambda: store.load(run.id))
    timed(name, "read the journal", 2 * tasks, lambda: store.journal(run.id, limit=10**7))
    for number in range(runs):
        store.create(wide_run(10, f"small-{number:05}"))
    waiting = lambda: store.waiting(now=NOON)  # noqa: E731
    timed(name, f"which of {runs:,} runs wait", 1, waiting)
    timed(name, f"list the newest 50 of {runs:,} runs", 1, lambda: store.summaries(limit=50))
    timed(name, f"list all {runs:,} runs", runs, lambda: store.summaries(limit=runs))


def done(each: TaskRun) -> TaskRun:
    attempt = attempt_of(ended_at=NOON, outcome=Outcome.SUCCEEDED, cell=7, cells=7)
    values = {"auc": 0.93}
    return replace(each, state=TaskState.SUCCEEDED, attempts=(attempt,), tries=1, values=values)


def end_all(store: RunStore, lease: Lease, queued: list[TaskRun]) -> None:
    run, seq = wide_run(2), store.last_entry(lease.run)
    for after, each in enumerate(queued, seq):
        event = AttemptEnded(key=each.key, number=1, outcome=Outcome.SUCCEEDED)
        moves = [Move(key=each.key, state="succeeded", attempt=1)]
        changed = [done(each)]
        store.record(lease, run, event, changed=changed, moves=moves, after=after, now=NOON)


def report_all(store: RunStore, lease: Lease, queued: list[TaskRun]) -> None:
    run, seq = wide_run(2), store.last_entry(lease.run)
    for after, each in enumerate(queued, seq):
        key: TaskKey = each.key
        event = AttemptProgressed(key=key, number=1, cell=3, cells=7)
        changed = [done(each)]
        store.record(lease, run, event, changed=changed, moves=(), after=after, now=NOON)


def timed(name: str, what: str, number: int, act: Callable[[], object]) -> None:
    begun = time.perf_counter()
    act()
    seconds = time.perf_counter() - begun
    each = "" if number == 1 else f"{seconds / number * 1e6:10.0f} µs each"
    print(f"{name:12}{what:42}{seconds * 1e3:10.1f} ms{each}", flush=True)


Kind = Callable[[], AbstractContextManager[Stores]]


@contextmanager
def stores() -> Iterator[dict[str, Kind]]:
    """How to open an empty store of each kind that there is."""
    with tempfile.TemporaryDirectory() as folder:
        names = iter(range(1000))
        kinds: dict[str, Kind] = {
            "memory": lambda: nullcontext(MemoryStores()),
            "sqlite": lambda: closing(open_store(Path(folder) / f"{next(names)}.db")),
        }
        if binaries() is None:
            yield kinds
            return
        with postgres() as server:
            kinds["postgresql"] = lambda: closing(open_store(server.url(server.create())))
            yield kinds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with stores() as kinds:
        for _ in range(asked.rounds):
            for name, make in kinds.items():
                with make() as opened:
                    measure(name, opened.runs, tasks=asked.tasks, runs=asked.runs)


if __name__ == "__main__":
    main()

"""How fast a service is: from a request to what comes of it, from task to task, after a death.

    python benchmarks/service.py [--tasks 20] [--requests 20]

Starts real services with real kernels in a temporary folder. All figures are read from the journal:
differences between moments that one machine's clock gave, so kernel starts are not in them.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.wiring import open_flows
from jupyter_flow.core.events import CancelRequested, RunAdopted, RunStarted
from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.runs import Entry
from jupyter_flow.testing.notebooks import write_notebook

CLOCK = SystemClock()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=20)
    options.add_argument("--requests", type=int, default=20)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        define(folder, given.tasks)
        with open_flows(folder) as flows, service(folder):
            show("new run to its start", starts(flows, given.requests))
            show("cancel to its journal entry", cancels(flows, given.requests))
            show("end of a task to the next attempt", gaps(flows))
        with open_flows(folder) as flows:
            show("SIGKILL to the take-over", [take_over(flows, folder)])


def define(folder: Path, tasks: int) -> None:
    names = [f"t{number}" for number in range(tasks)]
    for name in names:
        write_notebook(folder / f"{name}.ipynb", "1", task=name)
    write_notebook(folder / "long.ipynb", "import time; time.sleep(600)", task="long")
    flow = f"%%flow chain\n{' >> '.join(names)}"
    write_notebook(folder / "flow.ipynb", flow, "%%flow sleeper --retries 1\nlong")


@contextmanager
def service(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_flow", "-C", str(folder), "serve"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "service_started" in line:
            break
    try:
        yield process
    finally:
        for _ in range(2):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        process.wait()
        process.stderr.close()


def new_run(flows: Flows, name: str) -> RunId:
    run = flows.start(flows.flow(name))
    flows.services.see_to(run)
    return run


def first(flows: Flows, run: RunId, kind: type) -> Entry:
    """The first entry of that kind, as soon as it is there."""
    for entry in flows.follow(run):
        if isinstance(entry.event, kind):
            return entry
    raise SystemExit(f"run {run} ended without {kind.__name__}")


def starts(flows: Flows, number: int) -> list[float]:
    found = []
    for _ in range(number):
        run = flows.start(flows.flow("sleeper"))
        asked = CLOCK.now()
        flows.services.see_to(run)
        found.append(since(asked, first(flows, run, RunStarted).at))
        flows.asking.cancel(run)
        at_the_end(flows, run)
    return found


def cancels(flows: Flows, number: int) -> list[float]:
    found = []
    for _ in range(number):
        run = new_run(flows, "sleeper")
        first(flows, run, RunStarted)
        asked = CLOCK.now()
        flows.asking.cancel(run)
        found.append(since(asked, first(flows, run, CancelRequested).at))
        at_the_end(flows, run)
    return found


def gaps(flows: Flows) -> list[float]:
    run = new_run(flows, "chain")
    at_the_end(flows, run)
    done = flows.run(run)
    attempts = [task_run.attempts[-1] for task_run in done.in_order()]
    ends = [(one.ended_at, two.started_at) for one, two in pairwise(attempts)]
    return [since(ended, started) for ended, started in ends if ended is not None]


def take_over(flows: Flows, folder: Path) -> float:
    with service(folder) as doomed:
        run = new_run(flows, "sleeper")
        first(flows, run, RunStarted)
        with service(folder):
            killed = CLOCK.now()
            doomed.kill()
            adopted = first(flows, run, RunAdopted).at
            flows.asking.cancel(run)
            at_the_end(flows, run)
    return since(killed, adopted)


def at_the_end(flows: Flows, run: RunId) -> None:
    for _ in flows.follow(run):
        pass


def since(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds() * 1000


def show(what: str, figures: Sequence[float]) -> None:
    ordered = sorted(figures)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    median = statistics.median(ordered)
    print(f"{what:36} median {median:8.1f} ms   p95 {p95:8.1f} ms   of {len(ordered)}")


if __name__ == "__main__":
    main()

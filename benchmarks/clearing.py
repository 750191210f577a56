"""Clearing away old runs while another process goes on writing: how fast, and who waits how long.

Used by `benchmarks.history`. The writer makes runs of one task and ends them, one after the other,
and tells how long each transaction took it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.settings import Settings
from jupyter_flow.app.wiring import wire
from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.states import RunState
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.samples import MINUTE, NOON

from .filling import Made, flow_of, plan_of, run_of


def clear(where: str, folder: Path, made: list[Made], number: int) -> str:
    """Let the oldest *number* runs go, as `jupyter flow prune` does; what there is to say of it."""
    young = SystemClock().now() - made[number].created_at
    settings = replace(Settings.read(folder), database=where)
    writer = _write_on(where, "alone")
    time.sleep(3)
    alone = _told(writer)
    writer = _write_on(where, "beside")
    with closing(wire(settings)) as flows:
        begun = time.perf_counter()
        pruned = flows.pruning.prune(keep_days=young / timedelta(days=1))
        seconds = time.perf_counter() - begun
    waits, gone = _told(writer), len(pruned.runs)
    return (
        f"{gone:,} runs cleared away, {gone / seconds:,.0f} a second, "
        f"while another process wrote {len(waits) / seconds:,.0f} transactions a second: "
        f"{_waits(waits)} ({_waits(alone)} alone)"
    )


def _waits(waits: list[float]) -> str:
    late = statistics.quantiles(waits, n=20)[-1]
    return f"median {statistics.median(waits):.1f}, p95 {late:.1f}, longest {max(waits):.0f} ms"


def _write_on(where: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.clearing", where, name]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    writer.stdout.readline()
    return writer


def _told(writer: subprocess.Popen[str]) -> list[float]:
    """How long each transaction of *writer* took, in milliseconds, once it is told to end."""
    said, _ = writer.communicate("")
    return [float(each) for each in said.split()]


def main() -> None:
    """Write until the input ends."""
    import threading

    over, waits = threading.Event(), []
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    plan = plan_of(flow_of("written", 2))
    with closing(open_store(sys.argv[1])) as stores:
        print("ready", flush=True)
        number = 0
        while not over.is_set():
            number += 1
            run = run_of(plan, f"{sys.argv[2]}-{number:07}", NOON)
            ended = replace(run, state=RunState.SUCCEEDED, started_at=NOON)
            for act in range(3):
                begun = time.perf_counter()
                if act == 0:
                    stores.runs.create(run)
                elif act == 1:
                    lease = stores.runs.lease(run.id, "writer", now=NOON, duration=MINUTE)
                else:
                    what = {"changed": list(run.task_runs.values()), "moves": ()}
                    stores.runs.record(lease, ended, RunStarted(), **what, after=0, now=NOON)
                waits.append((time.perf_counter() - begun) * 1e3)
    print("\n".join(f"{each:.3f}" for each in waits))


if __name__ == "__main__":
    main()

"""What waiting costs: threads, CPU and looks of one process in which many tasks wait.

    python benchmarks/waiting.py [--waits 1000] [--seconds 20] [--every 1]

Each wait is for a file of its own that never comes. Compare the rows: more waits are more looks,
and no more threads.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path

from jupyter_flow.app.wiring import open_flows
from jupyter_flow.core.states import TaskState
from jupyter_flow.lookout.files import FileSearch
from jupyter_flow.testing.notebooks import write_notebook


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waits", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--every", type=float, default=1.0)
    given = options.parse_args()
    print(f"{'waits':>6} {'threads':>8} {'looks/s':>8} {'CPU':>7} {'CPU for each look':>18}")
    for waits in (1, max(given.waits // 10, 1), given.waits):
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), waits, given.every, given.seconds)


def measure(folder: Path, waits: int, every: float, seconds: float) -> None:
    """One row: *waits* tasks that look *every* so many seconds, for as long as *seconds*."""
    files = [f"none/{number}.csv" for number in range(waits)]
    flow = f"%%flow waits\nwait_for(poke_interval={every}).expand(file={files})"
    write_notebook(folder / "flow.ipynb", flow)
    looks = counted()
    with open_flows(folder) as flows:
        run = flows.start(flows.flow("waits"))
        driver = threading.Thread(target=flows.drive, args=(run,))
        driver.start()
        while not all(
            each.state is TaskState.WAITING and ": " in each.reason
            for each in flows.run(run).task_runs.values()
        ):
            time.sleep(0.1)
        before, cpu, began = looks[0], time.process_time(), time.perf_counter()
        time.sleep(seconds)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - began
        made, threads = looks[0] - before, threading.active_count()
        flows.asking.cancel(run)
        driver.join()
    each = f"{cpu / made * 1e6:.0f} µs" if made else ""
    print(f"{waits:>6} {threads:>8} {made / wall:>8.1f} {cpu / wall:>7.1%} {each:>18}", flush=True)


def counted() -> list[int]:
    """The looks that are made from now on, counted."""
    looks, look = [0], FileSearch.look

    def count(search: FileSearch) -> object:
        looks[0] += 1
        return look(search)

    FileSearch.look = count  # type: ignore[method-assign]
    return looks


if __name__ == "__main__":
    main()

"""Whether saving an executed notebook costs what there is to save, and not its square.

    python benchmarks/saving.py [--rounds 5]

Saves notebooks of 10 to 2,000 small cells, and of 1 to 200 MB in 50 cells; medians, and what a cell
or a megabyte costs beside the smallest notebook. Then it counts the saves of a notebook whose cells
each take a moment: they are at least two seconds apart, and take a tenth of the time at most.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode, v4

from jupyter_flow.execution.document import CellStatus, ExecutedNotebook

CELLS = (10, 50, 200, 1000, 2000)
MEGABYTES = (1, 5, 25, 100, 200)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "executed.ipynb"
        show("cells", CELLS, [cost(notebook(cells, 20), path, rounds) for cells in CELLS])
        sizes = [cost(notebook(50, size * 20_000), path, rounds) for size in MEGABYTES]
        show("MB", MEGABYTES, sizes)
        seconds, saves, share = while_it_runs(path)
        print(f"\n200 cells of 25 kB in {seconds:.1f} s: {saves} saves, {share:.1%} of the time")


def notebook(cells: int, size: int) -> NotebookNode:
    """A notebook with *cells* code cells that printed *size* characters each."""
    text = ("x" * 79 + "\n") * (size // 80) + "x" * (size % 80)
    made = [
        v4.new_code_cell("print(text)", outputs=[v4.new_output("stream", text=text)])
        for _ in range(cells)
    ]
    return v4.new_notebook(cells=made)


def cost(content: NotebookNode, path: Path, rounds: int) -> float:
    """Seconds to save *content* once."""
    document = ExecutedNotebook(content, path, now=lambda: datetime.now(UTC))  # noqa: TID251
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        document.save()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def while_it_runs(path: Path) -> tuple[float, int, float]:
    """How long a notebook took, how often it was saved, and which part of the time that was."""
    document = ExecutedNotebook(notebook(200, 25_000), path, now=lambda: datetime.now(UTC))  # noqa: TID251
    saves: list[float] = []
    save = document.save

    def saved() -> None:
        began = time.perf_counter()
        save()
        saves.append(time.perf_counter() - began)

    document.save = saved  # type: ignore[method-assign]
    began = time.perf_counter()
    document.begin()
    for index in range(200):
        document.cell_began(index)
        time.sleep(0.05)
        document.cell_ended(index, CellStatus.COMPLETED)
        document.save_if_due(time.monotonic())
    document.end(failed=False)
    seconds = time.perf_counter() - began
    return seconds, len(saves), sum(saves) / seconds


def show(unit: str, sizes: tuple[int, ...], times: list[float]) -> None:
    print(f"{unit:>8}  {'ms':>9}  {'us each':>9}  {'beside the smallest':>20}")
    first = times[0] / sizes[0]
    for size, took in zip(sizes, times, strict=True):
        each = took / size
        print(f"{size:8,}  {1e3 * took:9.2f}  {1e6 * each:9.1f}  {each / first:20.2f}")


if __name__ == "__main__":
    main()

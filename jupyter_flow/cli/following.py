"""The logs of all tasks of a run at once, each line with its task's name, as they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

from jupyter_flow.app.flows import Flows
from jupyter_flow.app.watching import watch
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run


def follow_all(flows: Flows, run: RunId) -> Iterator[str]:
    """Lines until the run has ended. Each attempt is read by a thread of its own."""
    lines: SimpleQueue[str | None] = SimpleQueue()

    def read(current: Run, key: TaskKey, number: int) -> None:
        for line in flows.files.log(current, key, attempt=number, follow=True):
            lines.put(f"{key}  {line}")

    def look() -> None:
        readers: dict[tuple[TaskKey, int], threading.Thread] = {}
        try:
            for current in watch(flows, run):
                for key, task_run in current.task_runs.items():
                    number = task_run.attempt.number if task_run.attempt else 0
                    if number and (key, number) not in readers:
                        thread = threading.Thread(
                            target=read, args=(current, key, number), daemon=True
                        )
                        readers[key, number] = thread
                        thread.start()
            for thread in readers.values():
                thread.join()
        finally:
            lines.put(None)

    threading.Thread(target=look, name="logs", daemon=True).start()
    while (line := lines.get()) is not None:
        yield line

"""The executed notebook: truthful about every cell, and whole whenever somebody reads it.

Keeps papermill's convention (``metadata.papermill`` of cells and notebook), and its meaning
where papermill itself strays from it: a cell that was never reached stays ``pending``, one that
a dead kernel or a time limit ended is ``failed``.

Written to a temporary file and moved into place; at most every two seconds and a tenth of the time
while it changes, and always at the end. So saving costs what there is to save, not its square.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from nbformat import NotebookNode

from jupyter_flow.whole import write_whole

from .parts import part, write

#: The least time between two saves, in seconds, and how much longer than a save it must be.
_EVERY, _TIMES = 2.0, 10.0


def wall_clock() -> datetime:
    """The moment, for those to whom nobody passes a clock: papermill's own command."""
    return datetime.now(UTC)  # noqa: TID251


class CellStatus(StrEnum):
    """What became of a cell. The first four are papermill's."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    #: It is tagged ``skip-execution``.
    SKIPPED = "skipped"


class ExecutedNotebook:
    """A notebook that is being executed, in memory and (when it has a path) on disk."""

    def __init__(
        self,
        notebook: NotebookNode,
        path: Path | None,
        *,
        now: Callable[[], datetime],
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self.notebook = notebook
        self.path = path
        #: Called before each save, to bring outputs up to date.
        self.settle = settle
        self._now = now
        self._began: dict[int, datetime] = {}
        self._started = now()
        self._is_dirty = False
        self._next_save = 0.0

    def begin(self) -> None:
        """Nothing has run yet: forget the outputs and times of an earlier execution."""
        about = self.notebook.metadata.setdefault("papermill", part())
        started = self._started.isoformat()
        about.update(start_time=started, end_time=None, duration=None, exception=None)
        for cell in self.notebook.cells:
            cell.metadata["papermill"] = part(
                status=CellStatus.PENDING.value,
                start_time=None,
                end_time=None,
                duration=None,
                exception=None,
            )
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        self.save()

    def cell_began(self, index: int) -> None:
        """The cell runs."""
        self._began[index] = now = self._now()
        about = self.notebook.cells[index].metadata["papermill"]
        about.update(status=CellStatus.RUNNING.value, start_time=now.isoformat(), exception=False)
        self.touch()

    def cell_ended(self, index: int, status: CellStatus) -> None:
        """The cell is over, or there was nothing to run in it."""
        now = self._now()
        began = self._began.get(index, now)
        self.notebook.cells[index].metadata["papermill"].update(
            status=status.value,
            start_time=began.isoformat(),
            end_time=now.isoformat(),
            duration=(now - began).total_seconds(),
            exception=status is CellStatus.FAILED,
        )
        self.touch()

    def end(self, *, failed: bool) -> None:
        """The execution is over; write everything. What never ran stays pending."""
        for index in self._began:
            about = self.notebook.cells[index].metadata["papermill"]
            if about["status"] == CellStatus.RUNNING:
                self.cell_ended(index, CellStatus.FAILED)
        now = self._now()
        self.notebook.metadata["papermill"].update(
            end_time=now.isoformat(),
            duration=(now - self._started).total_seconds(),
            exception=True if failed else None,
        )
        self.save()

    def touch(self) -> None:
        """Something has changed that is not on disk."""
        self._is_dirty = True

    def save_due_in(self, now: float) -> float | None:
        """In how many seconds a save is due; None while there is nothing to save."""
        if self.path is None or not self._is_dirty:
            return None
        return max(0.0, self._next_save - now)

    def save_if_due(self, now: float) -> None:
        if self.save_due_in(now) == 0.0:
            self.save()

    def save(self) -> None:
        """Write all of it."""
        self.settle()
        self._is_dirty = False
        if self.path is None:
            return
        began = time.monotonic()
        write_whole(self.path, write(self.notebook).encode("utf-8", "replace"))
        ended = time.monotonic()
        self._next_save = ended + max(_EVERY, _TIMES * (ended - began))

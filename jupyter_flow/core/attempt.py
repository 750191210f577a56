"""One try of a task, and what went wrong in it. Values only; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .states import Outcome


class Cause(StrEnum):
    """Why an attempt did not succeed. ``retry_on`` may name these beside exception classes."""

    #: A cell raised an exception; its name is in `Failure.name`.
    CELL_ERROR = "CellError"
    #: The kernel's process ended by itself: a signal, a segmentation fault, an exit.
    KERNEL_DIED = "KernelDied"
    #: The kernel was killed because memory ran out.
    OUT_OF_MEMORY = "OutOfMemory"
    #: The attempt took longer than ``timeout``.
    TIMEOUT = "Timeout"
    #: A cell took longer than ``cell_timeout``.
    CELL_TIMEOUT = "CellTimeout"
    #: A cell asked for input, and there is nobody to answer.
    INPUT_REQUESTED = "InputRequested"
    #: It never came to run a cell: a template, a parameter, the kernel.
    START_FAILED = "StartFailed"
    #: Its notebook succeeded, and a file that it handed on could not be stored.
    STORE_FAILED = "StoreFailed"
    #: The run of the other flow, which it is, failed.
    FLOW_FAILED = "FlowFailed"
    #: Somebody stopped it.
    CANCELLED = "Cancelled"
    #: The process that drove it is gone.
    LOST = "Lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong in an attempt, as far as it is known.

    ``cell`` counts all cells of the notebook from 1, as a person would; ``line`` counts the lines
    of that cell. ``bases`` are the names of the exception's base classes where the kernel told.
    ``traceback`` is plain text, without terminal colours.
    """

    cause: Cause
    name: str = ""
    message: str = ""
    bases: tuple[str, ...] = ()
    traceback: str = ""
    cell: int | None = None
    cell_id: str | None = None
    line: int | None = None
    source: str = ""
    signal: int | None = None
    exit_status: int | None = None

    def __str__(self) -> str:
        what = f"{self.name}: {self.message}" if self.name else self.message or self.cause.value
        return what if self.cell is None else f"{what} (cell {self.cell})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a task run. ``outcome`` is None while it lasts.

    ``cell`` is the one that runs, or the last that ran, among all ``cells`` of the notebook, as
    `Failure` counts them. ``notebook`` and ``log`` are paths below the home of the project.
    ``cpu`` is in seconds, ``memory`` in bytes (the peak); None where the system does not tell.
    ``child`` is the id of the run that it is, of a task that runs another flow; its ``cell`` and
    ``cells`` are then tasks. ``cluster`` is where it goes on without whoever drives its run, ""
    where it does not.
    """

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    failure: Failure | None = None
    cell: int = 0
    cells: int = 0
    notebook: str = ""
    log: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    cpu: float | None = None
    memory: int | None = None
    child: str = ""
    cluster: str = ""

"""The names of things: flows, runs, tasks and one task within a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

RunId = NewType("RunId", str)
FlowName = NewType("FlowName", str)
TaskName = NewType("TaskName", str)


@dataclass(frozen=True, slots=True)
class TaskKey:
    """One task run within a run: the task and, once it is mapped, which instance.

    ``index`` is None for a task that is not mapped, and for a mapped one until its list is known.
    """

    task: str
    index: int | None = None

    def __str__(self) -> str:
        return self.task if self.index is None else f"{self.task}[{self.index}]"

    @classmethod
    def parse(cls, text: str) -> TaskKey:
        """Read ``train`` or ``train[2]``. Raises ValueError for anything else."""
        name, bracket, rest = text.partition("[")
        if not bracket:
            return cls(name)
        if not rest.endswith("]"):
            raise ValueError(f"{text!r} is no task: write train or train[2]")
        return cls(name, int(rest[:-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptId:
    """One attempt among all of a store."""

    run: RunId
    key: TaskKey
    number: int

    def __str__(self) -> str:
        return f"{self.run} {self.key} attempt {self.number}"

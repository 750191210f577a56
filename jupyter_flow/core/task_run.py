"""One task in one run: its state, its attempts, and what it handed on.

A frozen value. It moves only along the table in `jupyter_flow.core.states`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .attempt import Attempt
from .errors import ConflictError
from .ids import AttemptId, TaskKey
from .states import MOVES, Signal, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One task in one run.

    ``tries`` counts the attempts since the task was last planned (a repair starts it anew), so
    it, not the length of ``attempts``, is held against ``retries``. ``item`` is what a mapped
    instance got from ``.expand``. ``values`` are those of the last attempt that succeeded.
    ``origin`` is the attempt, in any run, whose result this task run was restored from; it stays
    until an attempt begins, so that what is cleared is not restored once more.
    ``due_at`` is when a retry is due, or when a wait has lasted long enough.
    ``reason`` says in words why the state is what it is, when that is not plain; of a task that
    runs, it says why it is being stopped.
    """

    key: TaskKey
    state: TaskState = TaskState.PENDING
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    item: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    origin: AttemptId | None = None
    due_at: datetime | None = None
    reason: str = ""

    @property
    def attempt(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def is_open(self) -> bool:
        """Its latest attempt has not ended, though the task may have been cleared or marked."""
        return bool(self.attempts) and self.attempts[-1].outcome is None

    @property
    def is_stopping(self) -> bool:
        """It runs, and was asked to stop."""
        return self.state is TaskState.RUNNING and bool(self.reason)

    def take(self, signal: Signal, **changes: Any) -> TaskRun:
        """The task run after *signal*. ``reason`` and ``due_at`` do not outlive a move.

        Raises ConflictError when the table knows no such move.
        """
        state = MOVES.get((self.state, signal))
        if state is None:
            tried = ", ".join(f"{a.number} {a.outcome or 'running'}" for a in self.attempts)
            raise ConflictError(
                f"task '{self.key}' is {self.state}, so it cannot take '{signal}'",
                hint=f"Its attempts so far: {tried or 'none'}.",
                code="JF301",
            )
        return replace(self, **({"state": state, "reason": "", "due_at": None} | changes))

    def with_attempt(self, **changes: Any) -> TaskRun:
        """The same task run with its latest attempt changed."""
        return replace(self, attempts=(*self.attempts[:-1], replace(self.attempts[-1], **changes)))

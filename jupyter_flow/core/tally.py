"""How many upstream task runs have ended in which way: all that a trigger rule looks at.

Kept up to date with every change, so that a rule is judged without looking at its upstreams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .states import GOOD, TaskState


@dataclass(frozen=True, slots=True)
class Tally:
    """How the upstream task runs of a task have ended so far. Mapped ones count each.

    ``cancelled`` ones count as failed, ``restored`` ones as succeeded.
    """

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    upstream_failed: int = 0
    skipped: int = 0
    removed: int = 0

    @classmethod
    def of(cls, states: Mapping[TaskState, int]) -> Tally:
        """So many task runs in each of these *states*."""
        counts: dict[str, int] = {}
        for state, number in states.items():
            if (column := _COLUMNS.get(state)) is not None:
                counts[column] = counts.get(column, 0) + number
        return cls(sum(states.values()), **counts)

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed + self.upstream_failed + self.skipped + self.removed

    @property
    def is_done(self) -> bool:
        return self.ended >= self.total

    def plus(self, state: TaskState | None, by: int) -> Tally:
        """This tally with *by* more task runs in *state*. None adds nothing at all."""
        if state is None:
            return self
        column = _COLUMNS.get(state)
        counts = {"total": self.total + by}
        if column is not None:
            counts[column] = getattr(self, column) + by
        return replace(self, **counts)


def counts_alike(one: TaskState | None, other: TaskState | None) -> bool:
    """Whether a task run that goes from *one* state to the *other* changes no tally."""
    if one is None or other is None:
        return one is other
    return _COLUMNS.get(one) == _COLUMNS.get(other)


_COLUMNS: Mapping[TaskState, str] = {
    **dict.fromkeys(GOOD, "succeeded"),
    TaskState.FAILED: "failed",
    TaskState.CANCELLED: "failed",
    TaskState.UPSTREAM_FAILED: "upstream_failed",
    TaskState.SKIPPED: "skipped",
    TaskState.REMOVED: "removed",
}

"""What is known of datasets: when each was updated, and by which task."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from jupyter_flow.core.datasets import Update
from jupyter_flow.core.ids import RunId


class DatasetStore(Protocol):
    """The updates of datasets, in the order in which they were kept.

    Those that tasks make are kept with the event that made them (`RunStore.record`); they go with
    their runs.

    Every implementation must pass ``jupyter_flow.testing.contracts.DatasetStoreContract``.
    """

    def touch(self, update: Update) -> Update:
        """Keep an update that no task made; it gets its id."""

    def last(self) -> int:
        """The id of the last update of any dataset; 0 when there is none."""

    def latest(self) -> list[Update]:
        """The last update of each dataset, by name."""

    def history(self, dataset: str, *, limit: int = 20) -> list[Update]:
        """The updates of *dataset*, the latest first."""

    def between(self, after: int, upto: int, datasets: Collection[str]) -> list[Update]:
        """The updates of *datasets* with ids from *after* (without it) to *upto*, in order."""

    def of_run(self, run: RunId) -> list[Update]:
        """The updates that tasks of *run* made, in order."""

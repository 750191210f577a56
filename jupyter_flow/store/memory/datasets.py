"""Updates of datasets in memory."""

from __future__ import annotations

from collections.abc import Collection

from jupyter_flow.core.datasets import Update
from jupyter_flow.core.ids import RunId

from .part import MemoryPart


class MemoryDatasetStore(MemoryPart):
    """`jupyter_flow.ports.datasets.DatasetStore` in memory, for any number of threads."""

    def touch(self, update: Update) -> Update:
        """Keep an update that no task made; it gets its id."""
        (kept,) = self._shelf.update([update])
        return kept

    def last(self) -> int:
        """The id of the last update of any dataset; 0 when there is none."""
        return max((each.id for each in self._all()), default=0)

    def latest(self) -> list[Update]:
        """The last update of each dataset, by name."""
        return [each for _, each in sorted({each.dataset: each for each in self._all()}.items())]

    def history(self, dataset: str, *, limit: int = 20) -> list[Update]:
        """The updates of *dataset*, the latest first."""
        return [each for each in reversed(self._all()) if each.dataset == dataset][:limit]

    def between(self, after: int, upto: int, datasets: Collection[str]) -> list[Update]:
        """The updates of *datasets* with ids from *after* (without it) to *upto*, in order."""
        found = (each for each in self._all() if after < each.id <= upto)
        return [each for each in found if each.dataset in datasets]

    def of_run(self, run: RunId) -> list[Update]:
        """The updates that tasks of *run* made, in order."""
        return [each for each in self._all() if each.run == run]

    def _all(self) -> list[Update]:
        with self._shelf.lock:
            return list(self._shelf.updates)

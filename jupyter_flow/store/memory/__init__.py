"""All stores in memory: the reference that says what they mean, and the ones for fast tests.

Like a database they believe only what they are told: a task run that is not among ``changed``
stays as it was, whatever the given run says. Nothing survives its process.
"""

from __future__ import annotations

from jupyter_flow.ports.stores import Stores

from .alerts import MemoryAlertStore
from .datasets import MemoryDatasetStore
from .results import MemoryResultStore
from .runs import MemoryRunStore
from .schedules import MemoryScheduleStore
from .services import MemoryServiceStore
from .shelf import Shelf

__all__ = ["MemoryRunStore", "MemoryStores"]


class MemoryStores(Stores):
    """Stores that share what they keep, for any number of threads."""

    def __init__(self) -> None:
        shelf = Shelf()
        super().__init__(
            runs=MemoryRunStore(shelf),
            schedules=MemoryScheduleStore(shelf),
            alerts=MemoryAlertStore(shelf),
            services=MemoryServiceStore(shelf),
            results=MemoryResultStore(shelf),
            datasets=MemoryDatasetStore(shelf),
        )

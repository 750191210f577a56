"""All that is kept in one place: the stores that share a database, opened and closed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .alerts import AlertStore
from .cache import ResultStore
from .datasets import DatasetStore
from .runs import RunStore
from .schedules import ScheduleStore
from .services import ServiceStore


def _nothing() -> None:
    """What is to be done about a store that has nothing to give back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Runs, schedules, alerts, services, results and updates of datasets of one place.

    What one of them keeps the others see.
    """

    runs: RunStore
    schedules: ScheduleStore
    alerts: AlertStore
    services: ServiceStore
    results: ResultStore
    datasets: DatasetStore
    give_back: Callable[[], None] = _nothing

    def close(self) -> None:
        """Give back what is open. They may be used again, and open anew what they need."""
        self.give_back()

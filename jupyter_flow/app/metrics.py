"""The figures of a service for Prometheus: what there is to do in its store, and what it has done.

Everything is read when it is asked for. `prometheus_client` writes the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.errors import FlowError
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.services import Load
from jupyter_flow.ports.stores import Stores

if TYPE_CHECKING:
    from .service import Service

_PREFIX = "jupyter_flow_"


class Figures:
    """A collector for a registry of `prometheus_client`."""

    def __init__(self, stores: Stores, clock: Clock, service: Service) -> None:
        self._stores = stores
        self._clock = clock
        self._service = service

    def collect(self) -> Iterator[Any]:
        """All figures, as they are now."""
        now = self._clock.now()
        try:
            load: Load | None = self._stores.services.load(now=now, with_ended=True)
            services = len(self._stores.services.alive(now=now))
        except FlowError:
            load, services = None, 0
        yield _gauge("store_up", "Whether the store answers.", [({}, float(load is not None))])
        if load is not None:
            yield from self._of_store(load, services, now)
        yield from self._of_service()

    def _of_store(self, load: Load, services: int, now: datetime) -> Iterator[Any]:
        yield _gauge("runs", "Runs by state.", _by("state", load.runs))
        yield _gauge("tasks", "Tasks of live runs by state.", _by("state", load.tasks))
        yield _gauge("services", "Services of the store.", [({}, services)])
        states = {"active": load.schedules - load.paused, "paused": load.paused}
        yield _gauge("schedules", "Schedules.", _by("state", states))
        queue = _age(load.queued_since, now)
        yield _gauge("queue_lag_seconds", "Age of the oldest run without a driver.", [({}, queue)])
        overdue = _age(load.overdue, now)
        yield _gauge(
            "fire_overdue_seconds", "Age of the oldest unfired fire time.", [({}, overdue)]
        )
        alerts = {"unsent": load.unsent, "given_up": load.given_up}
        yield _gauge("alerts", "Alerts that were not sent.", _by("state", alerts))

    def _of_service(self) -> Iterator[Any]:
        service = self._service
        figures, running = service.figures, service.running
        yield _gauge(
            "fire_lag_seconds",
            "From a fire time to its run, the last time.",
            [({}, service.scheduler.lag)],
        )
        yield _gauge("runs_driven", "Runs that this service drives.", [({}, len(running.driven))])
        yield _gauge("kernels", "Attempts that this service makes.", [({}, running.attempts)])
        yield _gauge("kernels_kept", "Kernels that are kept after failures.", [({}, running.kept)])
        yield _counter("runs_taken_up", "Runs that this service took up.", figures.taken_up)
        yield _counter("fires", "Runs that this service made for schedules.", figures.fired)
        yield _counter("lease_losses", "Runs that others took from this service.", running.lost)
        yield _counter("store_errors", "Times that the store did not answer.", figures.store_errors)


def serve_metrics(address: str, figures: Figures) -> str:
    """Answer ``/metrics`` at *address* (a port, or ``host:port``) in threads; the URL.

    Raises OSError when the address cannot be had.
    """
    from prometheus_client import CollectorRegistry, start_http_server

    registry = CollectorRegistry()
    registry.register(figures)
    host, _, port = address.rpartition(":")
    server, _ = start_http_server(int(port), addr=host or "127.0.0.1", registry=registry)
    return f"http://{host or '127.0.0.1'}:{server.server_port}/metrics"


def _gauge(name: str, meaning: str, samples: Iterable[tuple[dict[str, str], float]]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    found = list(samples)
    family = GaugeMetricFamily(_PREFIX + name, meaning, labels=list(found[0][0]) if found else [])
    for labels, value in found:
        family.add_metric(list(labels.values()), value)
    return family


def _counter(name: str, meaning: str, value: float) -> Any:
    from prometheus_client.core import CounterMetricFamily

    return CounterMetricFamily(_PREFIX + name, meaning, value=value)


def _by(label: str, counts: Any) -> list[tuple[dict[str, str], float]]:
    return [({label: name}, float(number)) for name, number in counts.items()]


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0

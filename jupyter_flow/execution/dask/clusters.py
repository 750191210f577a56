"""The cluster: reached at an address, or made by the class that configuration names.

What a cluster is made of is its class's business (`dask_jobqueue`, `dask_kubernetes`,
`dask_gateway`, `distributed.LocalCluster`); its arguments are passed on as they are written.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import dask
from distributed import Client

from jupyter_flow.core.errors import FlowError, UnreachableError

from .parcels import difference, installed
from .worker import TOPIC

#: How many seconds connecting to a scheduler may take.
_TIMEOUT = 10.0
#: How often it is greeted.
_GREETINGS = 5
#: And an answer of it. Dask may wait for ever for one that was on its way when the link broke.
_ANSWER = 60.0
#: Who asks so soon after it could not be reached is told so at once. To try takes long, and there
#: may be thousands of attempts about which something is to be done.
_PAUSE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """Which cluster. ``scheduler`` is an address; without one, the class ``cluster`` (as
    ``module.Class``) is called with ``arguments``, then scaled to ``workers`` or between the
    ``minimum`` and ``maximum`` in ``adapt``, if these are given."""

    scheduler: str = ""
    cluster: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    workers: int | None = None
    adapt: Mapping[str, Any] = field(default_factory=dict)


class Cluster:
    """The cluster of *config*, connected to at the first use, and again when that was cut."""

    def __init__(self, config: ClusterConfig) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._made: Any = None
        self._client: Any = None
        self._comm: Any = None
        self._away: tuple[float, Exception] | None = None
        self._left: list[threading.Thread] = []
        self._address = ""

    @property
    def outlives_us(self) -> bool:
        """Whether the cluster goes on when this process ends."""
        return bool(self.config.scheduler)

    @property
    def address(self) -> str:
        """Where others reach it too: as the scheduler itself says. "" if it does not outlive us,
        and before the first connection."""
        return self._address if self.outlives_us else ""

    def client(self, heard: Callable[[Any], None]) -> Any:
        """The connection; *heard* is told what workers tell, and when one is gone.

        Raises FlowError: JF615 when the scheduler cannot be reached, JF616 when the cluster cannot
        be made.
        """
        with self._lock:
            if not self._is_connected():
                if self._client is not None:
                    # It connects again by itself, but has given up all its tasks, and does not say
                    # to a scheduler that was begun anew what it wants to be told.
                    left = threading.Thread(target=_leave, args=(self._client,), daemon=True)
                    left.start()
                    self._left = [each for each in self._left if each.is_alive()] + [left]
                    self._client = None
                self._client = self._connected()
                self._comm = self._client.scheduler_comm
                self._address = self._client.scheduler_info()["address"]
                self._client.subscribe_topic(TOPIC, heard)
                self._client.subscribe_topic("all", heard)
            return self._client

    def close(self) -> None:
        """Leave the cluster; end it, if it was made here."""
        with self._lock:
            for each in self._left:
                each.join(_TIMEOUT)
            if self._client is not None:
                if self._client.status == "running":
                    # Of its own leaving the scheduler would tell it, too late, and complain.
                    self._client.unsubscribe_topic(TOPIC)
                    self._client.unsubscribe_topic("all")
                self._client.close()
            if self._made is not None:
                self._made.close()
            self._client = self._comm = self._made = None

    def _is_connected(self) -> bool:
        """Whether the connection is there, and the same one all the time."""
        client = self._client
        is_there = client is not None and client.status == "running"
        return is_there and client.scheduler_comm is self._comm

    def _connected(self) -> Any:
        if self._away is not None and time.monotonic() < self._away[0] + _PAUSE:
            raise _unreachable(str(self.config.scheduler or self._made), self._away[1])
        # What travels is bounded here; Dask would warn of it at a fraction of that.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"})
        if self.config.scheduler:
            address = self.config.scheduler
        else:
            self._made = address = self._made or self._make()
        try:
            return _client_of(address)
        except (OSError, ValueError, TimeoutError) as error:
            self._away = time.monotonic(), error
            raise _unreachable(str(address), error) from error

    def _make(self) -> Any:
        config = self.config
        module, _, name = config.cluster.rpartition(".")
        try:
            made = getattr(import_module(module), name)(**config.arguments)
            if config.workers is not None:
                made.scale(config.workers)
            if config.adapt:
                made.adapt(**config.adapt)
        except ModuleNotFoundError as error:
            raise FlowError(
                f"the cluster {config.cluster} needs a library that is not installed: {error}",
                hint="Install it here, or see to the table [dask] of the settings: cluster.",
                code="JF616",
            ) from error
        except Exception as error:
            # The class is of any library, and raises what it likes.
            raise FlowError(
                f"the cluster {config.cluster} cannot be made: {type(error).__name__}: {error}",
                hint="See to the table [dask] of the settings: cluster, arguments.",
                code="JF616",
            ) from error
        return made


class _Connection(Client):
    """A client that leaves nothing behind when it cannot be made."""

    def start(self, **named: Any) -> None:
        try:
            super().start(**named)  # type: ignore[no-untyped-call]
        except BaseException:
            # Dask leaves the thread of its loop, and its sockets, for as long as we live.
            _leave(self)
            self._loop_runner.stop()  # type: ignore[no-untyped-call]
            raise


def _client_of(address: Any) -> Any:
    """A connection to it. Dask would wait for ever for a scheduler that answers nothing."""
    found: Future[Any] = Future()

    def connect() -> None:
        try:
            found.set_result(_greeted(address))
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            found.set_exception(error)

    def leave(late: Future[Any]) -> None:
        if late.exception() is None:
            _leave(late.result())

    threading.Thread(target=connect, name="dask connection", daemon=True).start()
    try:
        return found.result(timeout=3 * _TIMEOUT)
    except TimeoutError:
        found.add_done_callback(leave)
        raise


def _greeted(address: Any) -> Any:
    for _ in range(_GREETINGS):
        # Dask insists on being greeted alone. While a worker dies, say, it is told of that as well.
        with suppress(AssertionError):
            return _Connection(address, timeout=_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    raise TimeoutError("its greeting was not understood")


@contextmanager
def reaching(client: Any) -> Iterator[None]:
    """Raises FlowError (JF615) for whatever is raised because the connection is cut."""
    try:
        yield
    except (Exception, asyncio.CancelledError) as error:
        if isinstance(error, OSError | asyncio.CancelledError) or client.status != "running":
            address = client.scheduler.address if client.scheduler is not None else ""
            raise _unreachable(address, error) from error
        raise


def ask(method: Any, *args: Any, **named: Any) -> Any:
    """What *method* of a `Client` gives. Raises FlowError (JF615) when it does not come in time."""

    async def asked() -> Any:
        return await method(*args, **named)

    client = method.__self__
    with reaching(client):
        return client.sync(asked, callback_timeout=_ANSWER)


def _unreachable(address: str, error: BaseException) -> UnreachableError:
    return UnreachableError(
        f"the Dask scheduler {address} cannot be reached: {str(error) or type(error).__name__}",
        hint="Start it (dask scheduler), or correct the address: --dask-scheduler.",
        code="JF615",
    )


def _leave(client: Any) -> None:
    """Close a connection that was cut, or came too late: that takes its time, and may fail."""
    with suppress(Exception):
        client.close()


def unlike_workers(scheduler: str) -> tuple[int, dict[str, str]]:
    """How many workers there are, and what is installed on some of them otherwise than here."""
    cluster = Cluster(ClusterConfig(scheduler=scheduler))
    try:
        client = cluster.client(lambda _: None)
        found: dict[str, str] = ask(client.run, difference, dict(installed()), on_error="return")
    finally:
        cluster.close()
    return len(found), {where: str(each) for where, each in found.items() if each}


def workers_of(client: Any) -> Mapping[str, Mapping[str, Any]]:
    """What the scheduler knows of each worker, by its address."""
    try:
        about = client.scheduler_info(n_workers=-1)
    except TypeError:  # older ones tell of all
        about = client.scheduler_info()
    workers: Mapping[str, Mapping[str, Any]] = about["workers"]
    return workers

"""Puts the parts together: the one place that knows which parts there are."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.errors import FlowError, NotFoundError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.outbox import Outbox
from jupyter_flow.engine.places import Places
from jupyter_flow.engine.scheduler import Scheduler
from jupyter_flow.engine.slots import Slots
from jupyter_flow.engine.surroundings import Surroundings
from jupyter_flow.ports.alerts import Message
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.cache import Cache
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.executor import Executor
from jupyter_flow.ports.shared_home import SharedHome
from jupyter_flow.ports.stores import Stores

from . import memory
from .answer_links import AnswerLinks
from .attempting import Attempting
from .bus import Bus
from .clock import SystemClock
from .definitions import Definitions
from .flows import Flows
from .naming import new_run_id, new_run_ids
from .once import Once
from .owner import this_process
from .running import Running
from .service import Service
from .settings import Settings
from .watchers import Watchers

if TYPE_CHECKING:
    from jupyter_flow.notify.composing import Composer

log = logging.getLogger(__name__)


@contextmanager
def open_flows(
    folder: Path | None = None, said: Mapping[str, str] | None = None
) -> Iterator[Flows]:
    """The use-cases for the project around *folder* (the current one, unless given).

    *said* are settings that come before all others, by the names of their variables. What is slow
    to load is loaded at its first use: `check` opens no store, `runs` no executor.
    On leaving, runs in the background are waited for and everything is closed; an interrupt
    leaves at once, and what runs ends with the process.
    """
    flows = wire(Settings.read(folder, {**os.environ, **(said or {})}))
    try:
        yield flows
    except KeyboardInterrupt:
        raise
    except BaseException:
        flows.close()
        raise
    flows.close()


def wire(settings: Settings) -> Flows:
    """Settings to use-cases. Nothing is opened yet."""
    parts = Parts(settings)
    return Flows(
        settings=settings,
        places=parts.places,
        clock=parts.clock,
        bus=parts.bus,
        tell=parts.tell,
        open_stores=lambda: open_stores(settings),
        open_artifacts=parts.artifacts,
        shared=parts.shared,
        get_ready=parts.get_ready,
        make_running=parts.running,
        make_cache=parts.cache,
        make_outbox=parts.outbox,
        try_address=_try_address,
    )


def open_attempting(folder: Path | None = None) -> Attempting:
    """What makes single attempts of tasks in the project around *folder*, for other schedulers."""
    from jupyter_flow.store.memory import MemoryStores

    parts, stores = Parts(Settings.read(folder)), MemoryStores()
    return Attempting(
        Definitions(parts.settings),
        parts.places,
        parts.clock,
        store=stores.runs,
        make_running=lambda: parts.running(stores),
    )


class Parts:
    """The parts of one process that several of its use-cases share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bus, self.clock, self.places = Bus(), SystemClock(), Places(settings.home)
        self._watchers = Watchers(settings.home)
        self.artifacts = Once(lambda: _artifacts(self.clock, settings))
        self.shared = Once(lambda: _shared_home(settings))
        self._executor = Once(
            lambda: _executor(self.clock, settings, self.artifacts(), self.shared())
        )

    def get_ready(self) -> None:
        """Something will be run in this process: begin what takes time, before all else loads."""
        self._executor().get_ready()

    def tell(self, run: str = "") -> None:
        """There is something new about *run*, or about any: tell all who follow runs."""
        self.bus.nudge(run)
        self._watchers.tell(run)

    def running(
        self,
        stores: Stores,
        heard: Callable[[str], None] = lambda _: None,
        ended: Callable[[RunId, bool], None] = lambda _run, _failed: None,
    ) -> Running:
        """What drives runs in this process."""
        from jupyter_flow.execution.loading import load
        from jupyter_flow.lookout.tower import Tower

        load()  # before there are threads that want it
        settings = self.settings
        admission = Admission(max_parallel=settings.max_parallel, pools=settings.pools)
        executor = self._executor()
        reserve = settings.memory_reserve if settings.executor == "local" else 0
        has_memory = memory.guard(reserve, short=executor.make_room)
        around = Surroundings(
            store=stores.runs,
            executor=executor,
            lookout=Tower(self.clock, settings.home),
            slots=Slots(admission, has_memory=has_memory),
            clock=self.clock,
            assignments=Assignments(self.places, stores.runs),
            cache=self.cache(stores),
            lease=timedelta(seconds=settings.lease),
            published=lambda entry: self.tell(entry.run),
            new_id=new_run_id,
        )
        return Running(around, self.shared(), heard=heard, ended=ended, left=self.tell)

    def cache(self, stores: Stores) -> Cache:
        """What remembers the results of earlier attempts."""
        from jupyter_flow.cache.remembering import ResultCache
        from jupyter_flow.execution.forked.libraries import module_files_of
        from jupyter_flow.execution.kernelspecs import find_kernelspec

        return ResultCache(
            stores.results,
            clock=self.clock,
            home=self.settings.home,
            kernels=find_kernelspec,
            modules=module_files_of,
            has_artifact=lambda name: self.artifacts().has(name),
        )

    def _fetch(self, path: Path) -> None:
        try:
            self.shared().fetch(path)
        except FlowError as error:  # a message goes without it, and says so
            log.warning("what is shared cannot be had: %s", error)

    def outbox(self, stores: Stores) -> Outbox:
        """What sends alerts in this process."""
        from jupyter_flow.notify.apprise_notifier import AppriseNotifier
        from jupyter_flow.notify.composing import Composer

        settings = self.settings
        links = AnswerLinks(settings.home, settings.lab_url, shared=self.shared)
        composer = Composer(
            home=settings.home,
            link_base=settings.lab_url,
            templates=settings.folder / settings.alert_templates
            if settings.alert_templates
            else None,
            answer_link=lambda run, key: links.link(run, key, now=self.clock.now()),
            fetch=self._fetch,
        )
        return Outbox(
            stores.alerts,
            AppriseNotifier(),
            self.clock,
            compose=lambda alert: _composed(composer, stores, alert),
            owner=this_process(),
        )


def _composed(composer: Composer, stores: Stores, alert: Alert) -> AbstractContextManager[Message]:
    """The message about *alert*, its moments in the zone of the run's schedule."""
    run = stores.runs.load(alert.run)
    try:
        zone = stores.schedules.get(run.fired.series).timetable.tz if run.fired else ""
    except NotFoundError:
        zone = ""
    return composer.composed(alert, run, zone=zone)


def _try_address(address: str) -> None:
    from jupyter_flow.notify.apprise_notifier import AppriseNotifier
    from jupyter_flow.notify.composing import note_for_test

    AppriseNotifier().send(address, note_for_test())


def make_service(flows: Flows, *, idle: timedelta | None = None) -> Service:
    """A service for the store of *flows*, with drivers and an outbox of its own."""
    parts, stores = Parts(flows.settings), flows.stores
    return Service(
        stores,
        parts.clock,
        make_running=lambda heard, ended: parts.running(stores, heard, ended),
        scheduler=Scheduler(
            stores.schedules,
            stores.runs,
            parts.clock,
            prepare=flows.scheduling.prepare,
            new_ids=new_run_ids,
        ),
        outbox=parts.outbox(stores),
        prune=_pruner(flows),
        idle=idle,
    )


def _pruner(flows: Flows) -> Callable[[], object] | None:
    """What a service does about old runs; None when all are kept."""
    runs, days = flows.settings.keep_runs, flows.settings.keep_days
    if runs is None and days is None:
        return None
    return lambda: flows.pruning.prune(keep_runs=runs, keep_days=days)


def open_stores(settings: Settings) -> Stores:
    """The stores that *settings* mean."""
    from jupyter_flow.store.opening import open_store

    if not settings.shared_home:
        return open_store(settings.database)
    from jupyter_flow.store.project_paths import ProjectPaths

    paths = ProjectPaths.of(settings.project or settings.folder, settings.shared_home)
    return open_store(settings.database, paths=paths)


def _shared_home(settings: Settings) -> SharedHome:
    from jupyter_flow.artifacts.shared_home import open_shared_home

    return open_shared_home(settings.shared_home, settings.home)


def _artifacts(clock: Clock, settings: Settings) -> ArtifactStore:
    from jupyter_flow.artifacts import open_artifacts

    where = settings.artifact_store
    owner = _name_of_store(settings.database) if "://" in where else ""
    return open_artifacts(where, settings.home, now=clock.now, owner=owner)


def _name_of_store(database: str) -> str:
    """The address of the runs' store as people may see it, the same on each of its machines."""
    from sqlalchemy import make_url

    from jupyter_flow.store.engines import shown

    url = make_url(database)
    host = "" if url.host else f" on {socket.gethostname()}"
    return shown(url) + host


def _executor(
    clock: Clock, settings: Settings, artifacts: ArtifactStore, shared: SharedHome
) -> Executor:
    is_local = settings.executor == "local"
    executor = (
        _of_this_machine(clock, settings, artifacts)
        if is_local
        else _of_cluster(settings, artifacts)
    )
    if not shared.is_shared:
        return executor
    from jupyter_flow.execution.sharing import SharingExecutor

    return SharingExecutor(executor, shared, settings.home)


def _of_this_machine(clock: Clock, settings: Settings, artifacts: ArtifactStore) -> Executor:
    from jupyter_flow.execution.kept import KeptKernels
    from jupyter_flow.execution.local import LocalExecutor

    minutes = settings.keep_kernel_minutes
    kept = KeptKernels(most=settings.keep_kernels, seconds=minutes * 60)
    return LocalExecutor(
        now=clock.now, kept=kept, artifacts=artifacts, load_limit=settings.load_limit
    )


def _of_cluster(settings: Settings, artifacts: ArtifactStore) -> Executor:
    """Raises FlowError when the cluster is not there: before anything has been begun."""
    from jupyter_flow.execution.dask import needs_dask

    needs_dask()
    from jupyter_flow.execution.dask.clusters import Cluster, ClusterConfig
    from jupyter_flow.execution.dask.executor import DaskExecutor

    from .equipment import equip

    said = dict(settings.dask)
    shares_disk, resources = said.pop("shared_disk", None), said.pop("resources", None)
    store = settings.artifact_store
    is_far = "://" in store
    executor = DaskExecutor(
        Cluster(ClusterConfig(**said)),
        home=settings.home,
        equip=partial(
            equip,
            artifact_store=store if is_far else "",
            owner=_name_of_store(settings.database) if is_far else "",
            load_limit=settings.load_limit,
        ),
        artifacts=None if is_far else artifacts,
        shares_disk=shares_disk,
        resources=resources,
    )
    executor.connect()
    return executor

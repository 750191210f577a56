"""Puts the parts together: the one place that knows which parts there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_flow.core.machine.admission import Admission
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.driver import Surroundings
from jupyter_flow.engine.places import Places
from jupyter_flow.engine.slots import Slots
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.executor import Executor
from jupyter_flow.ports.runs import RunStore

from . import memory
from .bus import Bus
from .clock import SystemClock
from .flows import Flows
from .owner import this_process
from .running import Running
from .settings import Settings


@contextmanager
def open_flows(folder: Path | None = None) -> Iterator[Flows]:
    """The use-cases for the project around *folder* (the current one, unless given).

    What is slow to load is loaded at its first use: `check` opens no store, `runs` no executor.
    On leaving, runs in the background are waited for and everything is closed; an interrupt
    leaves at once, and what runs ends with the process.
    """
    flows = wire(Settings.read(folder))
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
    bus, clock, places = Bus(), SystemClock(), Places(settings.home)

    def surroundings(store: RunStore) -> Surroundings:
        admission = Admission(max_parallel=settings.max_parallel, pools=settings.pools)
        return Surroundings(
            store=store,
            executor=_executor(clock),
            slots=Slots(admission, has_memory=memory.guard(settings.memory_reserve)),
            clock=clock,
            assignments=Assignments(places, store),
            owner=this_process(),
            published=bus.publish,
        )

    return Flows(
        settings=settings,
        places=places,
        clock=clock,
        bus=bus,
        open_store=lambda: _store(settings),
        make_running=lambda store: Running(surroundings(store)),
    )


def _store(settings: Settings) -> RunStore:
    from jupyter_flow.store.opening import open_store

    return open_store(settings.database)


def _executor(clock: Clock) -> Executor:
    from jupyter_flow.execution.local import LocalExecutor

    return LocalExecutor(now=clock.now)

"""Is this machine ready to run flows? Looks, tells, and mends nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from uuid import uuid4

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.words import count
from jupyter_flow.ports.runs import RunStore

from .memory import free_memory
from .settings import Settings

_PACKAGES = (
    "jupyterlab-flow",
    "papermill",
    "nbclient",
    "jupyter_client",
    "ipykernel",
    "jupyterlab",
)
_GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that was looked at: whether it is well, what was seen, and what to do if not."""

    what: str
    is_well: bool
    seen: str
    hint: str = ""


def examine(settings: Settings, open_store: Callable[[], RunStore]) -> list[Finding]:
    """All findings, in an order that helps: what everything else needs comes first."""
    return [
        *_versions(),
        *_kernels(),
        _prepared_kernels(),
        _store(settings, open_store),
        *_shared_home(settings),
        *_cluster(settings),
        _disk(settings.home),
        _memory(settings),
    ]


def _versions() -> Iterator[Finding]:
    yield Finding(what="python", is_well=True, seen=f"{sys.version.split()[0]} at {sys.executable}")
    for package in _PACKAGES:
        try:
            yield Finding(what=package, is_well=True, seen=metadata.version(package))
        except metadata.PackageNotFoundError:
            yield Finding(
                what=package, is_well=False, seen="not installed", hint=f"pip install {package}"
            )


def _kernels() -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager

    specs = KernelSpecManager().get_all_specs()
    for name, spec in sorted(specs.items()):
        program = spec["spec"]["argv"][0]
        found = shutil.which(program) is not None
        yield Finding(
            what=f"kernel {name}",
            is_well=found,
            seen=f"{spec['spec']['display_name']} ({program})",
            hint="" if found else f"{program} is not there: reinstall or remove this kernel.",
        )


def _prepared_kernels() -> Finding:
    """Whether Python's kernels can be forked, which is quicker: tried with one."""
    from jupyter_flow.execution.forked.fitness import unsupported
    from jupyter_flow.execution.forked.kernels import ForkedKernels
    from jupyter_flow.execution.forked.nursery import NurseryError

    what, why = "prepared kernels", unsupported()
    if why is not None:
        return Finding(what=what, is_well=True, seen=f"none, kernels are started: {why}")
    kernels = ForkedKernels()
    try:
        kernels.try_out()
    except NurseryError as error:
        hint = "Flows run all the same: their kernels are started, each in half a second or so."
        return Finding(what=what, is_well=False, seen=str(error), hint=hint)
    finally:
        kernels.close()
    return Finding(what=what, is_well=True, seen="forked in milliseconds")


def _store(settings: Settings, open_store: Callable[[], RunStore]) -> Finding:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from jupyter_flow.store.engines import shown

    try:
        open_store().summaries(limit=1)
    except FlowError as error:
        return Finding(what="store", is_well=False, seen=error.what, hint=error.hint)
    except (SQLAlchemyError, OSError) as error:
        hint = "Set JUPYTER_FLOW_DATABASE to a database that can be reached and written."
        return Finding(what="store", is_well=False, seen=str(error), hint=hint)
    return Finding(what="store", is_well=True, seen=shown(make_url(settings.database)))


def _shared_home(settings: Settings) -> Iterator[Finding]:
    """Whether files can be put there, if there is one."""
    from jupyter_flow.artifacts.place import Place

    if not settings.shared_home:
        return
    place, probe = Place(settings.shared_home, "the shared home"), f"probe-{uuid4().hex}"
    try:
        place.write(b"", probe)
        place.remove(probe)
    except FlowError as error:
        yield Finding(what="shared home", is_well=False, seen=error.what, hint=error.hint)
    else:
        yield Finding(what="shared home", is_well=True, seen=settings.shared_home)


def _cluster(settings: Settings) -> Iterator[Finding]:
    """The workers that make attempts, if a cluster does and is there already."""
    if settings.executor != "dask":
        return
    scheduler = settings.dask.get("scheduler", "")
    if not scheduler:
        seen = f"is made when it is needed: {settings.dask['cluster']}"
        yield Finding(what="dask", is_well=True, seen=seen)
        return
    from jupyter_flow.execution.dask import needs_dask

    try:
        needs_dask()
        from jupyter_flow.execution.dask.clusters import unlike_workers

        workers, unlike = unlike_workers(scheduler)
    except FlowError as error:
        yield Finding(what="dask", is_well=False, seen=error.what, hint=error.hint)
        return
    yield Finding(
        what="dask",
        is_well=workers > 0,
        seen=f"{count(workers, 'worker')} at {scheduler}",
        hint="" if workers else f"Start one: dask worker {scheduler}",
    )
    for worker, difference in unlike.items():
        yield Finding(
            what=f"worker {worker}",
            is_well=False,
            seen=f"has {difference}",
            hint="Install the same there as here.",
        )


def _disk(home: Path) -> Finding:
    folder = next(each for each in (home, *home.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    return Finding(
        what="disk",
        is_well=free > _GIB,
        seen=f"{free / _GIB:.1f} GiB free at {home}",
        hint="" if free > _GIB else "Executed notebooks need room: free some, or move the home.",
    )


def _memory(settings: Settings) -> Finding:
    free = free_memory()
    if free is None:
        return Finding(what="memory", is_well=True, seen="this system does not tell")
    is_well = free > settings.memory_reserve
    return Finding(
        what="memory",
        is_well=is_well,
        seen=f"{free / _GIB:.1f} GiB free, {settings.max_parallel} kernels at most at once",
        hint="" if is_well else "Only one kernel at a time will start: memory is short.",
    )

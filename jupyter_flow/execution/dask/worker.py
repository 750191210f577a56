"""What happens on a worker: an attempt is made there, told of, shown and stopped.

`make` is the task that Dask is given; it occupies one thread of the worker until the attempt has
ended. The other functions are called beside it, by `Client.run`, and find it by its name.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import mkdtemp
from typing import Any

from distributed import get_client, get_worker
from distributed.core import Status

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.failures import not_stored, start_failed
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.executor import Assignment, Executor

from .making import Making, made_here, making
from .parcels import Delivery, Parcel, delivered, difference, name_of, unpacked

#: The topic of what workers tell while attempts go on.
TOPIC = "jupyter_flow"
#: How many seconds pass, at least, between two words about what an attempt has written.
_BETWEEN = 0.5
#: How many seconds pass, at most, between two words about an attempt, though nothing is new.
SILENCE = 5.0
#: How long artifacts that came with an attempt are kept, at least.
_KEPT = timedelta(days=1)
#: What a worker is once it waits for nothing but its tasks, whose ends nobody will hear of.
_ENDING = frozenset({Status.closing, Status.closed, Status.failed})
#: So many bytes of a log are shown at once.
_PAGE = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a worker makes attempts with, for a home that is its own or the sender's."""

    executor: Executor
    artifacts: ArtifactStore


#: Gives the equipment for a home, always the same for the same.
Equip = Callable[[Path], Equipment]


def begun(key: str) -> str:
    """The name under which the cluster keeps, once for ever, on which worker *key* was begun."""
    return f"{key}/begun"


def make(parcel: Parcel, equip: Equip) -> Delivery | None:
    """Make the attempt of *parcel*, and wait for its end.

    None if it has been begun before, on a worker that is gone: it is made once. Dask itself would
    do it again. Raises UnseenError for a parcel without files where its sender's are unseen.
    """
    wanted = parcel.assignment
    if not parcel.notebook and not parcel.is_seen_here:
        raise UnseenError(f"this worker does not see {parcel.mark}")
    with making(name_of(wanted)) as this:
        key, address = str(get_worker().get_current_task()), get_worker().address
        return _delivery(parcel, equip, this) if claim(get_client(), key, address) else None


def _delivery(parcel: Parcel, equip: Equip, this: Making) -> Delivery:
    wanted, unlike = parcel.assignment, difference(parcel.sender)
    if unlike:
        return Delivery(ended=_unlike(wanted, unlike))
    if not parcel.notebook:
        assert parcel.mark is not None  # it is seen here
        return Delivery(ended=_made(this, wanted, equip(parcel.mark.parent).executor))
    home = Path(get_worker().local_directory) / "jupyter_flow"
    home.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(prefix="attempt-", dir=home))
    try:
        equipment = equip(home)
        given = unpacked(parcel, room, equipment.artifacts)
        ended = _made(this, given, equipment.executor)
        if parcel.artifacts is not None:
            _sweep(equipment.artifacts)
        return _delivered(ended, given, parcel, room)
    finally:
        shutil.rmtree(room, ignore_errors=True)


class UnseenError(Exception):
    """The files of the sender are not where this worker could see them."""


def claim(client: Any, key: str, owner: str) -> bool:
    """Whether *key*, a task of Dask, is *owner*'s to begin: it is nobody else's, now or ever."""
    try:
        client.publish_dataset(owner, name=begun(key))
    except KeyError:
        return False
    return True


def _made(this: Making, given: Assignment, executor: Executor) -> AttemptEnded:
    """Make it; tell how it goes on, and what it has written."""
    remark = f"made by the worker {get_worker().address} of a Dask cluster"
    remarks = (*given.remarks, remark)
    if given.keep_kernel:
        remarks = (*remarks, "its kernel is not kept: it could not be reached on a worker")
    given = replace(given, remarks=remarks, keep_kernel=False)
    inbox: SimpleQueue[AttemptProgressed | AttemptEnded] = SimpleQueue()
    if not this.start(executor, given, inbox.put):
        return _cancelled(given)
    try:
        return _followed(this, given, inbox)
    except BaseException:  # nobody would hear of its end
        this.stop()
        raise


def _followed(
    this: Making, given: Assignment, inbox: SimpleQueue[AttemptProgressed | AttemptEnded]
) -> AttemptEnded:
    """Its end; until then the cluster is told how it goes on."""
    worker = get_worker()
    is_stopped = False
    cell = cells = 0
    told: tuple[Any, ...] = ()
    silent = 0.0
    while True:
        word: dict[str, Any] = {"attempt": this.name, "worker": worker.address}
        try:
            report = inbox.get(timeout=_BETWEEN)
        except Empty:
            silent += _BETWEEN
        else:
            if isinstance(report, AttemptEnded):
                return report
            cell, cells = report.cell, report.cells
        if worker.status in _ENDING and not is_stopped:
            # Cut off from the scheduler, most often: by now somebody else makes it anew.
            this.stop()
            is_stopped = True
        new = (cell, cells, _size(given.log), _version(given.executed))
        if new != told or silent >= SILENCE:
            told, silent = new, 0.0
            word |= dict(zip(("cell", "cells", "log", "executed"), new, strict=True))
            worker.log_event(TOPIC, word)


def _delivered(ended: AttemptEnded, made: Assignment, parcel: Parcel, room: Path) -> Delivery:
    try:
        return delivered(ended, made, parcel, room)
    except FlowError as error:
        failure = not_stored(error.what, name=error.code, traceback=str(error))
        ended = replace(ended, outcome=Outcome.FAILED, failure=failure, values={})
        return delivered(ended, replace(made, artifacts=room / "nothing"), parcel, room)


def _sweep(artifacts: ArtifactStore) -> None:
    """Away with what came with attempts, or from them, long ago."""
    before = datetime.now(UTC) - _KEPT  # noqa: TID251 - a worker has no other clock
    for each in artifacts.all():
        if each.stored_at < before:
            artifacts.remove(each.name, put_before=before)


def _unlike(wanted: Assignment, unlike: str) -> AttemptEnded:
    worker = get_worker().address
    error = FlowError(
        f"the worker {worker} has {unlike}",
        hint="Install the same on the workers as here: the same Python, the same versions.",
        code="JF614",
    )
    return AttemptEnded(
        key=wanted.key,
        number=wanted.number,
        outcome=Outcome.FAILED,
        failure=start_failed(error.what, name=error.code, traceback=str(error)),
    )


def _cancelled(wanted: Assignment) -> AttemptEnded:
    return AttemptEnded(
        key=wanted.key,
        number=wanted.number,
        outcome=Outcome.CANCELLED,
        failure=Failure(cause=Cause.CANCELLED),
    )


# -- beside it ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What an attempt has written: its log from where it was asked for, its notebook if new."""

    log: bytes
    executed: bytes | None


def look(name: str, log: int, executed: int) -> Look | None:
    """What is new since *log* bytes and the version *executed*; None if it is not made here."""
    given = next((each.assignment for each in made_here(name) if each.assignment), None)
    if given is None:
        return None
    try:
        with given.log.open("rb") as file:
            file.seek(log)
            text = file.read(_PAGE)
    except FileNotFoundError:
        text = b""
    is_new = _version(given.executed) > executed
    return Look(text, given.executed.read_bytes() if is_new else None)


def is_made_here(name: str) -> bool:
    """Whether the attempt is being made on this worker."""
    return bool(made_here(name))


def stop(name: str) -> None:
    """End the attempt, if it is made here."""
    for each in made_here(name):
        each.stop()


async def end_lost(run: RunId, key: TaskKey, number: int) -> None:
    """End what is left on this machine of an attempt that nobody follows."""
    from jupyter_flow.execution.leftovers import end_leftovers
    from jupyter_flow.execution.preparing import environment_naming

    await asyncio.to_thread(end_leftovers, environment_naming(run, key, number))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _version(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0

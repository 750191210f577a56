"""Where runs are kept, and their journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jupyter_flow.core.commands import Move
from jupyter_flow.core.events import Event, Request
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal: what happened, and which states that led to.

    ``seq`` counts the lines of a run from 1 without gaps; ask for what comes after the last one
    you saw.
    """

    run: RunId
    seq: int
    at: datetime
    event: Event
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run without its tasks, for lists. ``tasks`` counts the task runs by state."""

    id: RunId
    flow: str
    origin: str
    state: RunState
    logical_date: datetime
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    reason: str
    tasks: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A request that somebody left and that the run's driver has not answered yet."""

    id: int
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write a run, until it ends or is taken over. ``token`` grows with each owner."""

    run: RunId
    owner: str
    token: int


class RunStore(Protocol):
    """Keeps runs and their journals; many processes may share one.

    Every implementation must pass ``jupyter_flow.testing.contracts.RunStoreContract``. Whatever is
    asked of a run that does not exist raises NotFoundError (JF404). Moments come back as the same
    instant, in UTC. Reading never waits for a writer, nor a writer for readers.
    """

    def create(self, run: Run) -> None:
        """Keep a new run, in the state that it has. Raises ConflictError if its id is taken."""

    def load(self, run: RunId) -> Run:
        """The run as the last recorded entry left it."""

    def summaries(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        prefix: str = "",
        limit: int = 50,
    ) -> list[RunSummary]:
        """The newest runs first: of *flow*, in one of *states*, with an id that begins so.

        Of runs created at the same moment, the one whose id is greater comes first.
        """

    def lease(self, run: RunId, owner: str, *, now: datetime, duration: timedelta) -> Lease | None:
        """Take the run for *owner*, or None while another owner's lease lasts.

        An owner may take again what it holds, and its token stays. A lease not renewed by
        ``now + duration`` may be given to another: its owner is taken to have died.
        """

    def holder(self, run: RunId, *, now: datetime) -> Lease | None:
        """The lease that lasts at *now*, or None when nobody holds the run."""

    def renew(self, lease: Lease, *, now: datetime, duration: timedelta) -> None:
        """Make *lease* last until ``now + duration``. Raises LeaseLostError if it is another's."""

    def release(self, lease: Lease) -> None:
        """Give the run back. Nothing happens if another owner has it by now."""

    def record(
        self,
        lease: Lease,
        run: Run,
        event: Event,
        *,
        changed: Sequence[TaskRun],
        removed: Sequence[TaskKey] = (),
        moves: Sequence[Move],
        answers: int | None = None,
        now: datetime,
    ) -> Entry:
        """Write the fact, the states after it and the journal's entry, all or nothing.

        *run* is the run after *event*, *changed* its task runs that are new or different and
        *removed* the keys that it no longer has. Of each changed task run the latest attempt is
        written, as earlier ones never change; of an AttemptProgressed nothing but how far that
        attempt has come. The plan is written only when the event brings new targets, the
        parameters and the logical time never. *answers* is the request (its `Pending.id`) that
        the event came from; it is taken away with the same stroke.

        Raises:
            LeaseLostError: the lease is another's by now, or was released.
            ConflictError: the request has been answered already.

        Nothing has been written then, nor when anything else goes wrong.
        """

    def journal(self, run: RunId, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The entries with ``seq`` greater than *after*, oldest first."""

    def ask(self, run: RunId, request: Request, *, now: datetime) -> None:
        """Leave a request for whoever drives the run."""

    def requests(self, run: RunId) -> list[Pending]:
        """The requests that nobody has answered yet, oldest first."""

    def dismiss(self, lease: Lease, pending: int) -> None:
        """Take away a request that cannot be granted. Raises LeaseLostError like `record`.

        Nothing happens if it has been taken away already.
        """

    def close(self) -> None:
        """Free everything. A store that is asked again opens itself again."""

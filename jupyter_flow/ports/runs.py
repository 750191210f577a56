"""Where runs are kept, and their journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.commands import Move
from jupyter_flow.core.datasets import Update
from jupyter_flow.core.events import Event, Request
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Fired, Parent, Run, TaskRun
from jupyter_flow.core.states import RunState, TaskState


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
class Cursor:
    """A place in a list of runs, newest first: right after the run *run*, whose moment is *at*.

    It stays a place when that run is deleted, and whatever runs are made meanwhile.
    """

    at: datetime
    run: RunId


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
    fired: Fired | None = None
    parent: Parent | None = None

    @property
    def cursor(self) -> Cursor:
        """The place after it in a list of runs."""
        return Cursor(at=self.created_at, run=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A task in one of its flow's runs: its task runs there, instances by their index."""

    run: RunSummary
    task_runs: tuple[TaskRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStates:
    """A task in a run: how many task runs are in each state, and how many tries it took in all.

    A task that is not mapped (yet) has one task run.
    """

    task: str
    states: Mapping[TaskState, int]
    is_mapped: bool
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStates:
    """A run and its tasks, by their names."""

    run: RunSummary
    tasks: tuple[TaskStates, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A run that wants a driver. ``is_crowded`` when others of its flow must end first."""

    run: RunId
    flow: str
    state: RunState
    is_crowded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run that has ended, for those who clear away."""

    run: RunId
    flow: str
    origin: str
    ended_at: datetime

    @property
    def cursor(self) -> Cursor:
        """The place after it among those that have ended."""
        return Cursor(at=self.ended_at, run=self.run)


class RunStore(Protocol):
    """Keeps runs and their journals; many processes may share one.

    Every implementation must pass ``jupyter_flow.testing.contracts.RunStoreContract``. Whatever is
    asked of a run that does not exist raises NotFoundError (JF404). Moments come back as the same
    instant, in UTC. Reading never waits for a writer, nor a writer for readers.
    """

    def create(
        self,
        run: Run,
        *,
        owner: str | None = None,
        now: datetime | None = None,
        duration: timedelta | None = None,
    ) -> None:
        """Keep a new run, in the state that it has. Raises ConflictError if its id is taken.

        With *owner*, nobody else may lease it before ``now + duration``; it is not active by that.
        Raises ConflictError also if its fire time has a run of the same series already.
        """

    def create_fired(self, runs: Sequence[Run]) -> list[RunId]:
        """Keep new runs in one stroke, but none for a fire time that has a run; their ids.

        A fire time has a run when its series has one for it. Raises ConflictError, and keeps
        nothing, if an id is taken by a run for something else.
        """

    def load(self, run: RunId) -> Run:
        """The run as the last recorded entry left it."""

    def load_with_seq(self, run: RunId) -> tuple[Run, int]:
        """The same, and that entry's ``seq`` (0: there is none), whatever is written meanwhile."""

    def summaries(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        backfill: str | None = None,
        older_than: Cursor | None = None,
        limit: int = 50,
    ) -> list[RunSummary]:
        """The newest runs first: of *flow*, in one of *states*.

        With *backfill*, those that this backfill wants. Of runs created at the same moment, the
        one whose id is greater comes first. With *older_than*, those after that place in the list:
        whoever goes on from the `RunSummary.cursor` of the last one sees each run once, also when
        runs are made in between. What a page costs does not grow with what is before or after it.
        """

    def summary(self, run: RunId) -> RunSummary:
        """That run, as lists have it."""

    def named(self, prefix: str, *, limit: int = 50) -> list[RunId]:
        """The ids that begin with *prefix*, the greatest first."""

    def past(
        self, flow: str, task: str, *, older_than: Cursor | None = None, limit: int = 50
    ) -> list[Past]:
        """What *task* came to in the newest runs of *flow*, in the order of `summaries`.

        A run that does not have the task is among them, with no task runs.
        """

    def states(
        self, flow: str, *, older_than: Cursor | None = None, limit: int = 50
    ) -> list[RunStates]:
        """What all tasks came to in the newest runs of *flow*, in the order of `summaries`."""

    def lease(self, run: RunId, owner: str, *, now: datetime, duration: timedelta) -> Lease | None:
        """Take the run for *owner*, or None while another owner's lease lasts.

        An owner may take again what it holds, and its token stays. A lease not renewed by
        ``now + duration`` may be given to another: its owner is taken to have died.

        None also while the run is crowded out: it is not active, and ``max_active_runs`` runs of
        its flow (same name, same origin) are, or ``most`` of its backfill. Active is a run that
        has started and not ended, or that is leased; of many who ask at once no more get a lease
        than there is room for. A run that is asked to be cancelled as a whole is never crowded
        out: whoever takes it must answer that before it begins anything. A run that does nothing
        but wait crowds out none whose logical time is earlier: they may be what it waits for.
        """

    def is_crowded(self, run: RunId, *, now: datetime) -> bool:
        """Whether the run must wait for others of its flow or its backfill to end."""

    def waiting(self, *, now: datetime, limit: int = 50) -> list[Waiting]:
        """The runs that want a driver: live, or asked for something, and leased by nobody.

        In the order in which they are to be taken up: those that are crowded last, those that have
        started before those that have not, then by their creation.
        """

    def before(self, run: RunId) -> Run | None:
        """The run of the same flow and origin with the latest logical time before this one's."""

    def at(self, flow: str, origin: str | None, moments: Sequence[datetime]) -> list[RunSummary]:
        """The newest run of *flow* (of *origin*, if given) for each of these logical times.

        By their logical time, the earliest first; nothing for one that has no run.
        """

    def holder(self, run: RunId, *, now: datetime) -> Lease | None:
        """The lease that lasts at *now*, or None when nobody holds the run."""

    def holders(self, runs: Sequence[RunId], *, now: datetime) -> dict[RunId, Lease]:
        """The leases that last at *now*, of those of *runs* that somebody holds."""

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
        after: int,
        answers: int | None = None,
        alerts: Sequence[Alert] = (),
        updates: Sequence[Update] = (),
        now: datetime,
    ) -> Entry:
        """Write the fact, the states after it, the journal's entry, the alerts and the updates of
        datasets, all or nothing.

        *after* is the journal's last entry that *run* was made from: the entry comes right after
        it, or not at all. So a write that may or may not have been done can be tried again.

        *run* is the run after *event*, *changed* its task runs that are new or different and
        *removed* the keys that it no longer has. Of each changed task run the latest attempt is
        written, as earlier ones never change; of an AttemptProgressed nothing but how far that
        attempt has come. The plan is written only when the event brings new targets, the
        parameters and the logical time never. *answers* is the request (its `Pending.id`) that
        the event came from; it is taken away with the same stroke.

        Raises:
            LeaseLostError: the lease is another's by now, or was released.
            ConflictError: the journal has gone on since (JF505), or the request has been answered.

        Nothing has been written then, nor when anything else goes wrong.
        """

    def last_entry(self, run: RunId) -> int:
        """The ``seq`` of the journal's last entry; 0 when there is none."""

    def journal(self, run: RunId, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The entries with ``seq`` greater than *after*, oldest first."""

    def adopt(self, run: RunId, fired: Fired) -> None:
        """Let a backfill want a run that is there already.

        Raises ConflictError if the fire time has another run.
        """

    def ended(self, *, older_than: Cursor | None = None, limit: int = 1000) -> list[Ended]:
        """The runs that have ended, the latest end first.

        With *older_than*, those after that place in the list, as `summaries` does it.
        """

    def delete(self, run: RunId, *, now: datetime) -> None:
        """Forget an ended run and all that is kept of it.

        Raises ConflictError (JF319) when it has not ended, somebody holds it, something is asked of
        it, an alert about it is still to be sent, or another run has restored a result of it.
        """

    def digests(self) -> set[str]:
        """The notebooks' snapshots that runs, requests and pinned schedules are made from."""

    def artifacts(self) -> set[str]:
        """The files of all artifacts that task runs handed on or were given: `ArtifactRef.file`."""

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

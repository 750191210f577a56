"""The states of a task and of a run, and the table of the moves between them.

Two rules. Everything that changes the state of a task goes through `MOVES`: a pair that is
missing is an illegal move and becomes one error that tells the history. And this file knows
nothing of notebooks, kernels or stores.

A task starts ``pending``. When its trigger rule is met it is ``queued`` (it wants a slot), then
``running``. A failed attempt that has tries left makes it ``retrying`` until its time comes.
``waiting`` is a task that may run as far as its run goes, and looks out for something outside of
it: its turn after the run before, or a run of another flow. All other states are final: only a
person (by repair, clear or mark) leads out of them, and the attempts made so far stay on record.

The pictures in the documentation are generated from these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class TaskState(StrEnum):
    """Where a task run is in its life."""

    #: Not decided yet: what it needs has not ended.
    PENDING = "pending"
    #: Waits for something outside of the run: the run before, or a run of another flow.
    WAITING = "waiting"
    #: May run now; waits for a free slot.
    QUEUED = "queued"
    #: An attempt is being made.
    RUNNING = "running"
    #: An attempt failed; the next one has a time.
    RETRYING = "retrying"
    #: Its notebook ran to the end, or what it waited for has come.
    SUCCEEDED = "succeeded"
    #: Its last attempt did not, and there are no more; or it waited in vain.
    FAILED = "failed"
    #: Its rule or its condition said: not this time.
    SKIPPED = "skipped"
    #: It could not run because something that it needs failed.
    UPSTREAM_FAILED = "upstream_failed"
    #: Somebody, or the run's time limit, stopped it.
    CANCELLED = "cancelled"
    #: The result of an earlier run was reused; counts as succeeded.
    RESTORED = "restored"
    #: A mapped instance whose item went away when the list was made anew.
    REMOVED = "removed"

    @property
    def is_final(self) -> bool:
        return self in FINAL

    @property
    def is_good(self) -> bool:
        """Counts as succeeded."""
        return self in GOOD

    @property
    def is_bad(self) -> bool:
        """Counts as failed: a run with such a leaf fails."""
        return self in BAD


class RunState(StrEnum):
    """Where a run is in its life."""

    #: Recorded; nobody drives it yet.
    QUEUED = "queued"
    #: Tasks are being decided and run.
    RUNNING = "running"
    #: Asked to stop; attempts are being ended.
    CANCELLING = "cancelling"
    #: All its leaves succeeded, were skipped or restored.
    SUCCEEDED = "succeeded"
    #: Ended, and a leaf did not.
    FAILED = "failed"
    #: Stopped before its end.
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)


class Outcome(StrEnum):
    """How an attempt ended."""

    #: Every cell ran.
    SUCCEEDED = "succeeded"
    #: A cell raised, or the attempt could not start.
    FAILED = "failed"
    #: A time limit ended it: the cell's, the attempt's or the run's.
    TIMED_OUT = "timed_out"
    #: The kernel's process ended by itself.
    KERNEL_DIED = "kernel_died"
    #: Somebody stopped it.
    CANCELLED = "cancelled"
    #: The process that drove it is gone; nobody knows how far it came.
    LOST = "lost"


class Signal(StrEnum):
    """What can be said to a task."""

    WAIT = "wait"
    RELEASE = "release"
    START = "start"
    SUCCEED = "succeed"
    RETRY = "retry"
    FAIL = "fail"
    SKIP = "skip"
    BLOCK = "block"
    RESTORE = "restore"
    REMOVE = "remove"
    CANCEL = "cancel"
    CLEAR = "clear"
    MARK_SUCCEEDED = "mark_succeeded"
    MARK_FAILED = "mark_failed"


_S, _X = TaskState, Signal

LIVE = frozenset({_S.PENDING, _S.WAITING, _S.QUEUED, _S.RUNNING, _S.RETRYING})
FINAL = frozenset(_S) - LIVE
GOOD = frozenset({_S.SUCCEEDED, _S.RESTORED})
BAD = frozenset({_S.FAILED, _S.UPSTREAM_FAILED, _S.CANCELLED})

MOVES: Mapping[tuple[TaskState, Signal], TaskState] = {
    (_S.PENDING, _X.WAIT): _S.WAITING,
    (_S.PENDING, _X.RELEASE): _S.QUEUED,
    (_S.WAITING, _X.RELEASE): _S.QUEUED,
    (_S.RETRYING, _X.RELEASE): _S.QUEUED,
    # What only waits needs no attempt: when the wait is over, it is.
    (_S.WAITING, _X.SUCCEED): _S.SUCCEEDED,
    (_S.WAITING, _X.FAIL): _S.FAILED,
    (_S.WAITING, _X.SKIP): _S.SKIPPED,
    (_S.PENDING, _X.SKIP): _S.SKIPPED,
    (_S.PENDING, _X.BLOCK): _S.UPSTREAM_FAILED,
    # A condition or a list to map over that cannot be computed: there is no attempt to blame.
    (_S.PENDING, _X.FAIL): _S.FAILED,
    # What only expects is decided at once.
    (_S.PENDING, _X.SUCCEED): _S.SUCCEEDED,
    (_S.QUEUED, _X.START): _S.RUNNING,
    # What it depends on is as it was in an earlier run: that run's result will do.
    (_S.QUEUED, _X.RESTORE): _S.RESTORED,
    (_S.RUNNING, _X.SUCCEED): _S.SUCCEEDED,
    (_S.RUNNING, _X.RETRY): _S.RETRYING,
    (_S.RUNNING, _X.FAIL): _S.FAILED,
    **{(state, _X.CANCEL): _S.CANCELLED for state in LIVE},
    # By hand.
    # Clearing a task that runs: its attempt is stopped, and the task waits for the end of that.
    **{(state, _X.CLEAR): _S.PENDING for state in _S if state is not _S.PENDING},
    **{(state, _X.MARK_SUCCEEDED): _S.SUCCEEDED for state in _S if state is not _S.REMOVED},
    **{(state, _X.MARK_FAILED): _S.FAILED for state in _S if state is not _S.REMOVED},
    **{(state, _X.REMOVE): _S.REMOVED for state in (FINAL | {_S.PENDING}) - {_S.REMOVED}},
}

"""Events: facts about a run, one frozen class each. The machine's only input.

They are recorded in the journal as they are, so their shapes are part of the store's format.
Every class has a ``kind`` that tells it apart in JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .flow import Target
from .ids import AttemptId, TaskKey
from .run import Failure
from .states import Outcome, Signal, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A driver took up the run for the first time."""

    kind: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAdopted:
    """A driver took up a run that another one left. What was running then is lost.

    Except ``going_on``: attempts that are made elsewhere, and that it follows from now on.
    """

    kind: Literal["run_adopted"] = "run_adopted"
    owner: str = ""
    going_on: tuple[TaskKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """*key* needs no attempt: nothing that its result depends on has changed since ``origin``.

    ``values`` are what that attempt handed on.
    """

    key: TaskKey
    origin: AttemptId
    kind: Literal["restored"] = "restored"
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted:
    """A slot was free and the next attempt of *key* begins."""

    key: TaskKey
    kind: Literal["attempt_started"] = "attempt_started"
    notebook: str = ""
    log: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    child: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptProgressed:
    """Cell *cell* of *cells* has begun: of all cells of the notebook, as people count."""

    key: TaskKey
    number: int
    cell: int
    cells: int
    kind: Literal["attempt_progressed"] = "attempt_progressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded:
    """Attempt *number* of *key* is over. ``values`` are what it handed on, even when it failed.

    ``cell`` and ``cells`` are how far it came, where no `AttemptProgressed` has told it.
    """

    key: TaskKey
    number: int
    outcome: Outcome
    kind: Literal["attempt_ended"] = "attempt_ended"
    cell: int | None = None
    cells: int | None = None
    failure: Failure | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    cpu: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDue:
    """The time of the next attempt of *key* has come."""

    key: TaskKey
    kind: Literal["retry_due"] = "retry_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSlow:
    """Attempt *number* of *key* takes longer than expected."""

    key: TaskKey
    number: int
    kind: Literal["attempt_slow"] = "attempt_slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitNoted:
    """It was looked for what *key* waits for, and what was *seen* is something new."""

    key: TaskKey
    seen: str
    kind: Literal["wait_noted"] = "wait_noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded:
    """What *key* waited for has come (``succeed``), will not (``fail``) or is not to (``skip``).

    A task that only waited for its turn (``release``) then runs. ``values`` are what a task hands
    on that succeeds so. Why it failed is left unsaid when its time has passed; with ``soft_fail``
    it is skipped then. ``seen`` is what there was to see at the end.
    """

    key: TaskKey
    signal: Literal[Signal.RELEASE, Signal.SUCCEED, Signal.FAIL, Signal.SKIP]
    kind: Literal["wait_ended"] = "wait_ended"
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimedOut:
    """The run's time limit has passed."""

    kind: Literal["run_timed_out"] = "run_timed_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested:
    """Somebody wants the run, or only the named tasks, to stop.

    A mapped task without index means all its instances.
    """

    kind: Literal["cancel_requested"] = "cancel_requested"
    keys: tuple[TaskKey, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRequested:
    """Somebody wants what did not succeed, and all downstream of it, to be done again.

    ``targets`` are fresh snapshots of notebooks that were mended meanwhile, by task.
    """

    kind: Literal["repair_requested"] = "repair_requested"
    targets: Mapping[str, Target] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearRequested:
    """Somebody wants *tasks* (and, if asked, all downstream of them) to be done again.

    A task is named as ``train``, or one instance of it as ``train[2]``. ``targets`` are as in
    `RepairRequested`.
    """

    tasks: tuple[str, ...]
    downstream: bool = True
    targets: Mapping[str, Target] = field(default_factory=dict)
    kind: Literal["clear_requested"] = "clear_requested"
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRequested:
    """Somebody says how *key* ended: succeeded or failed.

    A mapped task without index means all its instances. ``values`` are handed on beside those
    that it has.
    """

    key: TaskKey
    state: Literal[TaskState.SUCCEEDED, TaskState.FAILED]
    values: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["mark_requested"] = "mark_requested"
    by: str = ""


Event = (
    RunStarted
    | RunAdopted
    | Restored
    | AttemptStarted
    | AttemptProgressed
    | AttemptEnded
    | RetryDue
    | AttemptSlow
    | WaitNoted
    | WaitEnded
    | RunTimedOut
    | CancelRequested
    | RepairRequested
    | ClearRequested
    | MarkRequested
)

#: What a person may ask of a run that is driven elsewhere.
Request = CancelRequested | RepairRequested | ClearRequested | MarkRequested

"""Options: what a flow, a notebook's tag or a task may say about how it is run.

`TaskOptions` and `FlowOptions` hold only what was said (None: nothing was). `Policy` is what
results for one task when every layer has spoken; the most specific layer wins:
``.options(...)`` in the flow, then the notebook's tag, then the flow's own line, then defaults.

Reading the texts of options ("20m") is done in `jupyter_flow.core.language`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal


class TriggerRule(StrEnum):
    """When a task may start, by how what it needs has ended. Names and meanings are Airflow's."""

    #: Everything it needs succeeded. The default.
    ALL_SUCCESS = "all_success"
    #: Everything it needs failed.
    ALL_FAILED = "all_failed"
    #: Everything it needs has ended, however.
    ALL_DONE = "all_done"
    #: Everything has ended, nothing was skipped, and at least one succeeded.
    ALL_DONE_MIN_ONE_SUCCESS = "all_done_min_one_success"
    #: For clean-up: everything has ended, and a set-up task that it cleans up after succeeded.
    ALL_DONE_SETUP_SUCCESS = "all_done_setup_success"
    #: As soon as one succeeded.
    ONE_SUCCESS = "one_success"
    #: As soon as one failed.
    ONE_FAILED = "one_failed"
    #: As soon as one succeeded or failed.
    ONE_DONE = "one_done"
    #: Everything has ended and nothing failed; skipped ones do not matter.
    NONE_FAILED = "none_failed"
    #: The same, and at least one succeeded.
    NONE_FAILED_MIN_ONE_SUCCESS = "none_failed_min_one_success"
    #: Everything has ended and nothing was skipped.
    NONE_SKIPPED = "none_skipped"
    #: Everything was skipped.
    ALL_SKIPPED = "all_skipped"
    #: At once, whatever the others do.
    ALWAYS = "always"


class KeepKernel(StrEnum):
    """When the kernel of an attempt that is over stays for a while, to be looked into."""

    #: Never: it ends with its attempt. The default.
    NEVER = "never"
    #: When a cell raised, or took too long.
    ON_FAILURE = "on_failure"


class KernelStart(StrEnum):
    """How an attempt comes by its kernel."""

    #: From a process that has loaded what it needs, where that makes no difference. The default.
    PREPARED = "prepared"
    #: As a process of its own that loads everything itself.
    FRESH = "fresh"


#: Whether a result of an earlier run may stand for an attempt. True: while nothing that it depends
#: on has changed. A length of time: the same, but only for so long. ``always``: for the same
#: parameters, whatever else has changed.
Cache = bool | Literal["always"] | timedelta
#: Nothing is restored, and what comes out is kept for later runs.
ANEW = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOptions:
    """What was said about one task. None means: nothing was said."""

    retries: int | None = None
    retry_delay: timedelta | None = None
    backoff: float | None = None
    max_retry_delay: timedelta | None = None
    jitter: float | None = None
    retry_on: tuple[str, ...] | None = None
    no_retry_on: tuple[str, ...] | None = None
    timeout: timedelta | None = None
    cell_timeout: timedelta | None = None
    trigger: TriggerRule | None = None
    pool: str | None = None
    slots: int | None = None
    priority: int | None = None
    kernel: str | None = None
    env: Mapping[str, str] | None = None
    cwd: str | None = None
    cache: Cache | None = None
    inputs: tuple[str, ...] | None = None
    keep_kernel: KeepKernel | None = None
    kernel_start: KernelStart | None = None
    preload: tuple[str, ...] | None = None
    notify: tuple[str, ...] | None = None
    on: tuple[str, ...] | None = None
    attach: bool | None = None
    expected: timedelta | None = None
    depends_on_past: bool | None = None
    produces: tuple[str, ...] | None = None

    def said(self) -> dict[str, object]:
        """Only the options that were given, by name."""
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}


class Catchup(StrEnum):
    """What to do with fire times that passed while nothing was running."""

    NONE = "none"
    LATEST = "latest"
    ALL = "all"


class Overlap(StrEnum):
    """What becomes of a fire time at which ``max_active_runs`` runs of the flow are active."""

    #: Its run waits for its turn.
    QUEUE = "queue"
    #: It gets no run, and counts as missed.
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnUpdate:
    """Which datasets a flow runs after: when ``all`` of them were updated, or ``any``."""

    names: tuple[str, ...]
    of: Literal["all", "any"] = "all"

    def is_met(self, updated: Collection[str]) -> bool:
        """Whether it is time, when these were *updated* since the last time."""
        found = [name in updated for name in self.names]
        return all(found) if self.of == "all" else any(found)

    def __str__(self) -> str:
        return (" & " if self.of == "all" else " | ").join(self.names)


class Occasion(StrEnum):
    """What somebody can be told about; the words of the option ``on``."""

    #: A run, or a task for good, did not succeed.
    FAILURE = "failure"
    #: An attempt failed, and another one will be made.
    RETRY = "retry"
    #: A run, or a task, succeeded.
    SUCCESS = "success"
    #: A run has not ended by its ``deadline``.
    LATE = "late"
    #: An attempt takes longer than ``expected``.
    SLOW = "slow"
    #: A task asks a person.
    QUESTION = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOptions:
    """What the flow's own line says about its runs and its schedule. None: nothing was said."""

    max_active_tasks: int | None = None
    max_active_runs: int | None = None
    run_timeout: timedelta | None = None
    deadline: timedelta | None = None
    schedule: str | None = None
    tz: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    catchup: Catchup | None = None
    overlap: Overlap | None = None
    on_update: OnUpdate | None = None

    def said(self) -> dict[str, object]:
        """Only the options that were given, by name."""
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often, when, and after what a failed task is tried again.

    ``retries`` is the number of further attempts. ``retry_on`` and ``no_retry_on`` name exception
    classes or causes (see `jupyter_flow.core.run.Cause`); an empty ``retry_on`` means any.
    """

    retries: int = 0
    delay: timedelta = timedelta(0)
    backoff: float = 1.0
    max_delay: timedelta | None = None
    jitter: float = 0.0
    retry_on: tuple[str, ...] = ()
    no_retry_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How one task is run, with every default filled in.

    ``preload`` is None when nobody said which libraries to load beforehand: the notebook shows it.
    ``inputs`` are the files that the task reads, None when nobody said.
    """

    trigger: TriggerRule = TriggerRule.ALL_SUCCESS
    retry: RetryPolicy = RetryPolicy()
    timeout: timedelta | None = None
    cell_timeout: timedelta | None = None
    pool: str | None = None
    slots: int = 1
    priority: int = 0
    kernel: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    cache: Cache = False
    inputs: tuple[str, ...] | None = None
    keep_kernel: KeepKernel = KeepKernel.NEVER
    kernel_start: KernelStart = KernelStart.PREPARED
    preload: tuple[str, ...] | None = None
    notify: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    attach: bool = False
    expected: timedelta | None = None
    depends_on_past: bool = False
    produces: tuple[str, ...] = ()

    @property
    def is_cached(self) -> bool:
        """Whether its results are kept for later runs."""
        return self.cache is not False

    @classmethod
    def of(cls, *layers: TaskOptions) -> Policy:
        """Merge *layers*, the most specific first. ``env`` is merged name by name."""
        said: dict[str, object] = {}
        env: dict[str, str] = {}
        for layer in reversed(layers):
            env |= layer.env or {}
            said |= layer.said()
        retry = {ours: said.pop(theirs) for theirs, ours in _RETRY.items() if theirs in said}
        return cls(**(said | {"retry": RetryPolicy(**retry), "env": env}))  # type: ignore[arg-type]


_RETRY = {
    "retries": "retries",
    "retry_delay": "delay",
    "backoff": "backoff",
    "max_retry_delay": "max_delay",
    "jitter": "jitter",
    "retry_on": "retry_on",
    "no_retry_on": "no_retry_on",
}

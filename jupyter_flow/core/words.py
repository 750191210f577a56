"""The words and signs that every face uses: states, durations, counts, progress.

One place, so that a terminal, a notebook and a picture say the same of the same thing. It makes
no sentences about errors (`jupyter_flow.core.errors`) and knows no colour values: a `Tone` says
what a colour means, each face says what it looks like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .flow import Role
from .run import Attempt, Run, TaskRun
from .states import Outcome, RunState, TaskState


class Tone(StrEnum):
    """What a colour means."""

    #: Nothing has happened yet.
    QUIET = "quiet"
    #: It is being done.
    ACTIVE = "active"
    #: It went well.
    GOOD = "good"
    #: Somebody should look.
    WARN = "warn"
    #: It went wrong.
    BAD = "bad"


#: What a task is called that is there for others.
ROLE_WORDS: Mapping[Role, str] = {Role.SETUP: "set-up", Role.TEARDOWN: "teardown"}


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown: a symbol, a word and a tone. No meaning hangs on colour alone."""

    symbol: str
    word: str
    tone: Tone


_S = TaskState

TASK_SIGNS: Mapping[TaskState, Sign] = {
    _S.PENDING: Sign("○", "pending", Tone.QUIET),
    _S.WAITING: Sign("◷", "waiting", Tone.QUIET),
    _S.QUEUED: Sign("◌", "queued", Tone.QUIET),
    _S.RUNNING: Sign("▶", "running", Tone.ACTIVE),
    _S.RETRYING: Sign("↻", "retrying", Tone.WARN),
    _S.SUCCEEDED: Sign("✔", "succeeded", Tone.GOOD),
    _S.FAILED: Sign("✘", "failed", Tone.BAD),
    _S.SKIPPED: Sign("»", "skipped", Tone.QUIET),
    _S.UPSTREAM_FAILED: Sign("▲", "upstream failed", Tone.WARN),
    _S.CANCELLED: Sign("■", "cancelled", Tone.WARN),
    _S.RESTORED: Sign("✓", "restored", Tone.GOOD),
    _S.REMOVED: Sign("−", "removed", Tone.QUIET),
}

RUN_SIGNS: Mapping[RunState, Sign] = {
    RunState.QUEUED: Sign("◌", "queued", Tone.QUIET),
    RunState.RUNNING: Sign("▶", "running", Tone.ACTIVE),
    RunState.CANCELLING: Sign("■", "cancelling", Tone.WARN),
    RunState.SUCCEEDED: Sign("✔", "succeeded", Tone.GOOD),
    RunState.FAILED: Sign("✘", "failed", Tone.BAD),
    RunState.CANCELLED: Sign("■", "cancelled", Tone.WARN),
}

OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.SUCCEEDED: "succeeded",
    Outcome.FAILED: "failed",
    Outcome.TIMED_OUT: "timed out",
    Outcome.KERNEL_DIED: "kernel died",
    Outcome.CANCELLED: "cancelled",
    Outcome.LOST: "lost",
}

#: Of several instances of one task, the state that tells most about all of them comes first.
TELLING = (
    _S.RUNNING,
    _S.RETRYING,
    _S.QUEUED,
    _S.WAITING,
    _S.PENDING,
    _S.FAILED,
    _S.CANCELLED,
    _S.UPSTREAM_FAILED,
    _S.SUCCEEDED,
    _S.RESTORED,
    _S.SKIPPED,
    _S.REMOVED,
)
_RANK = {state: rank for rank, state in enumerate(TELLING)}


def overall(states: Iterable[TaskState]) -> TaskState:
    """One state for the instances of a mapped task; ``skipped`` when there are none.

    While some have ended and others have not begun, the task as a whole is running.
    """
    seen = set(states)
    if not seen:
        return TaskState.SKIPPED
    unstarted = {_S.QUEUED, _S.PENDING, _S.WAITING}
    if seen & unstarted and any(state.is_final for state in seen):
        return TaskState.RUNNING
    return min(seen, key=_RANK.__getitem__)


def duration(span: timedelta | float | None) -> str:
    """A length of time as people say it: ``0.4 s``, ``12 s``, ``3 min 20 s``, ``1 h 5 min``."""
    if span is None:
        return ""
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller, small_unit in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            big, rest = divmod(whole, size)
            return f"{big} {unit}" + (f" {rest // smaller} {small_unit}" if rest // smaller else "")
    return f"{whole} s"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago *moment* was, coarsely: ``just now``, ``5 min ago``, ``3 d ago``."""
    seconds = (now - moment).total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def count(number: int, noun: str) -> str:
    """``1 task``, ``2 tasks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(states: Iterable[TaskState]) -> str:
    """How many of each, what went wrong first: ``1 failed, 3 succeeded``."""
    counted = Counter(states)
    order = (_S.FAILED, _S.UPSTREAM_FAILED, _S.CANCELLED, *(s for s in _S if not s.is_final))
    order += tuple(state for state in _S if state not in order)
    return ", ".join(f"{counted[s]} {TASK_SIGNS[s].word}" for s in order if counted[s])


def elapsed(attempt: Attempt, now: datetime | None = None) -> timedelta | None:
    """How long an attempt took, or has been going on at *now*; None when that cannot be said."""
    end = attempt.ended_at or now
    return None if end is None else max(timedelta(0), end - attempt.started_at)


def run_elapsed(run: Run, now: datetime | None = None) -> timedelta | None:
    """How long a run took, or has been going on at *now*."""
    end = run.ended_at or now
    if run.started_at is None or end is None:
        return None
    return max(timedelta(0), end - run.started_at)


def cells(task_run: TaskRun) -> str:
    """Which cell runs, or where it stopped: ``cell 7/20``. Empty when there is nothing to tell.

    Before the first cell it is starting: it waits for its kernel, or for a worker of a cluster.
    """
    attempt = task_run.attempt
    if attempt is None or not attempt.cells:
        return "starting" if task_run.state is _S.RUNNING else ""
    noun = "task" if attempt.child else "cell"
    if task_run.state in (_S.RUNNING, _S.FAILED, _S.RETRYING, _S.CANCELLED):
        return f"{noun} {attempt.cell}/{attempt.cells}"
    return count(attempt.cells, noun) if task_run.state is _S.SUCCEEDED else ""


def remark(task_run: TaskRun) -> str:
    """What there is to say beside the state: which try it is, and why it is so."""
    parts = []
    if task_run.state is _S.RETRYING:
        parts.append(f"attempt {task_run.tries} failed")
    elif task_run.tries > 1:
        parts.append(f"attempt {task_run.tries}")
    parts += [task_run.reason] if task_run.reason else []
    return ", ".join(parts)

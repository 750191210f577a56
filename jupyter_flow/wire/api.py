"""What the server and the panel say to a browser: one frozen class for each shape, written once.

`jupyter_flow.wire.schema` makes a JSON Schema of these, and the front end's types are generated
from that. A view has what a screen shows and nothing that it would have to look up; moments are
ISO texts in UTC, paths are below the server's root (empty where they are not). A screen that has
a `RunPage` keeps it up to date by folding `RunEvent`s into it, in the order of ``seq``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Tone = Literal["quiet", "active", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """A mistake in a flow: what, where (cells and lines from 1, columns from 0), what now."""

    code: str
    severity: Literal["error", "warning"]
    what: str
    hint: str
    path: str | None = None
    cell: int | None = None
    line: int | None = None
    column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterView:
    """A parameter of a flow or a notebook. ``type`` is its annotation, ``help`` its comment."""

    name: str
    type: str
    default: Any = None
    is_required: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task of a flow. ``what`` is what it runs, ``rules`` its condition and trigger in words.

    ``form`` has the values that it asks a person for.
    """

    name: str
    kind: str
    what: str
    rules: list[str]
    upstream: list[str]
    is_mapped: bool
    source: str
    retries: int
    form: list[ParameterView] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group of a flow. ``tasks`` are right in it, ``parent`` is the group that it is in."""

    name: str
    tasks: list[str]
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """A flow as it is written. ``address`` names it in requests; ``problems`` may forbid a run.

    ``on_update`` has the datasets that it waits for.
    """

    name: str
    address: str
    source: str
    description: str
    tasks: list[TaskView]
    params: list[ParameterView]
    problems: list[ProblemView]
    schedule: str | None = None
    tz: str | None = None
    groups: list[GroupView] = field(default_factory=list)
    on_update: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentView:
    """The task of another run that a run is an attempt of."""

    run: str
    task: str
    index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run in a list. ``tasks`` counts its task runs by state.

    ``is_left`` says that it has not ended and nobody sees to it.
    """

    id: str
    flow: str
    source: str
    state: str
    reason: str
    logical_date: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    tasks: dict[str, int]
    schedule: str | None
    backfill: str | None
    parent: ParentView | None
    is_left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """What went wrong in an attempt. ``traceback`` is plain text."""

    cause: str
    name: str
    message: str
    traceback: str
    cell: int | None
    cell_id: str | None
    line: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One try. ``notebook`` is the executed one; ``cpu`` in seconds, ``memory`` in bytes.

    ``child`` is the run that it is, of a task that runs another flow; "" for all others.
    """

    number: int
    started_at: str
    ended_at: str | None
    outcome: str | None
    failure: FailureView | None
    cell: int
    cells: int
    notebook: str
    parameters: dict[str, Any]
    cpu: float | None
    memory: int | None
    child: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginView:
    """The attempt, in another run, whose result was restored."""

    run: str
    task: str
    index: int | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunView:
    """One task, or one instance of a mapped task (``index``), in a run."""

    task: str
    index: int | None
    state: str
    reason: str
    due_at: str | None
    item: dict[str, Any]
    values: dict[str, Any]
    attempts: list[AttemptView]
    origin: OriginView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """A run with all there is to see of it, as the journal's entry ``seq`` left it."""

    run: RunView
    seq: int
    params: dict[str, Any]
    flow: FlowView
    task_runs: list[TaskRunView]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """A task run (or the run, without ``task``) came into a state, up to ``due_at`` if set."""

    task: str | None
    index: int | None
    state: str
    attempt: int
    reason: str
    due_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptChange:
    """An attempt began, went on or ended: how it stands since."""

    task: str
    index: int | None
    attempt: AttemptView


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredChange:
    """A task run has the result of an attempt in another run."""

    task: str
    index: int | None
    origin: OriginView
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """One entry of a run's journal. ``what`` is the fact's own word.

    ``values`` are what the task of ``attempt`` handed on. After a ``reload`` the page has to be
    asked for again: the plan or the tasks themselves changed.
    """

    kind: Literal["run_event"] = "run_event"
    run: str
    seq: int
    at: str
    what: str
    moves: list[MoveView]
    attempt: AttemptChange | None = None
    values: dict[str, Any] | None = None
    restored: RestoredChange | None = None
    reload: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsEvent:
    """Runs that are new or different since the last event of this kind; newest first."""

    kind: Literal["runs_event"] = "runs_event"
    runs: list[RunView]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """More of an attempt's log, from byte ``start``; the next one begins at ``next``."""

    kind: Literal["log_event"] = "log_event"
    run: str
    task: str
    index: int | None
    number: int
    start: int
    next: int
    text: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookEvent:
    """The executed notebook of an attempt was written anew; ``tag`` is another each time."""

    kind: Literal["notebook_event"] = "notebook_event"
    run: str
    task: str
    index: int | None
    number: int
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemEvent:
    """What was asked for on the stream could not be done."""

    kind: Literal["problem_event"] = "problem_event"
    code: str
    what: str
    hint: str


#: What comes down the stream.
StreamEvent = RunEvent | RunsEvent | LogEvent | NotebookEvent | ProblemEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRun:
    """Send the events of *run* after ``after``, then each as it comes."""

    kind: Literal["watch_run"] = "watch_run"
    run: str
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRuns:
    """Send the newest runs, then those that change."""

    kind: Literal["watch_runs"] = "watch_runs"
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAttempt:
    """Send the log of an attempt from byte ``start``, and word of each save of its notebook."""

    kind: Literal["watch_attempt"] = "watch_attempt"
    run: str
    task: str
    index: int | None = None
    number: int
    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatch:
    """Send no more of what *run* (or, without it, the list of runs) and *task* were watched for."""

    kind: Literal["unwatch"] = "unwatch"
    run: str | None = None
    task: str | None = None
    index: int | None = None
    number: int | None = None


#: What a browser asks of the stream.
StreamRequest = WatchRun | WatchRuns | WatchAttempt | Unwatch


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A part of a log, from byte ``start`` to ``next``; ``size`` is how much there is."""

    start: int
    next: int
    size: int
    text: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """Why a task does not run, in words, or what it does; the most telling reason first."""

    task: str
    index: int | None
    state: str
    reasons: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugCopy:
    """A copy of what an attempt ran, to run by hand, and the cell (from 1) that failed.

    ``kernel`` is the id of the attempt's own kernel, with its variables, where that was kept.
    """

    path: str
    cell: int | None
    kernel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FireView:
    """A fire time, and what the clocks do to it ("": nothing)."""

    at: str
    oddity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A schedule and when it fires next. ``on_update`` has the datasets that it waits for."""

    name: str
    flow: str
    source: str
    cron: str
    tz: str
    catchup: str
    overlap: str
    snapshot: str
    params: dict[str, Any]
    is_paused: bool
    next_fire: str | None
    upcoming: list[FireView]
    on_update: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillView:
    """What a backfill does about one time."""

    at: str
    action: Literal["run", "again", "keep"]
    existing: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillView:
    """A backfill that was begun, or would be."""

    id: str
    series: str
    fills: list[FillView]
    created: list[str]
    refusals: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The project: its versions and what there is to do. ``services`` counts those that live."""

    version: str
    root: str
    services: int
    running: int
    queued: int
    schedules: int
    ailments: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """The body of every answer that is an error."""

    code: str
    message: str
    hint: str
    problems: list[ProblemView] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for is on its way."""

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """Run a flow. ``params`` are typed values by name; ``anew``: restore no earlier result."""

    flow: str
    params: Mapping[str, Any] = field(default_factory=dict)
    logical_date: str | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksRequest:
    """Cancel, or clear, these tasks (``train``, ``train[2]``); none named: the whole run."""

    tasks: list[str] = field(default_factory=list)
    downstream: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRequest:
    """Say by hand how a task ended."""

    task: str
    state: Literal["succeeded", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """Say yes or no to what a task asks. ``values`` are those of its form that are not as usual."""

    task: str
    yes: bool
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """Schedule a flow; what is left out is as its line says. ``dry_run`` only tells."""

    flow: str
    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    pin: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRequest:
    """Fill a range of times; ``dry_run`` only tells."""

    flow: str
    since: str
    until: str
    existing: Literal["none", "failed", "all"] = "none"
    parallel: int | None = None
    reverse: bool = False
    dry_run: bool = False
    cron: str | None = None
    tz: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractView:
    """A notebook as a task: its tag, and what its parameters cell declares."""

    path: str
    task: str | None
    suggested: str
    description: str
    options: dict[str, Any]
    parameters: list[ParameterView]
    outputs: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRequest:
    """Tag a notebook as a task, or take its tag away. ``options`` are as somebody typed them."""

    path: str
    name: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    description: str | None = None
    remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """The text of a ``%%flow`` cell (its line and its body) in the notebook at ``path``."""

    line: str
    body: str
    path: str = ""
    cell: int | None = None

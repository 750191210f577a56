"""What there is to tell about an alert: everything that a template of a message may use.

`Story` is the one place that says which names templates have: its fields, by these names. All of it
is made from the alert and the run as they are, when the message is composed; nothing is looked up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.artifacts import in_one_line
from jupyter_flow.core.report import FailureReport, failures, report_of
from jupyter_flow.core.run import Attempt, Run, TaskRun
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.core.words import RUN_SIGNS, TASK_SIGNS, cells, duration, run_elapsed, tally

from .headlines import Headline, headline
from .moments import full, named_zone

#: So many failed tasks are told of in full; so many lines of each traceback; so many values.
MOST_FAILURES, MOST_LINES, MOST_VALUES = 3, 15, 30
#: A value longer than this is shortened.
_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A task that failed.

    ``place`` is like ``train.ipynb, cell 4, line 2``; ``source`` the line of the cell that raised;
    ``trace`` the last lines of the traceback; ``link`` leads to the executed notebook ("" if there
    is none); ``attempts`` counts how often it was tried.
    """

    task: str
    what: str
    place: str = ""
    source: str = ""
    trace: str = ""
    link: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value that a task handed on, as short text."""

    task: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is told. What is not known, or does not apply, is empty.

    ``occasion`` is a word of the option ``on``: failure, retry, success, late, slow,
    question. ``tone`` is
    good, warn or bad. ``headline`` says what happened in one line, ``sign`` goes before it.
    ``task`` is empty when the message is about the run as a whole; else ``attempt`` is the number
    of the attempt. ``facts`` are pairs of a name and a text, in the order in which they are shown:
    run, logical time, when it started and ended, and so on. ``reason`` is why it happened when no
    task is to blame. ``troubles`` are the tasks that failed, the first ones, and ``more`` how many
    others there are. ``link`` leads to the executed notebook of ``task``. ``since`` says what
    became of the run after what the message is about. ``answer`` is a link
    by which a question can be answered. ``command`` is what to type to go on, and ``purpose`` what
    for.
    """

    occasion: str
    tone: str
    sign: str
    headline: str
    flow: str
    run: str
    state: str
    task: str = ""
    attempt: int = 0
    facts: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    troubles: tuple[Trouble, ...] = ()
    more: int = 0
    values: tuple[Value, ...] = ()
    link: str = ""
    since: str = ""
    answer: str = ""
    command: str = ""
    purpose: str = ""


def story_of(alert: Alert, run: Run, *, link: Callable[[str], str], zone: str = "") -> Story:
    """What there is to tell about *alert*, which is about *run*.

    *link* makes one to an executed notebook from its path below the project's home. Moments are
    told in *zone*, else in that of the flow, and in UTC.
    """
    here = named_zone(zone or run.plan.flow.options.tz or "UTC")
    task_run = None if alert.key is None else run.task_runs.get(alert.key)
    attempt = _attempt(task_run, alert.number)
    reports = _reports(alert, run, task_run)
    told = headline(alert, run, reports, here)
    is_about_values = alert.occasion is Occasion.SUCCESS
    values = list(_values(run, task_run)) if is_about_values else []
    return Story(
        occasion=alert.occasion.value,
        tone=told.tone.value,
        sign=told.sign,
        headline=told.text,
        flow=run.flow_name,
        run=run.id,
        state=RUN_SIGNS[run.state].word,
        task="" if alert.key is None else str(alert.key),
        attempt=alert.number,
        facts=tuple(_facts(alert, run, task_run, attempt, told, here)),
        reason=_reason(alert, run, reports),
        troubles=tuple(_trouble(each, link) for each in reports[:MOST_FAILURES]),
        more=max(0, len(reports) - MOST_FAILURES),
        values=tuple(values[:MOST_VALUES]),
        link=link(attempt.notebook) if attempt is not None and attempt.notebook else "",
        since=_since(alert, run),
        **_advice(alert, run),
    )


def _attempt(task_run: TaskRun | None, number: int) -> Attempt | None:
    found = task_run.attempts if task_run is not None else ()
    return next((each for each in found if each.number == number), None)


def _reports(alert: Alert, run: Run, task_run: TaskRun | None) -> Sequence[FailureReport]:
    if alert.occasion not in (Occasion.FAILURE, Occasion.RETRY):
        return ()
    if alert.key is None:
        return failures(run)
    return [report_of(run, task_run, number=alert.number)] if task_run is not None else []


def _trouble(report: FailureReport, link: Callable[[str], str]) -> Trouble:
    lines = report.trace
    shown = lines if len(lines) <= MOST_LINES else ("…", *lines[-MOST_LINES:])
    return Trouble(
        task=str(report.key),
        what=report.what,
        place=report.place,
        source=report.line_text,
        trace="\n".join(shown),
        link=link(report.executed) if report.executed else "",
        attempts=report.attempts,
    )


def _facts(
    alert: Alert,
    run: Run,
    task_run: TaskRun | None,
    attempt: Attempt | None,
    told: Headline,
    zone: tzinfo,
) -> Iterator[tuple[str, str]]:
    yield "Flow", run.flow_name
    yield "Run", run.id
    if alert.key is not None:
        yield "Task", str(alert.key)
    yield "Logical time", full(run.logical_date, zone)
    whole = alert.key is None
    started = run.started_at if whole else attempt and attempt.started_at
    ended = run.ended_at if whole else attempt and attempt.ended_at
    if started:
        yield "Started", full(started, zone, seconds=True)
    if ended:
        took = run_elapsed(run) if whole else ended - started if started else None
        yield "Ended", full(ended, zone, seconds=True) + (f", after {duration(took)}" * bool(took))
    yield from told.facts
    if whole and run.plan.flow.tasks:
        yield "Tasks", tally(each.state for each in run.task_runs.values())
    if alert.occasion is Occasion.LATE:
        yield from _running(run)
    if alert.occasion is Occasion.SLOW and task_run is not None and attempt is task_run.attempt:
        yield from [("So far", where)] if (where := cells(task_run)) else []


def _running(run: Run) -> Iterator[tuple[str, str]]:
    live = [each for each in run.in_order() if each.state is TaskState.RUNNING]
    if live:
        texts = [f"{each.key} {cells(each)}".rstrip() for each in live[:MOST_FAILURES]]
        yield "Running", ", ".join(texts) + (", …" if len(live) > MOST_FAILURES else "")


def _reason(alert: Alert, run: Run, reports: Sequence[FailureReport]) -> str:
    return run.reason if alert.key is None and not reports else ""


def _since(alert: Alert, run: Run) -> str:
    """What became of it meanwhile: a message may be late, and a run may have been repaired."""
    expected = {
        Occasion.FAILURE: RunState.FAILED,
        Occasion.SUCCESS: RunState.SUCCEEDED,
    }.get(alert.occasion)
    if alert.key is None and expected is not None and run.state is not expected:
        return f"By now the run is {RUN_SIGNS[run.state].word}."
    if alert.occasion is Occasion.LATE and run.state.is_final:
        return f"By now the run has ended: {RUN_SIGNS[run.state].word}."
    task_run = None if alert.key is None else run.task_runs.get(alert.key)
    passed = (Occasion.RETRY, Occasion.SLOW, Occasion.QUESTION)
    if task_run is not None and alert.occasion in passed and task_run.state.is_final:
        return f"By now the task is {TASK_SIGNS[task_run.state].word}."
    return ""


def _values(run: Run, task_run: TaskRun | None) -> Iterator[Value]:
    for each in run.in_order() if task_run is None else (task_run,):
        for name, value in each.values.items():
            yield Value(task=str(each.key), name=name, text=_shown(value))


def _shown(value: Any) -> str:
    value = in_one_line(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _advice(alert: Alert, run: Run) -> dict[str, str]:
    if alert.occasion is Occasion.SUCCESS:
        return {}
    if alert.occasion is Occasion.QUESTION:
        command = f"jupyter flow approve {alert.key} --run {run.id}"
        return {"command": command, "purpose": "says yes; `jupyter flow reject` says no"}
    if alert.occasion is not Occasion.FAILURE:
        return {"command": f"jupyter flow status {run.id}", "purpose": "shows how it goes on"}
    if not run.plan.flow.tasks:
        command = f"jupyter flow check {run.flow_name}"
        return {"command": command, "purpose": "shows all that is wrong with the flow"}
    command = f"jupyter flow repair {run.id}"
    return {"command": command, "purpose": "runs what failed, and what comes after it, again"}

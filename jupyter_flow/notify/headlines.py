"""What happened, in one line: the subjects of messages.

✘ churn failed: train (KeyError: 'price')
↻ churn: train failed, attempt 1 of 3, next at 06:10
churn is late: not ended by 06:45
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from jupyter_flow.core.alerts import Alert, Occasion, late_at
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.report import FailureReport
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import TaskState
from jupyter_flow.core.words import TASK_SIGNS, Tone, duration, elapsed, run_elapsed, tally

from .moments import brief, full

#: An error in a headline is cut off here.
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What happened, and the numbers in it as facts."""

    text: str
    tone: Tone
    sign: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.sign} {self.text}".strip()


def headline(alert: Alert, run: Run, reports: Sequence[FailureReport], zone: tzinfo) -> Headline:
    """What *alert* is about. *reports* are those of the tasks that failed, moments in *zone*."""
    match alert.occasion, alert.key:
        case Occasion.FAILURE, None:
            return _signed(TaskState.FAILED, _run_failed(run, reports))
        case Occasion.SUCCESS, None:
            took = duration(run_elapsed(run))
            text = f"{run.flow_name} succeeded" + (f" in {took}" if took else "")
            return _signed(TaskState.SUCCEEDED, text)
        case Occasion.LATE, _:
            return _late(run, zone)
        case _, None:
            return Headline(text=f"{run.flow_name}: {alert.occasion.value}", tone=Tone.WARN)
        case _, key:
            return _of_task(alert, run, key, reports, zone)


def _signed(state: TaskState, text: str, facts: tuple[tuple[str, str], ...] = ()) -> Headline:
    sign = TASK_SIGNS[state]
    return Headline(text=text, tone=sign.tone, sign=sign.symbol, facts=facts)


def _run_failed(run: Run, reports: Sequence[FailureReport]) -> str:
    if not run.plan.flow.tasks:
        return f"{run.flow_name} could not be run: {_first_line(run.reason)}".removesuffix(": ")
    if not reports:
        why = _first_line(run.reason) or tally(each.state for each in run.task_runs.values())
        return f"{run.flow_name} failed: {why}"
    more = f" and {len(reports) - 1} more" if len(reports) > 1 else ""
    return f"{run.flow_name} failed: {_blamed(reports[0])}{more}"


def _blamed(report: FailureReport) -> str:
    return f"{report.key} ({_first_line(report.what)})"


def _late(run: Run, zone: tzinfo) -> Headline:
    deadline = late_at(run)
    if deadline is None:  # the flow wants it no more, or nobody does
        return Headline(text=f"{run.flow_name} is late", tone=Tone.WARN)
    return Headline(
        text=f"{run.flow_name} is late: not ended by {brief(deadline, zone, on=run.created_at)}",
        tone=Tone.WARN,
        facts=(("Deadline", full(deadline, zone)),),
    )


def _of_task(
    alert: Alert, run: Run, key: TaskKey, reports: Sequence[FailureReport], zone: tzinfo
) -> Headline:
    task_run, name = run.task_runs.get(key), f"{run.flow_name}: {key}"
    match alert.occasion:
        case Occasion.FAILURE:
            what = f" ({_first_line(reports[0].what)})" if reports else ""
            return _signed(TaskState.FAILED, f"{name} failed{what}")
        case Occasion.RETRY:
            return _retry(alert, run, task_run, name, zone)
        case Occasion.QUESTION:
            asked = task_run.reason if task_run is not None else ""
            asked = asked.removeprefix("asks: ") if asked.startswith("asks: ") else "it asks"
            return Headline(text=f"{name}: {_first_line(asked)}", tone=Tone.WARN, sign="?")
        case Occasion.SLOW:
            expected = run.plan.policy(key.task).expected
            text = f"{name} is slow" + (f": more than {duration(expected)}" if expected else "")
            facts = (("Expected", f"at most {duration(expected)}"),) if expected else ()
            return Headline(text=text, tone=Tone.WARN, facts=facts)
        case _:
            attempt = task_run.attempt if task_run is not None else None
            took = duration(elapsed(attempt)) if attempt is not None else ""
            return _signed(
                TaskState.SUCCEEDED, f"{name} succeeded" + (f" in {took}" if took else "")
            )


def _retry(alert: Alert, run: Run, task_run: TaskRun | None, name: str, zone: tzinfo) -> Headline:
    if task_run is None or task_run.attempt is None:
        return _signed(TaskState.RETRYING, f"{name} failed, and is tried again")
    latest, allowed = task_run.attempt.number, run.plan.policy(task_run.key.task).retry.retries + 1
    # A repair begins to count anew; the numbers of the attempts go on.
    tried = alert.number - (latest - task_run.tries)
    known = 0 < tried <= allowed
    which = f"attempt {tried} of {allowed}" if known else f"attempt {alert.number}"
    facts = [("Attempt", f"{tried} of {allowed}" if known else str(alert.number))]
    text = f"{name} failed, {which}"
    due = task_run.due_at
    if due is not None and latest == alert.number and task_run.state is TaskState.RETRYING:
        text += f", next at {brief(due, zone, on=task_run.attempt.ended_at or due)}"
        facts.append(("Next attempt", full(due, zone, seconds=True)))
    return _signed(TaskState.RETRYING, text, tuple(facts))


def _first_line(text: str) -> str:
    line = next(iter(text.strip().splitlines()), "").strip()
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"

"""Alerts: who is to be told about what. Values, and the rule of what an event makes of them.

Sending is done elsewhere, later, and as often as it takes; here it is only decided that somebody
is to be told. Two circles of people hear of a run:

- those whom the flow's own line names (``--notify``) hear of the run as a whole: once when it
  failed, however many of its tasks did;
- those whom the options of a task name (the most specific layer wins, as for any option) hear of
  that task. What it only has from the flow's line makes it tell of retries, of slowness and of
  questions, which a run as a whole does not know, and of nothing else.

Who hears that the run failed is not told one by one which tasks did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .answers import addresses_of
from .commands import Move
from .events import AttemptSlow, Event, MarkRequested
from .flow import Flow, Kind
from .ids import RunId, TaskKey
from .options import Occasion
from .run import Run
from .states import RunState, TaskState

__all__ = ["Alert", "Occasion", "alerts_of", "is_current", "late_alerts", "late_at"]
__all__ += ["refused_alerts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Somebody is to be told about something that happened in a run.

    ``address`` is a URL as it was written, secrets not yet filled in. ``key`` is None when it is
    about the run as a whole, and has no index when it is about all instances of a mapped task;
    ``number`` is the attempt that it is about (0: none).
    """

    run: RunId
    occasion: Occasion
    address: str
    key: TaskKey | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Circle:
    """People, and what they want to hear."""

    addresses: tuple[str, ...]
    occasions: tuple[str, ...]

    @classmethod
    def of(cls, notify: Sequence[str] | None, on: Sequence[str] | None) -> _Circle:
        return cls(tuple(notify or ()), tuple(on or (Occasion.FAILURE,)))

    def who_hears(self, occasion: Occasion) -> tuple[str, ...]:
        return self.addresses if occasion in self.occasions else ()


_OF_RUNS = {RunState.FAILED.value: Occasion.FAILURE, RunState.SUCCEEDED.value: Occasion.SUCCESS}
_OF_TASKS = {
    TaskState.FAILED.value: Occasion.FAILURE,
    TaskState.RETRYING.value: Occasion.RETRY,
    TaskState.SUCCEEDED.value: Occasion.SUCCESS,
    TaskState.RESTORED.value: Occasion.SUCCESS,
}


def alerts_of(run: Run, event: Event, moves: Sequence[Move]) -> tuple[Alert, ...]:
    """Who is to be told what, after *event* led to *moves* and to *run*.

    What a person does to a task by hand is no news: neither how the task ended by that, nor, if the
    run was over, how it is judged now.
    """
    marked = event.key if isinstance(event, MarkRequested) else None
    was_over = marked is not None and Move(key=None, state=RunState.RUNNING.value) in moves
    found: dict[Alert, None] = {}
    for move in moves:
        if move.key is None:
            alerts = _of_run(run, move) if not was_over else ()
        else:
            is_by_hand = marked is not None and move.key.task == marked.task
            alerts = _of_task(run, moves, move, move.key) if not is_by_hand else ()
        found |= dict.fromkeys(alerts)
    if isinstance(event, AttemptSlow) and is_current(run, event):
        found |= dict.fromkeys(_to_own(run, Occasion.SLOW, event.key, event.number))
    return tuple(found)


def is_current(run: Run, event: AttemptSlow) -> bool:
    """Whether the attempt that *event* is about still runs."""
    task_run = run.task_runs.get(event.key)
    if task_run is None or task_run.state is not TaskState.RUNNING:
        return False
    return task_run.attempts[-1].number == event.number


def refused_alerts(run: RunId, notify: Sequence[str], on: Sequence[str]) -> tuple[Alert, ...]:
    """Who is to be told that a run could not even be made, by what was known of its flow before."""
    return _about_run(run, _Circle.of(notify, on), Occasion.FAILURE)


def late_at(run: Run) -> datetime | None:
    """When *run* is late, if somebody wants to hear of that.

    The deadline is counted from the fire time, and from the creation of a run that a person or a
    backfill made.
    """
    flow = run.plan.flow
    if flow.options.deadline is None or not _circle_of(flow).who_hears(Occasion.LATE):
        return None
    is_fired = run.fired is not None and not run.fired.backfill
    since = run.fired.at if run.fired is not None and is_fired else run.created_at
    return since + flow.options.deadline


def late_alerts(run: RunId, flow: Flow) -> tuple[Alert, ...]:
    """Who is to be told that *run* is late."""
    return _about_run(run, _circle_of(flow), Occasion.LATE)


def _of_run(run: Run, move: Move) -> Iterator[Alert]:
    occasion = _OF_RUNS.get(move.state)
    if occasion is None or run.parent is not None:
        return  # of a run within a run, the outer one tells
    yield from _about_run(run.id, _circle_of(run.plan.flow), occasion)
    if occasion is Occasion.SUCCESS:
        # Of a task that failed without harm they were to hear with the run, which did not fail.
        seen = set()
        for each in run.in_order():
            if each.state is TaskState.FAILED and each.key.task not in seen:
                seen.add(each.key.task)
                number = each.attempt.number if each.attempt else 0
                yield from _to_own(run, Occasion.FAILURE, each.key, number, is_held_back=True)


def _of_task(run: Run, moves: Sequence[Move], move: Move, key: TaskKey) -> Iterator[Alert]:
    """What the task tells of *move*, one of *moves*. Of a mapped one: that the first instance
    failed, that all succeeded.
    """
    if move.state == TaskState.WAITING.value and run.plan.flow[key.task].kind is Kind.APPROVE:
        yield from _asking(run, key)
    occasion = _OF_TASKS.get(move.state)
    if occasion is None:
        return
    number = move.attempt
    if key.index is not None and occasion is Occasion.SUCCESS:
        key, number = TaskKey(key.task), 0
    alerts = [*_to_own(run, occasion, key, number)]
    if not alerts:
        return
    instances = list(run.runs_of(key.task))
    if occasion is Occasion.SUCCESS:
        is_news = all(each.state.is_final and not each.state.is_bad for each in instances)
    elif occasion is Occasion.FAILURE:
        failed = {each.key for each in instances if each.state is TaskState.FAILED}
        now = [each.key for each in moves if each.key in failed and each.state == move.state]
        is_news = len(now) == len(failed) and key == now[0]
    else:
        is_news = True
    yield from alerts if is_news else ()


def _asking(run: Run, key: TaskKey) -> Iterator[Alert]:
    """Those whom the question is for, and those who hear of any."""
    policy = run.plan.policy(key.task)
    hearing = _Circle.of(policy.notify, policy.on).who_hears(Occasion.QUESTION)
    for address in dict.fromkeys((*addresses_of(run.plan.flow[key.task]), *hearing)):
        yield Alert(run=run.id, occasion=Occasion.QUESTION, address=address, key=key)


def _to_own(
    run: Run, occasion: Occasion, key: TaskKey, number: int, *, is_held_back: bool = False
) -> Iterator[Alert]:
    """Those whom the task tells of *occasion*.

    Of a failure only those that do not hear of the run's, or, *is_held_back*, only those that do.
    """
    policy, everyone = run.plan.policy(key.task), _circle_of(run.plan.flow)
    own = _Circle.of(policy.notify, policy.on)
    if own == everyone and occasion not in (Occasion.RETRY, Occasion.SLOW):
        return
    for address in own.who_hears(occasion):
        hears_of_run = occasion is Occasion.FAILURE and address in everyone.who_hears(occasion)
        if hears_of_run == is_held_back:
            yield Alert(run=run.id, occasion=occasion, address=address, key=key, number=number)


def _circle_of(flow: Flow) -> _Circle:
    return _Circle.of(flow.defaults.notify, flow.defaults.on)


def _about_run(run: RunId, circle: _Circle, occasion: Occasion) -> tuple[Alert, ...]:
    hearing = dict.fromkeys(circle.who_hears(occasion))
    return tuple(Alert(run=run, occasion=occasion, address=each) for each in hearing)

"""The runs of other flows that are attempts of tasks: begun, followed to their ends, stopped.

A child is a run like any other, with a driver and a lease of its own: it outlives the driver that
began it, and whoever carries the parent on finds it by the id that its attempt has. Its end is told
as the end of that attempt. What the child does is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jupyter_flow.core.errors import NotFoundError, raise_if_any
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    CancelRequested,
    RepairRequested,
)
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.inputs import InputError
from jupyter_flow.core.report import failures
from jupyter_flow.core.resolve.params import bind_params
from jupyter_flow.core.run import Attempt, Cause, Failure, Parent, Run
from jupyter_flow.core.states import Outcome, RunState
from jupyter_flow.core.words import duration

from .surroundings import Surroundings

#: How often it is looked how far they are, without word that one has ended.
EVERY = timedelta(seconds=1)

_UNDONE = (RunState.FAILED, RunState.CANCELLED)


@dataclass(slots=True, kw_only=True)
class _Followed:
    """The child of attempt *number*; ``seen`` is the last entry of its journal that was read."""

    number: int
    child: RunId
    limit: datetime | None
    timeout: timedelta | None
    seen: int = -1
    why_stopped: Cause | None = None


class Children:
    """The children that one driver follows."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._followed: dict[TaskKey, _Followed] = {}

    def __contains__(self, key: TaskKey) -> bool:
        return key in self._followed

    def __bool__(self) -> bool:
        return bool(self._followed)

    def choose(self, run: Run, key: TaskKey) -> RunId:
        """Which run the next attempt of *key* is: the one before goes on if it did not succeed."""
        before = run.task_runs[key].attempt
        if before is not None and before.child and before.outcome is not Outcome.SUCCEEDED:
            child = RunId(before.child)
            if self._load(child) is not None:
                return child
        return self._around.new_id(self._around.clock.now())

    def begin(self, run: Run, key: TaskKey, attempt: Attempt) -> None:
        """Begin what *attempt* says, or go on with it: what failed in it is repaired.

        Raises DefinitionError when its flow does not have one of the parameters.
        """
        child = RunId(attempt.child)
        if self._load(child) is None:
            self._create(run, key, child, attempt.parameters)
        elif self._is_undone(child):
            self._ask(child, RepairRequested())
        self._follow(run, key, attempt)

    def take_up(self, run: Run, key: TaskKey, attempt: Attempt) -> None:
        """Follow what another driver has begun, or was about to begin."""
        if self._load(RunId(attempt.child)) is None:
            self._create(run, key, RunId(attempt.child), attempt.parameters)
        self._follow(run, key, attempt)

    def stop(self, key: TaskKey, cause: Cause = Cause.CANCELLED) -> None:
        """Ask the child of *key* to stop; its end is told when it has ended."""
        followed = self._followed[key]
        if followed.why_stopped is None:
            followed.why_stopped = cause
            self._ask(followed.child, CancelRequested(by="the run that it is a part of"))

    def forget(self) -> None:
        """They go on without being followed from here."""
        self._followed.clear()

    def look(self) -> Iterator[AttemptProgressed | AttemptEnded]:
        """What has become of them since it was last looked."""
        for key, followed in list(self._followed.items()):
            yield from self._look(key, followed)

    def _look(
        self, key: TaskKey, followed: _Followed
    ) -> Iterator[AttemptProgressed | AttemptEnded]:
        store, number = self._around.store, followed.number
        if followed.limit is not None and self._around.clock.now() >= followed.limit:
            self.stop(key, Cause.TIMEOUT)
        entries = store.journal(followed.child, after=max(followed.seen, 0))
        if entries or followed.seen < 0:
            # Asked before reading: what is asked for may be done in between, and then is seen.
            is_asked = bool(store.requests(followed.child))
            child = store.load(followed.child)
            # What is refused leaves no entry, so it is looked again whatever is written.
            followed.seen = -1 if is_asked or not entries else entries[-1].seq
            if child.state.is_final and not is_asked:
                del self._followed[key]
                yield _ending(key, followed, child)
                return
            done = sum(each.state.is_final for each in child.task_runs.values())
            cells = len(child.task_runs)
            yield AttemptProgressed(key=key, number=number, cell=done, cells=cells)
        self._around.see_to(followed.child)

    def _is_undone(self, child: RunId) -> bool:
        """Whether it has ended, did not succeed, and nothing is asked of it."""
        is_asked = bool(self._around.store.requests(child))
        return self._around.store.load(child).state in _UNDONE and not is_asked

    def _follow(self, run: Run, key: TaskKey, attempt: Attempt) -> None:
        timeout = run.plan.policy(key.task).timeout
        limit = None if timeout is None else attempt.started_at + timeout
        self._followed[key] = _Followed(
            number=attempt.number, child=RunId(attempt.child), limit=limit, timeout=timeout
        )
        self._around.see_to(RunId(attempt.child))

    def _create(self, run: Run, key: TaskKey, child: RunId, given: Mapping[str, Any]) -> None:
        plan, now = run.plan.children[key.task], self._around.clock.now()
        params, problems = bind_params(plan.flow, given)
        raise_if_any(problems)
        made = Run.of(
            id=child,
            plan=plan,
            params=params,
            logical_date=run.logical_date,
            interval=run.interval,
            created_at=now,
            parent=Parent(run=run.id, key=key),
        )
        self._around.store.create(made)

    def _ask(self, child: RunId, request: CancelRequested | RepairRequested) -> None:
        self._around.store.ask(child, request, now=self._around.clock.now())
        self._around.see_to(child)

    def _load(self, child: RunId) -> Run | None:
        try:
            return self._around.store.load(child)
        except NotFoundError:
            return None


def params_of_child(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the run that an attempt with these *inputs* is. Raises InputError."""
    params = inputs.get("params", {})
    if not isinstance(params, Mapping):
        what = f"the parameters of a run are an object of values by name, not {params!r:.60}"
        raise InputError(what, hint='Expand over a list of such: params=[{"n": 1}, {"n": 2}].')
    return dict(params)


def _ending(key: TaskKey, followed: _Followed, child: Run) -> AttemptEnded:
    """The end of the attempt that *child* was."""
    outcome, failure, values = Outcome.SUCCEEDED, None, values_of(child)
    if child.state is RunState.FAILED:
        outcome, failure = Outcome.FAILED, _failure(child)
    elif child.state is RunState.CANCELLED:
        outcome = Outcome.CANCELLED
    if followed.why_stopped is Cause.TIMEOUT and child.state is not RunState.SUCCEEDED:
        outcome = Outcome.TIMED_OUT
        limit = duration(followed.timeout) if followed.timeout is not None else ""
        message = f"the run {child.id} took longer than {limit}"
        failure = Failure(cause=Cause.TIMEOUT, message=message)
    return AttemptEnded(
        key=key, number=followed.number, outcome=outcome, failure=failure, values=values
    )


def values_of(child: Run) -> dict[str, Any]:
    """What *child* hands on: its id, and the values of its last tasks, as far as each is of one."""
    ends = [
        each
        for leaf in child.plan.flow.leaves
        for each in child.runs_of(leaf)
        if each.key.index is None and each.state.is_good
    ]
    names = [name for each in ends for name in each.values]
    values = {
        name: value
        for each in ends
        for name, value in each.values.items()
        if names.count(name) == 1
    }
    return values | {"run": child.id}


def _failure(child: Run) -> Failure:
    """Why *child* failed, and by which of its tasks."""
    message = f"{child.flow_name} failed: {child.reason or child.state.value}"
    found = failures(child)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        message = f"{child.flow_name} failed: {found[0].key} ({found[0].what}){more}"
    return Failure(cause=Cause.FLOW_FAILED, message=f"{message}, in run {child.id}")

"""Backfill: runs for a range of times that passed, none of them twice.

All runs are written down at once, queued, in the order in which they are to be run; services take
them up, no more at a time than the backfill allows. So it goes on after any crash, and saying it
again adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from jupyter_flow.core.asking import choice
from jupyter_flow.core.errors import ConflictError, UsageError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Fired, Interval, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.core.timetable import Timetable
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import RunStore, RunSummary

from . import naming
from .definitions import CheckedFlow, Definitions

#: More runs than these are not made at once.
MOST = 10_000
#: So many runs of a backfill go on at a time, unless it is said otherwise.
PARALLEL = 2


class Existing(StrEnum):
    """Which of the runs that are there for a time are done again."""

    #: None of them: only times without a run get one.
    NONE = "none"
    #: Those that did not succeed, from where they failed.
    FAILED = "failed"
    #: All that have ended, from the beginning.
    ALL = "all"


class Action(StrEnum):
    """What a backfill does about one time."""

    #: There is no run: make one.
    RUN = "run"
    #: Do the run that is there again.
    AGAIN = "again"
    #: Leave the run that is there alone.
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One time of the range, what is done about it, and the run that is there."""

    at: datetime
    action: Action
    existing: RunSummary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """A backfill that was begun, or would be: its fills in the order in which they are run.

    ``refusals`` say which runs could not be done again, and why.
    """

    id: str
    series: str
    fills: tuple[Fill, ...]
    created: tuple[RunId, ...] = ()
    refusals: tuple[str, ...] = ()

    def count(self, action: Action) -> int:
        return sum(fill.action is action for fill in self.fills)


class Backfilling:
    """The use-cases about backfills.

    *again* asks for a run to be done again: only what failed, or all of it.
    """

    def __init__(
        self,
        runs: Callable[[], RunStore],
        definitions: Definitions,
        clock: Clock,
        again: Callable[[RunId, bool], None],
    ) -> None:
        self._opened = runs
        self._definitions = definitions
        self._clock = clock
        self._again = again

    def plan(
        self,
        checked: CheckedFlow,
        timetable: Timetable,
        *,
        since: datetime,
        until: datetime,
        existing: str = Existing.NONE,
        reverse: bool = False,
        series: str = "",
    ) -> Backfill:
        """What a backfill of the fire times from *since* to *until* (both included) would do.

        Raises UsageError for a range that holds none, or too many, or lies in the future.
        """
        plan = checked.runnable()
        times = self._times(timetable, since, until)
        if reverse and any(plan.policy(each.name).depends_on_past for each in plan.flow.tasks):
            raise UsageError(
                "a flow whose tasks depend on the past cannot be filled backwards",
                hint="Leave --reverse out.",
                code="JF411",
            )
        found = self._opened().at(plan.flow.name, checked.origin or None, times)
        there = {each.logical_date: each for each in found}
        redone = choice(existing, Existing, option="--existing")
        fills = [_fill(at, there.get(at), redone) for at in times]
        return Backfill(
            id=naming.new_backfill_id(self._clock.now()),
            series=series or plan.flow.name,
            fills=tuple(reversed(fills) if reverse else fills),
        )

    def start(
        self,
        checked: CheckedFlow,
        backfill: Backfill,
        *,
        params: Mapping[str, str] | None = None,
        parallel: int | None = None,
    ) -> Backfill:
        """Write down the runs of *backfill*, queued; those that were made are in ``created``."""
        plan = checked.runnable()
        bound = self._definitions.bind(plan.flow, {}, params or {})
        self._definitions.keep(plan)
        now, most = self._clock.now(), parallel or PARALLEL
        ids = naming.new_run_ids(now)
        made = [
            Run.of(
                id=next(ids),
                plan=plan,
                params=bound,
                logical_date=fill.at,
                interval=Interval(start=fill.at, end=fill.at),
                # Runs are taken up in the order of their creation.
                created_at=now + timedelta(microseconds=place),
                fired=Fired(
                    series=_series(backfill, fill), at=fill.at, backfill=backfill.id, most=most
                ),
            )
            for place, fill in enumerate(backfill.fills)
            if fill.action is Action.RUN or _is_refused(fill)
        ]
        created = self._opened().create_fired(made)
        refusals = [
            refusal
            for fill in backfill.fills
            if fill.action is Action.AGAIN and not _is_refused(fill)
            if (refusal := self._redo(backfill, fill, most))
        ]
        return replace(backfill, created=tuple(created), refusals=tuple(refusals))

    def _redo(self, backfill: Backfill, fill: Fill, most: int) -> str:
        """Have the run that is there done again; why that cannot be, or ""."""
        if fill.existing is None:
            return ""
        old = fill.existing.fired
        series = old.series if old is not None else ""
        try:
            self._again(fill.existing.id, fill.existing.state is not RunState.SUCCEEDED)
        except ConflictError as why:
            return f"{fill.existing.id}: {why.what}"
        fired = Fired(series=series, at=fill.at, backfill=backfill.id, most=most)
        self._opened().adopt(fill.existing.id, fired)
        return ""

    # -- within --------------------------------------------------------------------------------

    def _times(self, timetable: Timetable, since: datetime, until: datetime) -> Sequence[datetime]:
        until = min(until, self._clock.now())
        if until < since:
            raise UsageError(
                f"{since.isoformat()} has not come yet",
                hint="Times that are still to come are left to the schedule.",
                code="JF411",
            )
        times: list[datetime] = []
        for at in timetable.between(since - timedelta.resolution, until):
            times.append(at)
            if len(times) > MOST:
                raise UsageError(
                    f"these are more than {MOST} runs",
                    hint="Fill a shorter range, then the next.",
                    code="JF411",
                )
        if not times:
            raise UsageError(
                f"no fire time lies between {since.isoformat()} and {until.isoformat()}",
                hint="Times that are still to come are left to the schedule.",
                code="JF411",
            )
        return times


def _is_refused(fill: Fill) -> bool:
    """Whether the run that is to be done again never had a task: its flow could not be read."""
    return fill.action is Action.AGAIN and fill.existing is not None and not fill.existing.tasks


def _series(backfill: Backfill, fill: Fill) -> str:
    """The series of a new run.

    One in place of another that had no tasks has a series of its own, as that one has the fire
    time; so even then no two are made.
    """
    if fill.existing is None:
        return backfill.series
    return f"{backfill.series}/{fill.existing.id}"


def _fill(at: datetime, there: RunSummary | None, existing: Existing) -> Fill:
    if there is None:
        return Fill(at=at, action=Action.RUN)
    is_wanted = existing is Existing.ALL or (
        existing is Existing.FAILED and there.state is not RunState.SUCCEEDED
    )
    is_again = is_wanted and there.state.is_final
    return Fill(at=at, action=Action.AGAIN if is_again else Action.KEEP, existing=there)

"""The scheduler: fires the schedules that are due, each fire time once.

Borrows a due schedule from the store, asks for its flow as it is now, and gives back in one stroke
the runs, what was missed and what it waits for next. Of many schedulers on one store, whose clocks
may differ, one gets the schedule, and no fire time gets a second run. When it looks is the
service's business; it neither waits nor drives.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jupyter_flow.core.alerts import Alert, refused_alerts
from jupyter_flow.core.errors import LeaseLostError, StoreUnreachableError
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.options import Overlap
from jupyter_flow.core.run import Fired, Interval, Run
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.core.states import RunState
from jupyter_flow.core.timetable import Due, due
from jupyter_flow.core.words import count
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.ports.schedules import Loan, ScheduleStore

log = logging.getLogger(__name__)

#: A fire time that is no older than this is on time, whatever the catchup.
GRACE = timedelta(minutes=1)
#: How long reading a flow may take before another service tries it.
LOAN = timedelta(seconds=60)
#: So many runs are made at once at most; the rest follow at once.
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a schedule would run now: the plan, or the problem that stands in its way.

    ``schedule`` is as the flow's line has it now, ``params`` are those of a run, defaults included.
    """

    schedule: Schedule
    plan: Plan | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


class Scheduler:
    """Fires schedules.

    *prepare* reads the flow of a schedule; whatever is wrong with that, it returns. *new_ids* gives
    names for runs that are made at a moment, no two alike.
    """

    def __init__(
        self,
        schedules: ScheduleStore,
        runs: RunStore,
        clock: Clock,
        *,
        prepare: Callable[[Schedule], Prepared],
        new_ids: Callable[[datetime], Iterator[RunId]],
    ) -> None:
        self._schedules = schedules
        self._runs = runs
        self._clock = clock
        self._prepare = prepare
        self._new_ids = new_ids
        #: Seconds between the last fire time and its run.
        self.lag = 0.0

    def fire_due(self, owner: str) -> list[RunId]:
        """Fire all that is due; the ids of the runs that were made."""
        now = self._clock.now()
        self._schedules.notice_updates()
        made: list[RunId] = []
        for loan in self._schedules.borrow_due(owner, now=now, duration=LOAN):
            try:
                made += self._fire(loan)
            except LeaseLostError:
                # Somebody changed the schedule, or it took so long that another one fired it.
                log.info(
                    "schedule was fired or changed by others",
                    extra={"action": "loan_lost", "schedule": loan.schedule.name},
                )
            except StoreUnreachableError:
                raise
            except Exception:
                # Others must not wait for this one; it is tried again when the loan has ended.
                log.exception(
                    "schedule not fired",
                    extra={"action": "fire_failed", "schedule": loan.schedule.name},
                )
        return made

    def next_due(self) -> datetime | None:
        """When to look again at the latest."""
        return self._schedules.next_due()

    def _fire(self, loan: Loan) -> list[RunId]:
        before = loan.schedule
        prepared = self._prepare(before)
        now = self._clock.now()
        schedule = prepared.schedule
        decided = Due(fires=(), missed=None, next=before.next_fire)
        if before.next_fire is not None and before.next_fire <= now:
            decided = due(
                schedule.timetable,
                next_fire=before.next_fire,
                now=now,
                catchup=schedule.catchup,
                grace=GRACE,
                most=MOST,
            )
        fires, missed = self._with_room(schedule, prepared.plan, decided.fires, decided.missed)
        ids = self._new_ids(now)
        fired = [Fired(series=schedule.name, at=fire) for fire in fires]
        after = replace(schedule, next_fire=decided.next)
        if before.updated_at is not None:
            fired.append(_fired_by_updates(before, before.updated_at))
            after = replace(after, seen=before.updated_to, updated_at=None, updated_to=0)
        runs = [_run(next(ids), prepared, each, now) for each in fired]
        alerts: Sequence[Alert] = ()
        if prepared.plan is None:
            alerts = [
                alert
                for run in runs
                for alert in refused_alerts(run.id, schedule.notify, schedule.on)
            ]
        made = self._schedules.fire(
            loan,
            runs,
            schedule=after,
            missed=missed,
            alerts=alerts,
            now=now,
        )
        self._tell(schedule, made, missed, fires, now)
        return made

    def _with_room(
        self,
        schedule: Schedule,
        plan: Plan | None,
        fires: Sequence[datetime],
        missed: Missed | None,
    ) -> tuple[Sequence[datetime], Missed | None]:
        """The fire times that get a run, and those that do not, with the reason."""
        if missed is not None:
            missed = replace(missed, why="nothing was there to run it")
        if plan is None:
            # One run tells it; the times before it have nothing to add.
            return fires[-1:], _joined(missed, fires[:-1], "the flow could not be read")
        most = plan.flow.options.max_active_runs
        if schedule.overlap is Overlap.QUEUE or most is None or not fires:
            return fires, missed
        room = max(0, most - self._active(schedule))
        why = f"{count(most - room, 'run')} of the flow had not ended"
        return fires[:room], _joined(missed, fires[room:], why)

    def _active(self, schedule: Schedule) -> int:
        live = [state for state in RunState if not state.is_final]
        found = self._runs.summaries(flow=schedule.flow, states=live, limit=1000)
        return sum(each.origin == schedule.origin for each in found)

    def _tell(
        self,
        schedule: Schedule,
        made: Sequence[RunId],
        missed: Missed | None,
        fires: Sequence[datetime],
        now: datetime,
    ) -> None:
        about = {"schedule": schedule.name, "flow": schedule.flow}
        if fires:
            self.lag = (now - fires[-1]).total_seconds()
        for run in made:
            log.info("schedule fired", extra={"action": "schedule_fired", "run": run, **about})
        if missed is not None:
            what = {"count": missed.count, "why": missed.why}
            log.warning("fire times missed", extra={"action": "fires_missed", **what, **about})


def _fired_by_updates(schedule: Schedule, at: datetime) -> Fired:
    """What the run is made for that *schedule* makes because datasets were updated."""
    return Fired(series=schedule.name, at=at, after=schedule.seen, upto=schedule.updated_to)


def _run(run: RunId, prepared: Prepared, fired: Fired, now: datetime) -> Run:
    """The run for one moment: queued, or failed when the flow cannot be run."""
    schedule, plan = prepared.schedule, prepared.plan
    is_refused = plan is None
    return Run.of(
        id=run,
        plan=plan or Plan(flow=Flow(name=schedule.flow), targets={}, origin=schedule.origin),
        state=RunState.FAILED if is_refused else RunState.QUEUED,
        reason=prepared.problem,
        params=prepared.params,
        logical_date=fired.at,
        interval=Interval(start=fired.at, end=fired.at),
        created_at=now,
        fired=fired,
        ended_at=now if is_refused else None,
    )


def _joined(missed: Missed | None, more: Sequence[datetime], why: str) -> Missed | None:
    if not more:
        return missed
    if missed is None:
        return Missed(first=more[0], last=more[-1], count=len(more), why=why)
    return replace(
        missed,
        last=more[-1],
        count=missed.count + len(more),
        why=why if missed.why == why else f"{missed.why}; {why}",
    )

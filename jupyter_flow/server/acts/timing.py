"""Requests about times: schedules, and backfills of times that passed."""

from __future__ import annotations

from jupyter_flow.app.showing_times import backfill_view, schedule_view
from jupyter_flow.core.asking import span
from jupyter_flow.core.schedule import Schedule
from jupyter_flow.server.serving import Served
from jupyter_flow.wire import api


def schedules(served: Served) -> list[api.ScheduleView]:
    """All schedules, by name."""
    return [_shown(served, each) for each in served.flows.scheduling.all()]


def schedule(served: Served, request: api.ScheduleRequest) -> api.ScheduleView:
    """Run a flow by itself from now on, or only tell when it would run."""
    scheduling = served.flows.scheduling
    make = scheduling.draft if request.dry_run else scheduling.add
    made = make(
        served.flow(request.flow),
        name=request.name,
        options=request.options,
        params=request.params,
        pin=request.pin,
    )
    if request.dry_run:
        return _shown(served, made)
    served.flows.services.ensure()
    return _shown(served, made)


def unschedule(served: Served, *, name: str) -> None:
    """Take a schedule away; its runs stay."""
    served.flows.scheduling.remove(name)
    served.flows.services.nudge_all()


def pause(served: Served, *, name: str) -> api.ScheduleView:
    """Let a schedule rest."""
    paused = served.flows.scheduling.pause(name)
    served.flows.services.nudge_all()
    return _shown(served, paused)


def resume(served: Served, *, name: str) -> api.ScheduleView:
    """Let it go on."""
    resumed = served.flows.scheduling.resume(name)
    served.flows.services.ensure()
    return _shown(served, resumed)


def backfill(served: Served, request: api.BackfillRequest) -> api.BackfillView:
    """Make runs for a range of times that passed, or only tell which."""
    flows, checked = served.flows, served.flow(request.flow)
    timetable = flows.scheduling.timetable_of(checked, cron=request.cron, tz=request.tz)
    since, until = span(request.since, request.until, timetable.tz)
    planned = flows.backfilling.plan(
        checked,
        timetable,
        since=since,
        until=until,
        existing=request.existing,
        reverse=request.reverse,
    )
    if request.dry_run:
        return backfill_view(planned)
    begun = flows.backfilling.start(
        checked, planned, params=request.params, parallel=request.parallel
    )
    flows.services.ensure()
    return backfill_view(begun)


def _shown(served: Served, schedule: Schedule) -> api.ScheduleView:
    return schedule_view(schedule, served.flows.scheduling.upcoming(schedule), served.below)

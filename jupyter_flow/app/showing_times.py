"""Schedules and backfills as browsers are shown them. Pure, like `jupyter_flow.app.showing`."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_flow.core.schedule import Schedule
from jupyter_flow.wire import api

from .backfilling import Backfill
from .scheduling import FireTime
from .showing import Below, maybe, moment


def schedule_view(
    schedule: Schedule, upcoming: Sequence[FireTime], below: Below
) -> api.ScheduleView:
    """A schedule and its next fire times."""
    return api.ScheduleView(
        name=schedule.name,
        flow=schedule.flow,
        source=below.source(schedule.origin),
        cron=schedule.timetable.cron,
        tz=schedule.timetable.tz,
        catchup=schedule.catchup.value,
        overlap=schedule.overlap.value,
        snapshot=schedule.snapshot.value,
        params=dict(schedule.params),
        is_paused=schedule.is_paused,
        next_fire=maybe(schedule.next_fire),
        upcoming=[api.FireView(at=moment(each.at), oddity=each.oddity) for each in upcoming],
        on_update="" if schedule.on_update is None else str(schedule.on_update),
    )


def backfill_view(backfill: Backfill) -> api.BackfillView:
    """What a backfill does, or would do, about each time."""
    return api.BackfillView(
        id=backfill.id,
        series=backfill.series,
        fills=[
            api.FillView(
                at=moment(fill.at),
                action=fill.action.value,
                existing=None if fill.existing is None else fill.existing.id,
            )
            for fill in backfill.fills
        ],
        created=list(backfill.created),
        refusals=list(backfill.refusals),
    )

"""Schedules and what they missed as rows, and back. No queries."""

from __future__ import annotations

from typing import Any

from jupyter_flow.core.options import Catchup, OnUpdate, Overlap
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.core.timetable import Timetable
from jupyter_flow.wire.codec import decode, encode

from .rows import plan_of, plan_text, values_of, values_text

_Row = Any
_Cells = dict[str, Any]
_TEXTS = tuple[str, ...]


def schedule_row(schedule: Schedule) -> _Cells:
    """The row of *schedule*, without its loan."""
    timetable = schedule.timetable
    return {
        "name": schedule.name,
        "flow": schedule.flow,
        "origin": schedule.origin,
        "cron": timetable.cron,
        "tz": timetable.tz,
        "starts_at": timetable.start,
        "ends_at": timetable.end,
        "is_own": schedule.is_own,
        "catchup": schedule.catchup.value,
        "overlap": schedule.overlap.value,
        "params": values_text(schedule.params),
        "plan": None if schedule.plan is None else plan_text(schedule.plan),
        "notify": encode(schedule.notify, _TEXTS),
        "on": encode(schedule.on, _TEXTS),
        "is_paused": schedule.is_paused,
        "next_fire": schedule.next_fire,
        "on_update": schedule.on_update and encode(schedule.on_update, OnUpdate),
        "seen": schedule.seen,
        "updated_at": schedule.updated_at,
        "updated_to": schedule.updated_to,
        "created_at": schedule.created_at,
    }


def schedule_of(row: _Row) -> Schedule:
    """The schedule in *row*."""
    timetable = Timetable(cron=row.cron, tz=row.tz, start=row.starts_at, end=row.ends_at)
    return Schedule(
        name=row.name,
        flow=row.flow,
        origin=row.origin,
        timetable=timetable,
        is_own=row.is_own,
        catchup=Catchup(row.catchup),
        overlap=Overlap(row.overlap),
        params=values_of(row.params),
        plan=None if row.plan is None else plan_of(row.plan),
        notify=decode(row.notify, _TEXTS),
        on=decode(row.on, _TEXTS),
        is_paused=row.is_paused,
        next_fire=row.next_fire,
        on_update=None if row.on_update is None else decode(row.on_update, OnUpdate),
        seen=row.seen or 0,
        updated_at=row.updated_at,
        updated_to=row.updated_to or 0,
        created_at=row.created_at,
    )


def miss_row(name: str, missed: Missed) -> _Cells:
    """The row of what the schedule *name* missed."""
    return {
        "schedule": name,
        "first": missed.first,
        "last": missed.last,
        "count": missed.count,
        "is_more": missed.is_more,
        "why": missed.why,
    }


def missed_of(row: _Row) -> Missed:
    """What was missed, in *row*."""
    return Missed(
        first=row.first,
        last=row.last,
        # A row is a tuple, and that has a `count` of its own.
        count=row._mapping["count"],  # noqa: SLF001
        is_more=row.is_more,
        why=row.why,
    )

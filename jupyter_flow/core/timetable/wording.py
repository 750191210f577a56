"""Sentences for people about the fire times of nights in which the clocks change."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from .clocks import utc, wall_time
from .cron import cron_of
from .firing import left_out
from .oddities import Oddity
from .timetable import Timetable

#: Written out, because the library's own names speak the language of the machine.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def describe_oddity(timetable: Timetable, fire: datetime) -> str | None:
    """What the clocks do to the fire time *fire*, in one sentence; None when it is like others."""
    zone, cron = ZoneInfo(timetable.tz), cron_of(timetable.cron)
    wall = wall_time(fire, zone)
    match timetable.oddity(fire):
        case Oddity.SHIFTED:
            return _shifted(left_out(cron, zone, utc(fire)), wall, timetable.tz)
        case Oddity.REPEATED:
            times = "both times" if cron.is_hourly else "once, the first time"
            twice = f"{wall:%H:%M} comes twice on {_day(wall)} in {timetable.tz}"
            return f"{twice}; it fires {times}"
        case None:
            return None


def _shifted(missing: list[datetime], wall: datetime, tz: str) -> str:
    first, last = missing[0], missing[-1]
    day = _day(first)
    at = f"{wall:%H:%M}" if wall.date() == first.date() else f"{wall:%H:%M} on {_day(wall)}"
    if first == last:
        return f"{first:%H:%M} does not exist on {day} in {tz}; it fires at {at} instead"
    span = f"{first:%H:%M} to {last:%H:%M} do not exist on {day} in {tz}"
    return f"{span}; it fires once, at {at}, instead"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

"""Schedules in words, for people: when something comes, in whose time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from .schedule import Missed, Schedule
from .words import count

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def both_zones(at: datetime, there: tzinfo, here: tzinfo) -> str:
    """``Mon 2 March 2026 06:00 (Europe/Berlin), 21:00 the day before here``.

    Only the first half where the clocks *here* show the same.
    """
    first, second = at.astimezone(there), at.astimezone(here)
    told = f"{_DAYS[first.weekday()]} {first:%Y-%m-%d %H:%M} {first.tzname() or there}"
    if first.replace(tzinfo=None) == second.replace(tzinfo=None):
        return told
    days = (second.date() - first.date()).days
    when = {-1: " the day before", 0: "", 1: " the day after"}[days]
    return f"{told} ({second:%H:%M}{when} here)"


def ahead(at: datetime, now: datetime) -> str:
    """``in 3 h``, ``in 2 days``, ``now``."""
    left = at - now
    if left <= timedelta(seconds=0):
        return "now"
    if left < timedelta(minutes=1):
        return f"in {int(left.total_seconds())} s"
    if left < timedelta(hours=1):
        return f"in {round(left / timedelta(minutes=1))} min"
    if left < timedelta(days=2):
        return f"in {round(left / timedelta(hours=1))} h"
    return f"in {round(left / timedelta(days=1))} days"


def rules(schedule: Schedule) -> str:
    """Its catchup, overlap, snapshot and parameters, in one line."""
    found = [f"catchup {schedule.catchup}", f"overlap {schedule.overlap}"]
    found += ["the flow as it was when it was scheduled"] if schedule.plan is not None else []
    found += [f"{name}={value}" for name, value in schedule.params.items()]
    return " · ".join(found)


def firing(
    schedule: Schedule,
    upcoming: Sequence[tuple[datetime, str]],
    now: datetime,
    here: tzinfo | None = None,
) -> Iterator[tuple[str, str, str]]:
    """For each fire time to come: ``next`` or ``then``, the moment, and what is odd about it."""
    zone, ours = ZoneInfo(schedule.timetable.tz), here or now.astimezone().tzinfo or ZoneInfo("UTC")
    for number, (at, oddity) in enumerate(upcoming):
        told = both_zones(at, zone, ours)
        yield (
            ("next", f"{told}, {ahead(at, now)}", oddity)
            if number == 0
            else (
                "then",
                told,
                oddity,
            )
        )


def missing(missed: Missed, zone: tzinfo) -> str:
    """Which fire times got no run, and why."""
    first, last = missed.first.astimezone(zone), missed.last.astimezone(zone)
    more = "more than " if missed.is_more else ""
    span = f"{first:%Y-%m-%d %H:%M}"
    span += f" to {last:%Y-%m-%d %H:%M}" if missed.count > 1 else ""
    times = f", {more}{count(missed.count, 'time')}" if missed.count > 1 else ""
    return f"{span}{times}: {missed.why}"

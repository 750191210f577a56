"""How messages tell moments: in the zone of the people, and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def named_zone(name: str) -> tzinfo:
    """The zone called *name*; UTC where nobody knows it."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def full(moment: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """``2026-03-29 14:00 Europe/Berlin (12:00 UTC)``."""
    clock = "%H:%M:%S" if seconds else "%H:%M"
    universal, here = moment.astimezone(UTC), moment.astimezone(zone)
    if here.utcoffset() == universal.utcoffset():
        return f"{universal:%Y-%m-%d {clock}} UTC"
    day = "" if here.date() == universal.date() else "%Y-%m-%d "
    return f"{here:%Y-%m-%d {clock}} {zone} ({universal:{day}{clock}} UTC)"


def brief(moment: datetime, zone: tzinfo, *, on: datetime) -> str:
    """The time of the day, and the day too if it is another one than that of *on*."""
    here = moment.astimezone(zone)
    day = "" if here.date() == on.astimezone(zone).date() else "%Y-%m-%d "
    return f"{here:{day}%H:%M}"

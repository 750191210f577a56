"""What the clocks of a zone do with a wall time: it comes once, twice, or not at all.

A wall time is a datetime without a zone, as a clock on the wall shows it. When clocks are set
forward they leave some out; when they are set back some come twice. Decides nothing about either.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def utc(moment: datetime) -> datetime:
    """*moment* in UTC. Without a zone it is refused, or this machine's would be meant."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def wall_time(moment: datetime, zone: tzinfo) -> datetime:
    """What the clocks of *zone* show at *moment*."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def readings(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """*wall* as an instant, read by the offset before a change of the clocks and the one after.

    Both are the same when it comes once. The first is the earlier when it comes twice, and the
    later when it is left out: the change is then after the second, and not after the first.
    """
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return before, after


def change_of(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first instant after *before*, and up to *after*, that has another offset."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after

"""When a schedule comes due: a cron text in a time zone, from a start to an end.

Asks no clock and keeps nothing: every question brings its moment. Answers are in UTC. Whether a
time that has passed still gets a run is decided in `catching_up`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from .clocks import utc
from .cron import LAST_YEAR, cron_of
from .firing import fire_times
from .oddities import Oddity, oddity_of

#: The smallest difference between two moments.
TICK = timedelta.resolution
#: No schedule is older; years far below are beyond what some systems can count.
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a schedule is due: a cron text in a zone, from ``start`` to ``end``.

    ``cron`` is as `jupyter_flow.core.language.schedules.read_cron` gives it; without one it is
    never due. ``start`` and ``end`` are themselves included.
    """

    cron: str
    tz: str = "UTC"
    start: datetime | None = None
    end: datetime | None = None

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The fire times after *moment*, ascending, each once. Found as they are asked for."""
        since = max(utc(moment), _EARLIEST)
        if self.start is not None:
            since = max(since, utc(self.start) - TICK)
        if not self.cron or since.year > LAST_YEAR:
            return iter(())
        fires = fire_times(cron_of(self.cron), ZoneInfo(self.tz), since)
        return fires if self.end is None else _until(self.end, fires)

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The fire times after the one moment and not after the other, ascending."""
        return _until(until, self.after(after))

    def next_after(self, moment: datetime) -> datetime | None:
        """The first fire time after *moment*; None when there is none any more."""
        return next(self.after(moment), None)

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """The last fire time of those `between` the two, found by halving what lies between."""
        found = next(self.between(after, until), None)
        bare_from = utc(until)  # no fire time lies after it
        while found is not None and (more := next(self.between(found, until), None)) is not None:
            middle = more + (bare_from - more) / 2
            leap = next(self.between(middle, until), None)
            if leap is None:
                bare_from = middle
            found = leap or more
        return found

    def count(self, after: datetime, until: datetime, *, most: int) -> int:
        """How many fire times lie `between` the two; counting stops at *most*."""
        return sum(1 for _ in islice(self.between(after, until), most))

    def local(self, moment: datetime) -> datetime:
        """*moment* as the clocks of the zone show it."""
        return utc(moment).astimezone(ZoneInfo(self.tz))

    def oddity(self, fire: datetime) -> Oddity | None:
        """What a change of the clocks does to this fire time, if anything."""
        return oddity_of(cron_of(self.cron), ZoneInfo(self.tz), utc(fire))


def _until(end: datetime, fires: Iterator[datetime]) -> Iterator[datetime]:
    last = utc(end)
    return takewhile(lambda fire: fire <= last, fires)

"""A cron text as days and times of the day. Knows nothing of zones and of what fires.

croniter finds the days. The times are the same on each of them, so they are written out once: a
schedule for every minute needs no search for every minute.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

#: No day after this year is looked for, and no moment after it can be told to a timetable.
LAST_YEAR = 2999

_PRESETS: Mapping[str, str] = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Which days a cron text means, and which times on each of them."""

    #: The text with midnight for its times.
    days: str
    times: tuple[time, ...]
    #: It names all 24 hours, so it means the clock's hours and not a time of the day.
    is_hourly: bool

    def wall_times(self, since: datetime) -> Iterator[datetime]:
        """What a clock on the wall shows when it is time, from *since* on, ascending."""
        today = since.date()
        for day in self._days(today):
            first = bisect_left(self.times, since.time()) if day == today else 0
            for each in self.times[first:]:
                yield datetime.combine(day, each)

    def _days(self, since: date) -> Iterator[date]:
        from croniter import CroniterBadDateError, croniter

        eve = datetime.combine(since, time()) - timedelta(minutes=1)
        midnights = croniter(self.days, eve)
        try:
            while (midnight := midnights.get_next(datetime)).year <= LAST_YEAR:
                yield midnight.date()
        except CroniterBadDateError:
            return


@lru_cache(maxsize=256)
def cron_of(text: str) -> Cron:
    """*text*, five fields or a preset, taken apart."""
    from croniter import croniter

    minute, hour, *days = _PRESETS.get(text, text).split()
    fields, _ = croniter.expand(f"{minute} {hour} * * *")
    minutes, hours = _numbers(fields[0], 60), _numbers(fields[1], 24)
    return Cron(
        days=" ".join(["0", "0", *days]),
        times=tuple(time(each, minute) for each in hours for minute in minutes),
        is_hourly=len(hours) == 24,
    )


def _numbers(field: Sequence[int | str], size: int) -> list[int]:
    """The numbers that croniter means by *field*, whose star is itself."""
    return sorted(int(each) for each in (range(size) if "*" in field else field))

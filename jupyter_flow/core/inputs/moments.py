"""Moments as people write them in ``wait_for(until=…)``: a date and time, a time of day, a span."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


def moment_of(value: object, *, now: datetime, since: datetime, zone: str) -> datetime | None:
    """The moment that *value* means, in UTC; None when it means none.

    A time of day (``"18:00"``) is that of the day of *now* in *zone*; a length of time (``"2h"``,
    or seconds) counts from *since*; a date and time without an offset is in *zone*.
    """
    from jupyter_flow.core.language.durations import span_of

    here = ZoneInfo(zone)
    if isinstance(value, str) and _TIME_OF_DAY.fullmatch(value.strip()):
        of_day = _time(value.strip())
        if of_day is None:
            return None
        day = now.astimezone(here).date()
        return datetime.combine(day, of_day, here).astimezone(UTC)
    moment = _moment(value)  # first: 20260101 is a day, and no number of seconds
    if moment is not None:
        return (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC)
    span = span_of(value)
    return None if span is None else (since + span).astimezone(UTC)


def _time(text: str) -> time | None:
    try:
        hour, minute, second = [*map(int, text.split(":")), 0][:3]
        return time(hour, minute, second)
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None

"""From wall times to fire times: the rule for the nights in which the clocks change.

A cron text that names every hour follows the clock through: what the change leaves out does not
fire, and what comes twice fires twice. Any other means a time of the day: left out, it fires
right after the change; coming twice, it fires the first time. Knows no start and no end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import takewhile

from .clocks import change_of, readings, wall_time
from .cron import Cron

_SECOND = timedelta(seconds=1)


def fire_times(cron: Cron, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """The fire times after that moment, ascending, each once."""
    for fire in _in_order(cron, zone, after):
        if fire > after:
            yield fire
            after = fire


def left_out(cron: Cron, zone: tzinfo, fire: datetime) -> list[datetime]:
    """The wall times that the change of the clocks at *fire* leaves out and *fire* stands for."""
    now, just_before = wall_time(fire, zone), wall_time(fire - _SECOND, zone)
    missing = now - just_before - _SECOND
    if cron.is_hourly or missing <= timedelta(0):
        return []
    return list(takewhile(lambda wall: wall < now, cron.wall_times(now - missing)))


def _in_order(cron: Cron, zone: tzinfo, since: datetime) -> Iterator[datetime]:
    """At least the fire times from *since* on; the same one may come again at once."""
    here = wall_time(since, zone)
    first, second = readings(here, zone)
    # While an hour goes by that comes twice, all of it is still to come a second time.
    begin = here - (second - first)
    again: deque[datetime] = deque()
    for wall in cron.wall_times(begin):
        fires = _fires(cron, zone, wall)
        while again and fires and again[0] < fires[0]:
            yield again.popleft()
        yield from fires[:1]
        again.extend(fires[1:])
    yield from again


def _fires(cron: Cron, zone: tzinfo, wall: datetime) -> tuple[datetime, ...]:
    """The rule for one wall time."""
    first, second = readings(wall, zone)
    if first == second:
        return (first,)
    if cron.is_hourly:
        return (first, second) if first < second else ()
    return (first if first < second else change_of(second, first, zone),)

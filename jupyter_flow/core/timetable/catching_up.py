"""What a schedule has to do now: which fire times get a run, which were missed, what is next.

Decides and does nothing else: neither makes runs nor remembers. ``next`` is always later than
every fire time that was decided on, so whoever keeps it makes no run twice, even when the clock
is set back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from jupyter_flow.core.options import Catchup

from .clocks import utc
from .timetable import TICK, Timetable

#: Missed fire times are counted up to here.
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Fire times that passed and get no run."""

    first: datetime
    last: datetime
    count: int
    #: There are more than were counted.
    is_more: bool = False
    #: Said by whoever had another reason than that nothing was running.
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a schedule has to do now."""

    #: Fire times to make runs for, the oldest first.
    fires: tuple[datetime, ...]
    missed: Missed | None
    #: The fire time to wait for. Not after now when there are more to do; None: never again.
    next: datetime | None


def due(
    timetable: Timetable,
    *,
    next_fire: datetime,
    now: datetime,
    catchup: Catchup,
    grace: timedelta,
    most: int = 100,
) -> Due:
    """What is to be done *now* by a schedule that waits for *next_fire*.

    A fire time not older than *grace* is on time and gets its run whatever *catchup* says.
    At most *most* (one or more) get theirs at once; ask again with ``next`` for the others.
    A *next_fire* that the timetable does not have (any more) counts as the moment to look from.
    """
    now, next_fire = utc(now), utc(next_fire)
    if next_fire > now:
        return Due(fires=(), missed=None, next=next_fire)
    waited_from = next_fire - TICK
    missed_until = _missed_until(timetable, waited_from, now, catchup, grace)
    fires = tuple(islice(timetable.between(missed_until, now), most))
    return Due(
        fires=fires,
        missed=_missed(timetable, waited_from, missed_until),
        next=timetable.next_after(fires[-1] if fires else now),
    )


def _missed_until(
    timetable: Timetable, waited_from: datetime, now: datetime, catchup: Catchup, grace: timedelta
) -> datetime:
    """Fire times up to this moment get no run."""
    late = max(waited_from, now - grace - TICK)
    match catchup:
        case Catchup.ALL:
            return waited_from
        case Catchup.NONE:
            return late
        case Catchup.LATEST:
            latest = timetable.latest(waited_from, now)
            return late if latest is None else min(late, latest - TICK)


def _missed(timetable: Timetable, after: datetime, until: datetime) -> Missed | None:
    last = timetable.latest(after, until)
    first = timetable.next_after(after)
    if first is None or last is None:
        return None
    count = timetable.count(after, until, most=MOST_COUNTED + 1)
    return Missed(
        first=first,
        last=last,
        count=min(count, MOST_COUNTED),
        is_more=count > MOST_COUNTED,
    )

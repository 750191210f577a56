"""What is odd about a fire time in a night in which the clocks change. Finds; does not word it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum

from .clocks import readings, wall_time
from .cron import Cron
from .firing import left_out


class Oddity(StrEnum):
    """Why a fire time is not what one would read off the cron text."""

    #: It stands for wall times that the change of the clocks left out, and comes right after it.
    SHIFTED = "shifted"
    #: Its wall time comes twice. A schedule that names every hour fires both times, others once.
    REPEATED = "repeated"


def oddity_of(cron: Cron, zone: tzinfo, fire: datetime) -> Oddity | None:
    """What is odd about *fire*, if anything is."""
    if left_out(cron, zone, fire):
        return Oddity.SHIFTED
    first, second = readings(wall_time(fire, zone), zone)
    return Oddity.REPEATED if first < second else None

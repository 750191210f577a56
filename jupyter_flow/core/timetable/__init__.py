"""When a schedule comes due, and what to do about the times that passed. Asks no clock."""

from .catching_up import Due, Missed, due
from .oddities import Oddity
from .timetable import Timetable
from .wording import describe_oddity

__all__ = ["Due", "Missed", "Oddity", "Timetable", "describe_oddity", "due"]

"""The types of options that are numbers, lengths of time, words of a list or truth values.

Texts of a command line are first made values by ``from_text``.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta
from enum import StrEnum

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.options import Catchup, KeepKernel, KernelStart, Overlap, TriggerRule

from .durations import span_of, write_duration
from .option_type import OptionType, wrong
from .schedules import read_cron, read_moment, read_zone


def whole(text: str, *, least: int | None = None) -> OptionType:
    """Whole numbers, *least* or more."""

    def read(name: str, value: object) -> object:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        is_enough = is_whole and (least is None or value >= least)  # type: ignore[operator]
        # What the store and every other language can hold.
        is_small = is_whole and abs(value) < 2**31  # type: ignore[arg-type]
        return value if is_enough and is_small else wrong(name, value, f"a {text}")

    return OptionType(text=text, read=read, from_text=_number)


def number(text: str, *, least: float, most: float = math.inf) -> OptionType:
    """Numbers from *least* to *most*."""

    def read(name: str, value: object) -> object:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and least <= value <= min(most, 1e9):  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        return wrong(name, value, f"a {text}")

    return OptionType(text=text, read=read, from_text=_number)


def duration(text: str, *, above_zero: bool) -> OptionType:
    """Lengths of time."""

    def read(name: str, value: object) -> object:
        span = span_of(value)
        if span is None:
            hint = "Write 90 for seconds, or a text such as '90s', '20m', '1h30m', '2d'."
            return wrong(name, value, "a length of time", code="JF122", hint=hint)
        if span < timedelta(0) or (above_zero and not span):
            return wrong(name, value, f"a {text}", code="JF122")
        return span

    return OptionType(text=text, read=read, write=write_duration)


def _number(text: str) -> object:
    """A number when *text* is one, else *text* itself, which the reader refuses."""
    bare = text.strip()
    if re.fullmatch(r"[+-]?\d{1,30}", bare, re.ASCII):
        return int(bare)
    if re.fullmatch(r"[+-]?\d{0,30}\.?\d{1,30}(e[+-]?\d{1,3})?", bare, re.ASCII | re.IGNORECASE):
        return float(bare)
    return text


def _read_flag(name: str, value: object) -> object:
    return value if isinstance(value, bool) else wrong(name, value, "True or False")


def _flag(text: str) -> object:
    return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)


def _read_cache(name: str, value: object) -> object:
    if isinstance(value, bool) or value == "always":
        return value
    if value == "inputs":  # what is looked at, said in full
        return True
    # A number could be meant as True or False as well.
    span = span_of(value) if isinstance(value, str | timedelta) else None
    if span is None or span <= timedelta(0):
        return wrong(name, value, "True, False, 'always' or a length of time such as '7d'")
    return span


def _write_cache(value: bool | str | timedelta) -> object:
    return write_duration(value) if isinstance(value, timedelta) else value


def choice(kind: type[StrEnum], *, code: str, noun: str) -> OptionType:
    """One word of *kind*."""
    known = [member.value for member in kind]

    def read(name: str, value: object) -> object:
        if isinstance(value, str) and value in known:
            return kind(value)
        hint = suggestion(str(value), known, noun="choice")
        what = f"option {name!r} cannot be {value!r}"
        return Problem(code=code, what=what, hint=hint)

    return OptionType(text=f"a {noun}", read=read, write=str)


WHOLE = whole("whole number")
FROM_ZERO = whole("whole number, 0 or more", least=0)
FROM_ONE = whole("whole number, 1 or more", least=1)
FACTOR = number("number, 1 or more", least=1)
SHARE = number("number from 0 to 1", least=0, most=1)
DELAY = duration("length of time, 0 or more", above_zero=False)
LIMIT = duration("length of time, more than 0", above_zero=True)
FLAG = OptionType(text="True or False", read=_read_flag, from_text=_flag, is_flag=True)
CACHE = OptionType(
    text="True or False, always, or a length of time",
    read=_read_cache,
    from_text=_flag,
    write=_write_cache,
    is_flag=True,
)
TRIGGER = choice(TriggerRule, code="JF123", noun="trigger rule")
KEEP_KERNEL = choice(KeepKernel, code="JF121", noun="moment to keep a kernel")
KERNEL_START = choice(KernelStart, code="JF121", noun="way to a kernel")
CATCHUP = choice(Catchup, code="JF121", noun="catchup")
OVERLAP = choice(Overlap, code="JF121", noun="overlap")
CRON = OptionType(text="a cron text", read=read_cron)
ZONE = OptionType(text="an IANA time zone", read=read_zone)
MOMENT = OptionType(text="a date or a time", read=read_moment)

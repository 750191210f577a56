"""Lengths of time as people write them: ``90s``, ``20m``, ``1h30m``, ``2d``, or seconds."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

_MICROSECONDS = {
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
_WORDS = {
    "millisecond": "ms",
    "sec": "s",
    "second": "s",
    "min": "m",
    "minute": "m",
    "hr": "h",
    "hour": "h",
    "day": "d",
    "week": "w",
}
#: A longer time is a mistake; this much can be added to any moment of our days.
LONGEST = timedelta(days=100_000)

_NUMBER = r"\d{1,30}(?:\.\d{1,30})?"
_PART = re.compile(rf"({_NUMBER})\s*([a-z]+)\s*", re.ASCII)
_MOST = LONGEST // timedelta(microseconds=1)


def read_duration(text: str) -> timedelta | None:
    """The length of time that *text* says, or None when it says none, or one that is too long.

    A bare number is seconds. Units may be spelt out and each stands at most once.
    """
    bare = text.strip().lower()
    if re.fullmatch(_NUMBER, bare, re.ASCII):
        bare += "s"
    parts = _PART.findall(bare)
    if not parts or _PART.sub("", bare):
        return None
    units = [_unit(word) for _, word in parts]
    if None in units or len(set(units)) < len(units):
        return None
    total = sum(
        Fraction(number) * _MICROSECONDS[unit]
        for (number, _), unit in zip(parts, units, strict=True)
        if unit is not None
    )
    return timedelta(microseconds=round(total)) if total <= _MOST else None


def span_of(value: object) -> timedelta | None:
    """The length of time that *value* is: one itself, a number of seconds, or a text that says it.

    It may be negative; None when it is nothing of the kind, or one that is too long.
    """
    match value:
        case timedelta():
            return value if abs(value) <= LONGEST else None
        case str():
            return read_duration(value)
        case int() | float() if not isinstance(value, bool):
            is_short = abs(value) <= LONGEST.total_seconds()
            return timedelta(seconds=value) if is_short else None
        case _:
            return None


def write_duration(span: timedelta) -> str:
    """*span*, not negative, as `read_duration` reads it: ``1h30m``."""
    rest = span // timedelta(microseconds=1)
    parts = []
    for unit in ("d", "h", "m"):
        whole, rest = divmod(rest, _MICROSECONDS[unit])
        parts += [f"{whole}{unit}"] if whole else []
    if rest and not parts and rest % 1_000 == 0 and rest < 1_000_000:
        return f"{rest // 1_000}ms"
    if rest or not parts:
        seconds, micro = divmod(rest, 1_000_000)
        fraction = f".{micro:06d}".rstrip("0") if micro else ""
        parts.append(f"{seconds}{fraction}s")
    return "".join(parts)


def _unit(word: str) -> str | None:
    if word in _MICROSECONDS:
        return word
    return _WORDS.get(word) or _WORDS.get(word.removesuffix("s"))

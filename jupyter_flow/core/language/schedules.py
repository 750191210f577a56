"""The options that say when: cron texts, time zones, moments.

Reads them and refuses wrong ones; when they come due is computed elsewhere.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.words import count

_FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
#: Written out, because they are Airflow's and not cron's.
_PRESETS = {"@quarterly": "0 0 1 */3 *"}
_KNOWN_PRESETS = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
_YEARS = range(1970, 3000)
#: Any moment will do to see whether a schedule ever comes due.
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def read_cron(name: str, value: object) -> object:
    """A cron text of five fields or a preset, its spaces made single; else the problem."""
    if not isinstance(value, str):
        return _bad(f"option {name!r} must be a cron text, not {value!r}")
    text = " ".join(value.split())
    text = _PRESETS.get(text, text)
    if text.startswith("@"):
        if text in _KNOWN_PRESETS:
            return text
        presets = [*_KNOWN_PRESETS, *_PRESETS]
        return _bad(f"there is no schedule {text!r}", suggestion(text, presets, noun="schedule"))
    fields = text.split()
    if len(fields) != len(_FIELDS):
        what = f"the cron text {text!r} has {count(len(fields), 'field')}, not 5"
        return _bad(what, f"They are: {', '.join(_FIELDS)}.")
    for place, (field, meaning) in enumerate(zip(fields, _FIELDS, strict=True)):
        alone = ["*"] * len(_FIELDS)
        alone[place] = field
        # croniter has 'R' and 'H' for random and hashed times; a schedule is to be read by people.
        if re.search(r"[rh]", re.sub(r"[a-z]{3}", "", field.lower())) or not _is_cron(alone):
            return _bad(f"{field!r} is no {meaning} of a cron text")
    if not _is_cron(fields):
        return _bad(f"the cron text {text!r} cannot be read")
    if not _comes_due(text):
        return _bad(f"the schedule {text!r} never comes due", "There is no such day.")
    return text


def _bad(what: str, hint: str = "") -> Problem:
    plain = "Write minute, hour, day of the month, month, day of the week: '0 6 * * 1-5'."
    return Problem(code="JF124", what=what, hint=hint or plain)


def _is_cron(fields: list[str]) -> bool:
    from croniter import croniter

    return bool(croniter.is_valid(" ".join(fields)))


def _comes_due(text: str) -> bool:
    from croniter import CroniterBadDateError, croniter

    try:
        croniter(text, _SOME_DAY).get_next(datetime)
    except CroniterBadDateError:
        return False
    return True


def zone(name: str) -> tzinfo | None:
    """The time zone of that IANA name, if there is one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_zone(name: str, value: object) -> object:
    """The name of a time zone, else the problem."""
    if isinstance(value, str) and zone(value) is not None:
        return value
    if not isinstance(value, str):
        what = f"option {name!r} must be the name of a time zone, not {value!r}"
        return Problem(code="JF125", what=what, hint="For example: 'Europe/Berlin'.")
    return Problem(
        code="JF125", what=f"there is no time zone {value!r}", hint=_near_zone(value.strip())
    )


def _near_zone(wanted: str) -> str:
    known = sorted(available_timezones())
    bare = wanted.replace(" ", "_").lower()
    for each in known:
        if bare in (each.lower(), each.lower().rpartition("/")[2]):
            return f"Did you mean {each!r}?"
    hint = suggestion(wanted, known, noun="zone")
    plain = "Write an IANA name such as 'Europe/Berlin' or 'UTC'."
    return hint if hint.startswith("Did") else plain


def read_moment(name: str, value: object) -> object:
    """A date or a time, still without a zone when it has none; else the problem."""
    moment = _moment(value)
    if moment is not None and moment.year in _YEARS:
        return moment
    what = f"option {name!r} must be a date or a time, not {value!r}"
    return Problem(code="JF126", what=what, hint="Write 2026-01-31 or 2026-01-31T06:00.")


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def in_zone(moment: datetime, name: str | None) -> datetime:
    """*moment* in the zone of that name (UTC without one), where it is read if it has none.

    A time that a change of the clocks leaves out becomes the one it would have been.
    """
    there = zone(name or "UTC") or UTC
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=there)
    return aware.astimezone(UTC).astimezone(there)


def write_moment(moment: datetime) -> str:
    """*moment* without its offset, unless it would be another one then."""
    bare = moment.replace(tzinfo=None, fold=0)
    if moment.fold:
        return moment.isoformat()
    return bare.date().isoformat() if bare.time() == time() else bare.isoformat()

"""Users' values as strict JSON, and back, with nothing lost.

A parameter or a value that a task hands on is JSON as a rule, but Python's JSON has more: NaN and
the infinities are legal metrics, and a flow made in Python may hold dates and paths. What JSON
has no word for is written as an object with one key that begins with ``$``:

    nan                 {"$float": "nan"}
    date(2026, 1, 31)   {"$date": "2026-01-31"}
    (1, 2)              {"$tuple": [1, 2]}
    "Bearer {{ secret("TOKEN") }}"     {"$secret": ["Bearer ", "TOKEN", ""]}      its name only
    {"$date": 1}        {"$dict": {"$date": 1}}      a user's object that looks like one of these

A reference to an artifact has the form of such an object itself, and is written as it is.

Anything else (sets, bytes, frames, objects of any class) is refused, never turned into a string.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

from jupyter_flow.core.artifacts import KEY as ARTIFACT
from jupyter_flow.core.artifacts import is_artifact
from jupyter_flow.core.errors import UsageError
from jupyter_flow.core.secrets import SecretText

_PLAIN = frozenset({str, int, bool, type(None)})


def to_json(value: Any) -> Any:
    """*value* in the words of strict JSON.

    Raises:
        UsageError: *value*, or something in it, is of a type that cannot be kept (JF510).
    """
    try:
        return _written(value)
    except RecursionError as error:
        raise _refusal("a value that is nested too deeply, or contains itself,") from error


def from_json(written: Any) -> Any:
    """The value that `to_json` wrote. Raises ValueError for a ``$`` word that is not known."""
    kind = type(written)
    if kind is list:
        return [from_json(item) for item in written]
    if kind is not dict:
        return written
    if len(written) == 1:
        ((word, content),) = written.items()
        if word.startswith("$"):
            return _reader(word)(content)
    return _object(written)


def _written(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if isinstance(value, Mapping):
        return _written_object(value)
    if isinstance(value, list):
        return [_written(item) for item in value]
    return _written_rarity(value)


def _written_object(value: Mapping[Any, Any]) -> dict[str, Any]:
    if strange := [key for key in value if not isinstance(key, str)]:
        raise _refusal(f"an object with the key {strange[0]!r}, which is no string,")
    written = {str(key): _written(item) for key, item in value.items()}
    is_ambiguous = len(written) == 1 and next(iter(written)).startswith("$")
    if is_ambiguous and is_artifact(value):
        return written
    return {"$dict": written} if is_ambiguous else written


def _written_rarity(value: Any) -> Any:
    match value:
        case SecretText():
            return {"$secret": [_text(part) for part in value.parts]}
        case str():
            return _text(str(value))
        case int():
            return int(value)
        case tuple():
            return {"$tuple": [_written(item) for item in value]}
        case datetime():
            return {"$datetime": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case timedelta():
            return {"$timedelta": [value.days, value.seconds, value.microseconds]}
        case PurePath():
            return {"$path": _text(str(value))}
        case _:
            raise _refusal(f"a value of the type '{type(value).__qualname__}'")


def _text(value: str) -> Any:
    """*value* itself, unless it holds half characters, which no JSON text can hold."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return {"$text": value.encode("unicode_escape").decode("ascii")}
    return value


def _object(written: dict[str, Any]) -> dict[str, Any]:
    return {key: from_json(item) for key, item in written.items()}


def _reader(word: str) -> Callable[[Any], Any]:
    try:
        return _READERS[word]
    except KeyError:
        known = ", ".join(sorted(_READERS))
        raise ValueError(f"the word {word!r} is not known here; known: {known}") from None


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "$float": float,
    "$text": lambda text: text.encode("ascii").decode("unicode_escape"),
    "$secret": lambda parts: SecretText(*map(from_json, parts)),
    "$tuple": lambda items: tuple(from_json(item) for item in items),
    "$dict": _object,
    ARTIFACT: lambda ref: {ARTIFACT: from_json(ref)},
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$timedelta": lambda parts: timedelta(*parts),
    "$path": lambda text: Path(from_json(text)),
}


def _refusal(what: str) -> UsageError:
    return UsageError(
        f"{what} cannot be kept with a run",
        hint="Use None, booleans, numbers, strings, dates, paths, lists and objects of these; "
        "write anything larger to a file and hand on its path.",
        code="JF510",
    )

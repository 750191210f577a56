"""What people type after a command, made into values: pairs, options, moments, tasks.

Shared by the faces, so that a terminal and a notebook understand the same. What a value's text
means is decided by the flow's declaration, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

from .errors import UsageError, suggestion
from .ids import TaskKey
from .language.schedules import in_zone
from .states import TaskState

Chosen = TypeVar("Chosen", bound=StrEnum)


def pairs(texts: Iterable[str], *, option: str = "-p") -> dict[str, str]:
    """``["n=20", "model=logit"]`` as a mapping. Raises UsageError for what is no such pair."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise UsageError(
                f"'{text}' is no name with a value",
                hint=f"Write {option} name=value.",
                code="JF401",
            )
        if name in found:
            raise UsageError(f"'{name}' is given twice", hint=f"Give {option} {name}=… once.")
        found[name] = value
    return found


def moment(text: str | None) -> datetime | None:
    """An ISO date or time; without a zone it is UTC. Raises UsageError for anything else."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no date", hint="Write 2026-03-01 or 2026-03-01T06:00+01:00.", code="JF421"
        ) from error
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def span(since: str, until: str, tz: str) -> tuple[datetime, datetime]:
    """From the one to the other, read in the zone *tz* where they name none.

    A day as the end means all of it. Raises UsageError for what is no time, or an empty span.
    """
    first, last = _in_zone(since, tz), _in_zone(until, tz)
    if len(until.strip()) == len("2026-01-31"):
        last = in_zone(last.replace(tzinfo=None) + timedelta(days=1), tz) - timedelta.resolution
    if last < first:
        raise UsageError(
            f"the range ends ({until}) before it begins ({since})",
            hint="Change --from or --to.",
            code="JF411",
        )
    return first, last


def _in_zone(text: str, tz: str) -> datetime:
    try:
        return in_zone(datetime.fromisoformat(text.strip()), tz)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no date", hint="Write 2026-03-01 or 2026-03-01T06:00.", code="JF421"
        ) from error


def choice(text: str, kind: type[Chosen], *, option: str) -> Chosen:
    """One word of *kind*. Raises UsageError for anything else."""
    known = [member.value for member in kind]
    if text not in known:
        hint = suggestion(text, known, noun="choice")
        raise UsageError(f"{option} cannot be '{text}'", hint=hint)
    return kind(text)


def task_key(text: str) -> TaskKey:
    """``train`` or ``train[2]``. Raises UsageError for anything else."""
    try:
        return TaskKey.parse(text)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no task",
            hint="Write train, or train[2] for one of several.",
            code="JF422",
        ) from error


def ending(text: str) -> Literal[TaskState.SUCCEEDED, TaskState.FAILED]:
    """``succeeded`` or ``failed``: what a person may say of a task. Raises UsageError."""
    if text == "succeeded":
        return TaskState.SUCCEEDED
    if text == "failed":
        return TaskState.FAILED
    raise UsageError(f"a task cannot be marked '{text}'", hint="Say succeeded or failed.")


def option_words(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Plain words, and ``--option value`` or ``--option=value`` as a mapping.

    Raises UsageError for an option without a value, and when there is no plain word.
    """
    plain: list[str] = []
    options: dict[str, str] = {}
    waiting = iter(words)
    for word in waiting:
        if not word.startswith("--"):
            plain.append(word)
            continue
        option, equals, value = word.removeprefix("--").partition("=")
        given = value if equals else next(waiting, None)
        if given is None:
            raise UsageError(f"--{option} needs a value", hint=f"Write --{option} VALUE.")
        options[option.replace("-", "_")] = given
    if not plain:
        raise UsageError("no notebook is named", hint="Name at least one: train.ipynb")
    return plain, options

"""What a type of options is: how a value is read, and how it is written.

A reader takes the option's name and a value as a flow or a tag writes it (JSON), and gives what
`TaskOptions` and `FlowOptions` hold, or the `Problem`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_flow.core.errors import Problem

Read = Callable[[str, object], object]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionType:
    """A type of options. ``text`` says in words what the values are.

    ``read`` gives the value or a `Problem`, ``write`` what can be read again. ``is_many`` types
    can be given several times on a line. A ``is_flag`` needs no value there.
    """

    text: str
    read: Read
    from_text: Callable[[str], object] = _same
    write: Callable[[Any], Any] = _same
    is_many: bool = False
    is_flag: bool = False


def wrong(name: str, value: object, must: str, *, code: str = "JF121", hint: str = "") -> Problem:
    """Option *name* must be something else."""
    return Problem(code=code, what=f"option {name!r} must be {must}, not {value!r}", hint=hint)

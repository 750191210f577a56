"""Python as text: values as literals, calls with one argument a line. Knows no Airflow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

#: A call or a list stands on one line up to this length.
WIDTH = 84

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


class Code(str):
    """A text that is Python already."""

    __slots__ = ()


class Lines(str):
    """A text that is written with a literal for each of its lines."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Call:
    """``name(argument, key=value)``, with ``.method()``, itself a call, behind it."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[Call, ...] = ()

    def text(self, indent: str = "", *, before: int = 0) -> str:
        """The call, as it stands after *indent*, in as many lines as it needs.

        *before* are the characters that stand before it in its line.
        """
        given = [literal(each, indent + "    ") for each in self.arguments]
        given += [f"{key}={literal(each, indent + '    ')}" for key, each in self.keywords.items()]
        then = "".join(f".{each.text(indent)}" for each in self.then)
        around = before + len(self.name) + len(then.partition("\n")[0])
        return self.name + _within("(", ")", given, indent, around=around) + then


def literal(value: Any, indent: str = "") -> str:
    """*value* as Python: what JSON can hold, moments, lengths of time, code and calls."""
    match value:
        case Code():
            return str(value)
        case Call():
            return value.text(indent)
        case Lines():
            lines = (f"{indent}    {_quoted(line)}" for line in value.splitlines(keepends=True))
            return "\n".join(["(", *lines, f"{indent})"])
        case str():
            return _quoted(value)
        case timedelta():
            return _span(value)
        case datetime():
            return f"datetime.fromisoformat({_quoted(value.isoformat())})"
        case list() | tuple():
            return _within("[", "]", [literal(each, indent + "    ") for each in value], indent)
        case Mapping():
            pairs = (
                f"{_quoted(key)}: {literal(each, indent + '    ')}" for key, each in value.items()
            )
            return _within("{", "}", list(pairs), indent)
        case _:
            return repr(value)


def variables(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """A variable for each of *names*: itself, unless that is *taken* or another's already."""
    used, found = set(taken), dict[str, str]()
    for name in names:
        variable = normalize("NFKC", name)
        while variable in used:
            variable += "_"
        used.add(variable)
        found[name] = variable
    return found


def _within(left: str, right: str, items: list[str], indent: str, *, around: int = 0) -> str:
    line = f"{left}{', '.join(items)}{right}"
    if "\n" not in line and len(indent) + around + len(line) <= WIDTH:
        return line
    return "\n".join([left, *(f"{indent}    {each}," for each in items), indent + right])


def _quoted(text: str) -> str:
    is_plain = all(each.isprintable() or each in "\n\t" for each in text)
    if not is_plain:
        return ascii(text)
    is_quoting = '"' in text and "'" not in text
    return repr(text) if is_quoting else json.dumps(text, ensure_ascii=False)


def _span(span: timedelta) -> str:
    if not span:
        return "timedelta(0)"
    seconds, rest = divmod(span, timedelta(seconds=1))
    if rest:
        return f"timedelta(seconds={seconds}, microseconds={rest.microseconds})"
    unit, size = next((u, s) for u, s in _UNITS if seconds % s == 0)
    return f"timedelta({unit}={seconds // size})"

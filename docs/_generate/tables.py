"""Markdown tables, and the comments that stand above the members of an enum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from sphinx.pycode import ModuleAnalyzer


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, [":---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def meanings(enum: type[Enum]) -> Mapping[str, str]:
    """The ``#:`` comment of each member, by the member's value."""
    documented = ModuleAnalyzer.for_module(enum.__module__).find_attr_docs()
    return {
        member.value: " ".join(documented.get((enum.__name__, member.name), [""])).strip()
        for member in enum
    }


def members(enum: type[Enum], head: Sequence[str]) -> str:
    """A table of the members of an enum with their comments."""
    return table(head, ((f"`{value}`", text) for value, text in meanings(enum).items()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`").replace("\n", " ")

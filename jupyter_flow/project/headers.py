"""The header of a notebook that is kept as text: one entry of its YAML, put in or taken out.

Works on lines, so that comments and the order of everything else stay. The entry is written as
JSON, which YAML reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_FENCE = "---"


def with_header_entry(text: str, key: str, entry: Mapping[str, Any] | None, *, suffix: str) -> str:
    """*text* with ``jupyter: {key: entry}`` in its header, or without *key* if *entry* is None.

    A text without a header gets one.
    """
    comment = "# " if suffix == ".py" else ""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    start, stop = _header(lines, comment)
    if start is None:
        if entry is None:
            return text
        header = [_FENCE, "jupyter:", *_entry_lines(key, entry), _FENCE]
        return end.join([*(f"{comment}{line}".rstrip() for line in header), "", text])
    body = [line.removeprefix(comment) if comment else line for line in lines[start + 1 : stop]]
    body = ["" if line == "#" and comment else line for line in body]
    edited = _edited(body, key, entry)
    marked = [f"{comment}{line}".rstrip() for line in edited]
    return end.join([*lines[: start + 1], *marked, *lines[stop:]])


def _header(lines: Sequence[str], comment: str) -> tuple[int | None, int]:
    """The lines of the two fences; None when the text has no header."""
    fence = f"{comment}{_FENCE}"
    for start, line in enumerate(lines[:3]):
        if line.rstrip() == fence:
            for stop in range(start + 1, len(lines)):
                if lines[stop].rstrip() == fence:
                    return start, stop
    return None, 0


def _edited(body: Sequence[str], key: str, entry: Mapping[str, Any] | None) -> list[str]:
    lines = _without(list(body), key)
    if entry is None:
        return _without_empty_parent(lines)
    for place, line in enumerate(lines):
        if re.match(r"jupyter:\s*$", line):
            return [*lines[: place + 1], *_entry_lines(key, entry), *lines[place + 1 :]]
    return [*lines, "jupyter:", *_entry_lines(key, entry)]


def _entry_lines(key: str, entry: Mapping[str, Any]) -> list[str]:
    return [f"  {key}: {json.dumps(entry, ensure_ascii=False)}"]


def _without(lines: list[str], key: str) -> list[str]:
    """*lines* without the entry *key* below ``jupyter:``, on one line or on many."""
    kept: list[str] = []
    depth: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth is not None and (indent > depth or not line.strip()):
            continue
        depth = indent if indent and re.match(rf"\s+{key}\s*:", line) else None
        if depth is None:
            kept.append(line)
    return kept


def _without_empty_parent(lines: list[str]) -> list[str]:
    """*lines* without a ``jupyter:`` that has nothing below it."""
    return [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if not (re.match(r"jupyter:\s*$", line) and not after.startswith((" ", "\t")))
    ]

"""Reading a log that may still be growing."""

from __future__ import annotations

import os
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from pathlib import Path

#: How often a growing log is looked at, in seconds.
_GLANCE = 0.25


def lines_of(path: Path, is_over: Callable[[], bool]) -> Iterator[str]:
    """The lines of *path*, without their ends; then new ones as they come, until *is_over*.

    A log that is not there has no lines. A last line without an end is given out at the end.
    """
    decoder = getincrementaldecoder("utf-8")("replace")
    rest, position = "", 0
    while True:
        # Asked before reading: what is written in between is then still read.
        over = is_over()
        chunk = _bytes_after(path, position)
        position += len(chunk)
        *lines, rest = (rest + decoder.decode(chunk, final=over)).split("\n")
        yield from lines
        if over:
            break
        if not chunk:
            time.sleep(_GLANCE)
    if rest:
        yield rest


def part_of(path: Path, start: int, limit: int, *, is_over: bool) -> tuple[str, int, int]:
    """At most *limit* bytes of *path* from *start* on as text; where the next begins, the size.

    No character is cut in two, unless it is over and the log ends within one. A log that is not
    there is empty.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = file.seek(min(start, size))
            content = file.read(limit)
    except FileNotFoundError:
        return "", 0, 0
    is_last = is_over and start + len(content) >= size
    whole = content if is_last else content[: _whole(content)]
    return whole.decode("utf-8", "replace"), start + len(whole), size


def _whole(content: bytes) -> int:
    """How much of *content* is there when a character that is cut off at its end is left out."""
    for back in range(1, min(4, len(content) + 1)):
        byte = content[-back]
        if byte >= 0b1100_0000:  # it begins here; its first byte says how long it is
            length = 2 + (byte >= 0b1110_0000) + (byte >= 0b1111_0000)
            return len(content) if length <= back else len(content) - back
        if byte < 0b1000_0000:
            break
    return len(content)


def _bytes_after(path: Path, position: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(position)
            return file.read()
    except FileNotFoundError:
        return b""

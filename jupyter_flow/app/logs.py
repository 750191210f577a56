"""Reading a log that may still be growing."""

from __future__ import annotations

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


def _bytes_after(path: Path, position: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(position)
            return file.read()
    except FileNotFoundError:
        return b""

"""The outputs of a cell as they arrive: merged, with progress bars collapsed, and bounded.

A flood never fails a correct notebook: what is too much is left out, and a note says how much. The
end of a flood is kept, for that is where the reason is. Does no I/O.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from .parts import stream_output

_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n\r])")
_RUBBED_OUT = re.compile(r"[^\n\x08]\x08")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many bytes of output are kept: of a cell, of a notebook, and of the end of a flood."""

    cell: int = 16 * 2**20
    notebook: int = 64 * 2**20
    tail: int = 64 * 2**10


class Room:
    """What is left of a notebook's bound."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.left = bounds.notebook


class Stream:
    """One run of text on stdout or stderr; costs what is added, not what is there."""

    def __init__(self, name: str) -> None:
        self.output = stream_output(name, "")
        self._done: list[str] = []
        self._line: list[str] = []

    def write(self, text: str) -> None:
        head, newline, rest = text.rpartition("\n")
        if newline:
            self._done.append(collapse("".join([*self._line, head, newline])))
            self._line = []
        if "\r" in rest or "\x08" in rest:
            line = "".join([*self._line, rest])
            self._line = [collapse(line)]
        elif rest:
            if self._line and self._line[-1].endswith("\r"):
                self._line = []  # this overwrites what stood in the line
            self._line.append(rest)

    def settle(self) -> None:
        """Bring the text into the output."""
        self._done = ["".join(self._done)]
        self.output["text"] = "".join([*self._done, *self._line])


class CellOutputs:
    """The outputs of one cell. Call `settle` before they are read."""

    def __init__(self, outputs: list[NotebookNode], room: Room) -> None:
        self._outputs = outputs
        self._room = room
        self._used = 0
        self._stream: Stream | None = None
        self._clear_next = False
        self._flood: NotebookNode | None = None
        self._left_out = 0
        self._tail = ""

    @property
    def _space(self) -> int:
        return min(self._room.bounds.cell - self._used, self._room.left)

    def stream(self, name: str, text: str) -> None:
        """Text on stdout or stderr."""
        self._clear_if_waiting()
        fitting = text
        if self._flood is not None:
            fitting = ""
        elif size_of(text) > self._space:
            fitting = text[: max(0, self._space)]
        if fitting:
            self._write(name, fitting)
        if len(fitting) < len(text):
            self._overflow(text[len(fitting) :])

    def _write(self, name: str, text: str) -> None:
        if self._stream is None or self._stream.output["name"] != name:
            self._end_stream()
            self._stream = Stream(name)
            self._outputs.append(self._stream.output)
        self._stream.write(text)
        self._take(size_of(text))

    def add(self, output: NotebookNode) -> None:
        """A display, a result or an error. Errors are always kept."""
        self._clear_if_waiting()
        self._end_stream()
        size = size_of(output)
        if size > self._space and output["output_type"] != "error":
            kinds = ", ".join(output.get("data", {})) or output["output_type"]
            text = f"[an output was left out: {kinds}, {in_words(size)}]\n"
            output = stream_output("stderr", text)
            size = 0
        self._outputs.append(output)
        self._take(size)

    def clear(self, *, wait: bool) -> None:
        """Forget all so far: now, or when the next output comes."""
        if wait:
            self._clear_next = True
            return
        self._outputs[:] = []
        self._room.left += self._used
        self._used = 0
        self._stream = self._flood = None
        self._left_out, self._tail = 0, ""
        self._clear_next = False

    def settle(self) -> None:
        """Make the outputs complete up to now."""
        if self._stream is not None:
            self._stream.settle()
        if self._flood is not None:
            left_out = self._left_out - size_of(self._tail)
            note = f"\n[… {in_words(left_out)} of output left out …]\n" if left_out > 0 else ""
            self._flood["text"] = note + self._tail

    def _overflow(self, text: str) -> None:
        if self._flood is None:
            self._end_stream()
            self._flood = stream_output("stdout", "")
            self._outputs.append(self._flood)
        self._left_out += size_of(text)
        tail = self._room.bounds.tail
        self._tail = collapse((self._tail + text)[-tail:])

    def _end_stream(self) -> None:
        if self._stream is not None:
            self._stream.settle()
            self._stream = None

    def _clear_if_waiting(self) -> None:
        if self._clear_next:
            self.clear(wait=False)

    def _take(self, size: int) -> None:
        self._used += size
        self._room.left -= size


def collapse(text: str) -> str:
    """*text* as a terminal would leave it: what a carriage return overwrote is gone."""
    if "\r" in text:
        text = _OVERWRITTEN.sub("", text)
    while "\x08" in text:
        text, found = _RUBBED_OUT.subn("", text)
        if not found:
            break
    return text


def size_of(value: Any) -> int:
    """How many bytes *value* takes in a notebook, nearly."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode(errors="replace"))
    if isinstance(value, dict):
        return sum(size_of(each) for each in value.values())
    if isinstance(value, list):
        return sum(size_of(each) for each in value)
    return len(json.dumps(value, default=str))


def in_words(size: int) -> str:
    """*size* in bytes, for people."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1e3:.1f} kB" if size < 1_000_000 else f"{size / 1e6:.1f} MB"

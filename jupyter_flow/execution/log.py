"""The log of an attempt: what its cells wrote and what became of it, line by line, in order.

    2026-03-01T12:00:00.123Z  [3/7] out | epoch 1: loss 0.4

A line has the moment, which of all cells of the notebook (none before the first), what it is, and
one line of text: ``out`` and ``err`` are the cell's streams, ``res`` results in plain text, ``tb``
a traceback, ``sys`` what the kernel's process wrote by itself, ``--`` what we say. Bounded;
readers may follow it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from .outputs import in_words

#: How often, in seconds, a progress bar that has no end of line yet gets a line of its own.
_BAR_EVERY = 10.0


class AttemptLog:
    """Writes one log file. Lines reach the file at `flush` and at `close`."""

    def __init__(
        self, path: Path | None, *, now: Callable[[], datetime], limit: int = 16 * 2**20
    ) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._file = None if path is None else path.open("w", encoding="utf-8", errors="replace")
        self._now = now
        self._limit = limit
        self._size = 0
        self._left_out = 0
        self._open_lines: dict[str, list[str]] = {}
        self._bar_at = 0.0
        #: The cell that is meant, among all of the notebook (0: none yet), and how many they are.
        self.cell = 0
        self.cells = 0

    def say(self, text: str) -> None:
        """What we have to say ourselves; never left out."""
        self._end_lines()
        for line in text.splitlines():
            self._put("--", line, always=True)

    def traceback(self, text: str) -> None:
        """Why a cell failed; never left out."""
        self._end_lines()
        for line in text.splitlines():
            self._put("tb", line, always=True)

    def result(self, text: str) -> None:
        """A result or a display, in plain text."""
        self._end_lines()
        for line in text.splitlines():
            self._put("res", line)

    def stream(self, kind: str, text: str) -> None:
        """Text of a stream (``out``, ``err``, ``sys``), with or without an end of line."""
        *lines, rest = text.split("\n")
        for line in lines:
            self._put(kind, self._taken(kind) + line)
        if "\r" in rest:
            before, _, last = rest.rstrip("\r").rpartition("\r")
            self._show_bar(kind, last or before)
        elif rest:
            self._open_lines.setdefault(kind, []).append(rest)

    def _show_bar(self, kind: str, line: str) -> None:
        """A progress bar overwrites its line: keep the last state, show one now and then."""
        now = time.monotonic()
        if now >= self._bar_at + _BAR_EVERY:
            self._bar_at = now
            self._put(kind, line)
            self._open_lines.pop(kind, None)
        else:
            self._open_lines[kind] = [f"{line}\r"]

    def _taken(self, kind: str) -> str:
        return "".join(self._open_lines.pop(kind, ()))

    def _end_lines(self) -> None:
        for kind in list(self._open_lines):
            self._put(kind, self._taken(kind).rstrip("\r"))

    def _put(self, kind: str, line: str, *, always: bool = False) -> None:
        if self._file is None:
            return
        text = line.rstrip("\r").rpartition("\r")[2]
        moment = self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        place = f"[{self.cell}/{self.cells}] " if self.cell else ""
        line = f"{moment}  {place}{kind:<3} | {text}\n"
        if self._size + len(line) > self._limit and not always:
            if not self._left_out:
                self._write(line.partition("|")[0] + "| … the log is full; more is left out …\n")
            self._left_out += len(text)
            return
        self._write(line)

    def _write(self, line: str) -> None:
        if self._file is not None:
            self._size += len(line)
            self._file.write(line)

    def flush(self) -> None:
        """Let readers see what there is."""
        if self._file is not None:
            self._file.flush()

    def end_cell(self) -> None:
        """The cell is over: its unfinished lines are lines."""
        self._end_lines()

    def close(self) -> None:
        """Finish the file. May be called again."""
        if self._file is not None and not self._file.closed:
            self._end_lines()
            if self._left_out:
                self.say(f"{in_words(self._left_out)} of text were left out of this log")
            self._file.close()

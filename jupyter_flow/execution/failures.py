"""How an attempt ended, in the product's words: from errors, exits and limits to outcomes."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.kernels import KernelExit

_COLOURS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")
#: A traceback longer than this is cut in its middle.
_LONGEST = 64 * 1024
#: What `sys.exit` was given when the notebook ended itself on purpose.
_ON_PURPOSE = ("", "0", "None", "False")
#: A limit, in ``Failure.message``; the words of a `Stopping` cause.
_STOPPED = {
    Cause.TIMEOUT: "took longer than its time limit of {timeout:g} s",
    Cause.CELL_TIMEOUT: "the cell took longer than its time limit of {cell_timeout:g} s",
    Cause.CANCELLED: "it was cancelled",
    Cause.INPUT_REQUESTED: "the cell asked for input, and nobody is there to answer",
}
_OUTCOMES = {
    Cause.TIMEOUT: Outcome.TIMED_OUT,
    Cause.CELL_TIMEOUT: Outcome.TIMED_OUT,
    Cause.CANCELLED: Outcome.CANCELLED,
    Cause.KERNEL_DIED: Outcome.KERNEL_DIED,
    Cause.OUT_OF_MEMORY: Outcome.KERNEL_DIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cell of the source: counted from 1 over all cells (None: the parameters we put in)."""

    cell: int | None = None
    cell_id: str | None = None
    source: str = ""
    execution_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """What a kernel told about a cell that failed."""

    name: str = ""
    message: str = ""
    traceback: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Mapping[str, Any], shown: Mapping[str, Any]) -> CellError:
        """From a reply's *content* and the error that was *shown*; either may be bare."""
        name = shown.get("ename") or content.get("ename") or ""
        message = shown.get("evalue") or content.get("evalue") or ""
        lines = shown.get("traceback") or content.get("traceback") or ()
        return cls(name=str(name), message=str(message), traceback=tuple(map(str, lines)))

    @property
    def is_exit_on_purpose(self) -> bool:
        """``sys.exit()`` or ``sys.exit(0)``: a success, and the notebook's end."""
        return self.name == "SystemExit" and self.message.strip() in _ON_PURPOSE

    @property
    def asked_for_input(self) -> bool:
        return self.name == "StdinNotImplementedError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an attempt ended; ``failure`` is None when it succeeded."""

    outcome: Outcome
    failure: Failure | None = None

    @classmethod
    def of(cls, failure: Failure) -> Ending:
        return cls(outcome=_OUTCOMES.get(failure.cause, Outcome.FAILED), failure=failure)


SUCCESS = Ending(outcome=Outcome.SUCCEEDED)


def cell_failed(error: CellError, place: Place) -> Failure:
    """A cell raised, or its kernel says that it failed."""
    traceback = plain_text("\n".join(error.traceback))
    line = line_of(traceback, place)
    message = error.message
    cause = Cause.CELL_ERROR
    if error.asked_for_input:
        cause, message = Cause.INPUT_REQUESTED, _STOPPED[Cause.INPUT_REQUESTED]
    elif not error.name:
        exit_status = f" (exit status {message})" if message.isdigit() else f": {message}"
        message = "the cell failed" + (exit_status if message else "")
    return _at(
        place,
        Failure(
            cause=cause,
            name=error.name,
            message=message,
            bases=error.bases,
            traceback=traceback,
            line=line,
            exit_status=_exit_status(error),
        ),
    )


def _exit_status(error: CellError) -> int | None:
    """The exit status of what failed in the cell, where the error is about one."""
    if error.name in ("", "SystemExit"):
        found = re.fullmatch(r"\s*(\d+)\s*", error.message)
    elif error.name == "CalledProcessError":
        found = re.search(r"exit status (\d+)", error.message)
    else:
        found = None
    return int(found[1]) if found else None


def kernel_died(ended: KernelExit, place: Place | None) -> Failure:
    """The kernel's process ended while it was wanted."""
    cause = Cause.OUT_OF_MEMORY if ended.out_of_memory else Cause.KERNEL_DIED
    if ended.out_of_memory:
        message = "the kernel was killed because memory ran out"
    elif ended.signal is not None:
        message = f"the kernel was killed by {signal_name(ended.signal)}"
    elif ended.status is not None:
        message = f"the kernel ended by itself with exit status {ended.status}"
    else:
        message = "the kernel is gone"
    failure = Failure(cause=cause, message=message, signal=ended.signal, exit_status=ended.status)
    return failure if place is None else _at(place, failure)


def start_failed(message: str, *, name: str = "", traceback: str = "") -> Failure:
    """It never came to run a cell."""
    return Failure(
        cause=Cause.START_FAILED, name=name, message=message, traceback=plain_text(traceback)
    )


def not_stored(message: str, *, name: str, traceback: str) -> Failure:
    """Its cells succeeded, and a file that it handed on could not be stored."""
    return Failure(cause=Cause.STORE_FAILED, name=name, message=message, traceback=traceback)


def stopped(
    cause: Cause,
    place: Place | None,
    *,
    timeout: float | None,
    cell_timeout: float | None,
    error: CellError | None = None,
) -> Failure:
    """A limit or a person ended it. *error* is what the interrupted cell raised, if it did."""
    words = _STOPPED[cause].format(timeout=timeout or 0, cell_timeout=cell_timeout or 0)
    traceback = plain_text("\n".join(error.traceback)) if error is not None else ""
    failure = Failure(cause=cause, message=words, traceback=traceback)
    if place is None:
        return failure
    return replace(_at(place, failure), line=line_of(traceback, place))


def signal_name(number: int) -> str:
    """ "SIGKILL (signal 9)"."""
    try:
        return f"{signal.Signals(number).name} (signal {number})"
    except ValueError:
        return f"signal {number}"


def plain_text(text: str) -> str:
    """*text* without terminal colours, and no longer than anyone reads."""
    text = _COLOURS.sub("", text)
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def line_of(traceback: str, place: Place) -> int | None:
    """The line of the cell that the innermost of its frames stood at, from IPython's traceback."""
    count = place.execution_count
    if count is None:
        return None
    pattern = rf"(?:Cell )?In ?\[{count}\](?:, line |:)(\d+)|<ipython-input-{count}-.*?, line (\d+)"
    found = [int(a or b) for a, b in re.findall(pattern, traceback)]
    return found[-1] if found and found[-1] <= len(place.source.splitlines()) else None


def _at(place: Place, failure: Failure) -> Failure:
    lines = place.source.splitlines()
    line = failure.line
    return replace(
        failure,
        cell=place.cell,
        cell_id=place.cell_id,
        source=lines[line - 1] if line is not None else place.source[:_LONGEST],
    )

"""What went wrong in a run, in the order in which a person wants to know it.

For each task that failed: its notebook, the cell and the line, what was raised, the traceback
without the frames of other people's libraries, and where to look further. Values only; faces
show them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .flow import Kind
from .ids import TaskKey
from .run import Attempt, Cause, Failure, Run, TaskRun
from .states import TaskState

#: More lines of a traceback than these are not read anyway; the executed notebook has all.
MOST_LINES = 40
_FOREIGN = (
    re.compile(r"(?:site|dist)-packages[/\\](\w+)"),
    re.compile(r"lib[/\\]python\d[^/\\]*[/\\](\w+)"),
    re.compile(r"^File (\w+)[/\\].*\.p(?:yx|xi)\b"),
    re.compile(r"<(frozen)"),
)
_HEADER = re.compile(r"^\w[\w.]* +Traceback \(most recent call last\)$")
_CELL = re.compile(r"^Cell In ?\[\d+\], line (\d+)")
_FRAME = re.compile(r"^(Cell In|File |Input In)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReport:
    """One task that failed.

    ``notebook`` is the source, ``executed`` the executed one and ``log`` its log, both below the
    project's home. ``line_text`` is the line of the cell that raised. ``attempts`` counts all.
    A task that is no notebook of the project has no place: nobody looks into the one that ships.
    """

    key: TaskKey
    what: str
    notebook: str = ""
    cell: int | None = None
    line: int | None = None
    line_text: str = ""
    trace: tuple[str, ...] = ()
    attempts: int = 0
    executed: str = ""
    log: str = ""

    @property
    def place(self) -> str:
        """``train.ipynb, cell 4, line 2``, as far as it is known."""
        parts = [self.notebook] if self.notebook else []
        parts += [f"cell {self.cell}"] if self.cell is not None else []
        parts += [f"line {self.line}"] if self.line is not None else []
        return ", ".join(parts)


def failures(run: Run) -> list[FailureReport]:
    """A report for each task run of *run* that failed, in the order of the flow."""
    found = (each for task in run.plan.flow.graph.order for each in run.runs_of(task))
    return [report_of(run, each) for each in found if each.state is TaskState.FAILED]


def report_of(run: Run, task_run: TaskRun, *, number: int = 0) -> FailureReport:
    """What went wrong in *task_run*: in its attempt *number* if it has that, else in its latest."""
    kind = run.plan.flow[task_run.key.task].kind
    target = run.plan.targets.get(task_run.key.task)
    notebook = target.path if target is not None and kind is Kind.NOTEBOOK else ""
    attempt = _blamed(task_run, number)
    failure = attempt.failure if attempt is not None else None
    if attempt is None or failure is None:
        return FailureReport(
            key=task_run.key,
            what=task_run.reason or "it failed without a reason that is known",
            notebook=notebook,
            attempts=len(task_run.attempts),
        )
    report = FailureReport(
        key=task_run.key,
        what=in_words(failure),
        attempts=len(task_run.attempts),
        executed=attempt.notebook,
        log=attempt.log,
    )
    if kind is not Kind.NOTEBOOK:
        return replace(report, trace=tuple(_trace_of_shipped(failure, kind)))
    return replace(
        report,
        notebook=notebook,
        cell=failure.cell,
        line=failure.line,
        line_text=_line_of(failure),
        trace=tuple(trimmed(failure.traceback, cell=failure.cell)),
    )


def _blamed(task_run: TaskRun, number: int) -> Attempt | None:
    """The attempt, unless the task was failed by hand or before it came to one."""
    meant = (each for each in task_run.attempts if each.number == number)
    attempt = next(meant, task_run.attempt)
    return attempt if attempt is not None and attempt.failure is not None else None


def in_words(failure: Failure) -> str:
    """What happened, in one line: ``ValueError: no rows``, ``the kernel ran out of memory``."""
    if failure.name:
        message = failure.message.strip().splitlines()
        return f"{failure.name}: {message[0]}" if message else failure.name
    if failure.message:
        return failure.message
    return _CAUSES[failure.cause]


_CAUSES = {
    Cause.CELL_ERROR: "a cell raised an error",
    Cause.KERNEL_DIED: "the kernel died",
    Cause.OUT_OF_MEMORY: "the kernel ran out of memory",
    Cause.TIMEOUT: "it took longer than its timeout",
    Cause.CELL_TIMEOUT: "a cell took longer than its cell_timeout",
    Cause.INPUT_REQUESTED: "a cell asked for input, and nobody is there to answer",
    Cause.START_FAILED: "it could not start",
    Cause.STORE_FAILED: "what it handed on could not be stored",
    Cause.FLOW_FAILED: "the run of the other flow failed",
    Cause.CANCELLED: "it was cancelled",
    Cause.LOST: "the process that ran it is gone",
}


def _line_of(failure: Failure) -> str:
    lines = failure.source.splitlines()
    if failure.line is None or not 0 < failure.line <= len(lines):
        return ""
    return lines[failure.line - 1].strip()


def _trace_of_shipped(failure: Failure, kind: Kind) -> list[str]:
    """What is of use in the traceback of a notebook that ships: a function's own frames.

    Of the other kinds it is the message, where that has more than one line.
    """
    lines = failure.traceback.splitlines()
    if kind is Kind.PYTHON:
        blocks = [each for each in _blocks(lines) if not _CELL.match(each[0])]
        return trimmed("\n\n".join("\n".join(each) for each in blocks))
    message = failure.message.strip().splitlines()
    return _shortened(message) if len(message) > 1 else []


def trimmed(traceback: str, *, cell: int | None = None) -> list[str]:
    """*traceback* without its header and with the frames of libraries folded into one line.

    The first cell in it is the failing one; it is called *cell*, as people count.
    """
    lines = [line.rstrip() for line in traceback.splitlines()]
    lines = [line for line in lines if not _HEADER.match(line) and set(line) != {"-"}]
    kept: list[str] = []
    folded: list[str] = []
    for block in _blocks(lines):
        library = _library(block[0]) if _FRAME.match(block[0]) else ""
        if library:
            folded.append(library)
            continue
        kept += _folding(folded)
        folded = []
        kept += [*block, ""]
    kept += _folding(folded)
    first = next((i for i, line in enumerate(kept) if _CELL.match(line)), None)
    if first is not None and cell is not None:
        kept[first] = _CELL.sub(rf"Cell {cell}, line \1", kept[first])
    while kept and not kept[-1]:
        kept.pop()
    return _shortened(kept)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines between blank ones; a frame keeps the blank lines of its own source."""
    block: list[str] = []
    for line in lines:
        begins = bool(_FRAME.match(line)) or bool(line[:1].strip() and block and not block[-1])
        if begins and any(block):
            yield _bare(block)
            block = []
        block.append(line)
    if any(block):
        yield _bare(block)


def _bare(block: Sequence[str]) -> list[str]:
    """Without blank lines around it."""
    start = next(i for i, line in enumerate(block) if line)
    end = next(i for i, line in enumerate(reversed(block)) if line)
    return list(block[start : len(block) - end])


def _library(header: str) -> str:
    """The library that a frame is in; "" for code of one's own."""
    found = (pattern.search(header) for pattern in _FOREIGN)
    return next((match.group(1) for match in found if match), "")


def _folding(libraries: Sequence[str]) -> list[str]:
    if not libraries:
        return []
    names = ", ".join(dict.fromkeys(libraries))
    frames = "1 call" if len(libraries) == 1 else f"{len(libraries)} calls"
    return [f"… {frames} inside {names} …", ""]


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    head, tail = MOST_LINES // 3, MOST_LINES - MOST_LINES // 3 - 1
    left_out = len(lines) - head - tail
    return [*lines[:head], f"… {left_out} lines left out …", *lines[-tail:]]

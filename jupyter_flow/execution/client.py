"""Runs the cells of a notebook, one after another, in one kernel."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode

from jupyter_flow.ports.kernels import Kernel

from .conversation import Conversation, OverError
from .document import CellStatus, ExecutedNotebook
from .failures import SUCCESS, CellError, Ending, Place, cell_failed
from .log import AttemptLog
from .masking import Masking
from .outputs import Bounds
from .parts import part
from .publishing import Publisher, RunningCell
from .stopping import Stopping

#: Seconds: for the rest of a cell's output after its reply, for the reply after all of its output
#: (and when it was interrupted), and for an answer about an exception's bases.
_REST, _NO_REPLY, _INTERRUPTED, _BASES = 2.0, 5.0, 0.2, 2.0
_BASES_OF = "[c.__name__ for c in type(__import__('sys').last_value).__mro__[1:-1]]"


def ignore_progress(cell: int, cells: int) -> None:
    """For those who do not care which cell runs."""


class CellRunner:
    """Executes the notebook of *document* in *kernel*. Call `run` once."""

    def __init__(
        self,
        document: ExecutedNotebook,
        kernel: Kernel,
        *,
        log: AttemptLog,
        stopping: Stopping,
        bounds: Bounds,
        added: int | None = None,
        start_timeout: float = 60.0,
        progress: Callable[[int, int], None] = ignore_progress,
        masking: Masking | None = None,
    ) -> None:
        self._document = document
        self._cells: list[NotebookNode] = document.notebook.cells
        self._log = log
        self._stopping = stopping
        self._added = added
        self._start_timeout = start_timeout
        self._progress = progress
        self._publisher = Publisher(document, kernel, log=log, bounds=bounds)
        self._talk = Conversation(
            kernel,
            publish=self._publisher.publish,
            document=document,
            log=log,
            stopping=stopping,
            masking=masking,
        )
        self._talk.place = self._place
        document.settle = self._publisher.settle
        log.cells = len(self._cells) - (added is not None)

    @property
    def values(self) -> Mapping[str, Any]:
        """What the notebook handed on so far."""
        return self._publisher.values.taken

    def run(self) -> Ending:
        """Boot and run every cell; says how it went. The kernel is still there, unless it died."""
        try:
            about = self._talk.boot(self._start_timeout)
            if "language_info" in about:
                self._document.notebook.metadata["language_info"] = part(**about["language_info"])
            for index in range(len(self._cells)):
                if not self._visit(index):
                    self._log.say("the notebook ended itself; the later cells did not run")
                    break
            self._publisher.set_widgets_metadata()
            ending = SUCCESS
        except OverError as over:
            ending = over.ending
        return ending

    def let_go(self) -> None:
        """Let the kernel end, and take in its last words."""
        self._talk.let_go()

    def _number(self, index: int) -> int:
        """Which of all cells of the source it is, from 1; the one that we added is none."""
        is_after = self._added is not None and index > self._added
        return index + (0 if is_after else 1)

    def _visit(self, index: int) -> bool:
        """Run the cell if there is something to run; False when the notebook ended itself."""
        status = _status_unrun(self._cells[index])
        if status is not None:
            self._document.cell_ended(index, status)
            return True
        self._talk.stop_if_asked()
        if index != self._added:
            self._log.cell = self._number(index)
            self._progress(self._log.cell, self._log.cells)
        with self._running(self._publisher.new_cell(index)) as cell:
            return self._run_cell(cell)

    @contextmanager
    def _running(self, cell: RunningCell) -> Iterator[RunningCell]:
        """Whatever ends it early, the cell has failed."""
        self._publisher.current = cell
        self._document.cell_began(cell.index)
        self._stopping.cell_began(time.monotonic())
        status = CellStatus.FAILED
        try:
            yield cell
            status = CellStatus.COMPLETED
        finally:
            self._stopping.cell_ended()
            self._log.end_cell()
            self._document.cell_ended(cell.index, status)
            self._publisher.current = None
            self._document.save_if_due(time.monotonic())

    def _run_cell(self, cell: RunningCell) -> bool:
        request = self._talk.execute(cell.content.source)
        self._publisher.expect(request, cell)
        reply = self._await_reply(request)
        self._talk.stop_if_asked(CellError.of({}, cell.error) if cell.error else None)
        if reply.get("execution_count"):
            cell.content["execution_count"] = reply["execution_count"]
        if cell.refused is not None:
            raise self._failed(cell.refused)
        if reply.get("status") != "ok":
            error = CellError.of(reply, cell.error or {})
            if error.is_exit_on_purpose:
                return False
            if "raises-exception" not in cell.content.metadata.get("tags", ()):
                raise self._failed(replace(error, bases=self._bases(error)))
        payloads = reply.get("payload") or ()
        return not any(each.get("source") == "ask_exit" for each in payloads)

    def _await_reply(self, request: str) -> Mapping[str, Any]:
        """The reply's content, once the cell's output has come too."""
        reply: Mapping[str, Any] | None = None
        is_idle = False
        while reply is None or not is_idle:
            patience = self._patience(reply, is_idle=is_idle)
            began = time.monotonic()
            arrived = self._talk.receive(patience)
            for channel, message in arrived:
                if message.get("parent_header", {}).get("msg_id") != request:
                    continue
                if channel == "shell":
                    reply = message["content"]
                elif channel == "iopub" and message["msg_type"] == "status":
                    is_idle = message["content"]["execution_state"] == "idle"
            if arrived or patience is None or time.monotonic() < began + patience:
                continue
            if reply is None:
                return {"status": "error", "evalue": "the kernel is idle but never replied"}
            self._log.say("the kernel did not say that the cell's output is complete")
            break
        return reply

    def _patience(self, reply: Mapping[str, Any] | None, *, is_idle: bool) -> float | None:
        """How long what is missing may take. An interrupt can hit a kernel just before the cell:
        then there will be no reply."""
        if reply is not None:
            return _REST
        if not is_idle:
            return None
        return _NO_REPLY if self._stopping.cause is None else _INTERRUPTED

    def _failed(self, error: CellError) -> OverError:
        failure = cell_failed(error, self._place() or Place())
        self._log.traceback(failure.traceback or str(failure))
        return OverError(Ending.of(failure))

    def _bases(self, error: CellError) -> tuple[str, ...]:
        """The names of the exception's base classes, where the kernel can tell."""
        if self._talk.kernel.language.lower() != "python" or not error.name:
            return ()
        request = self._talk.execute("", bases=_BASES_OF)
        limit = time.monotonic() + _BASES
        while (left := limit - time.monotonic()) > 0:
            for channel, message in self._talk.receive(left):
                if channel == "shell" and message["parent_header"].get("msg_id") == request:
                    answer = message["content"].get("user_expressions", {}).get("bases", {})
                    text = answer.get("data", {}).get("text/plain", "").strip("[]")
                    return tuple(part.strip(" '\"\n") for part in text.split(",") if part)
        return ()

    def _place(self) -> Place | None:
        """Where the running cell is in the source, which does not have the cell that we added."""
        cell = self._publisher.current
        if cell is None:
            return None
        is_ours = cell.index == self._added
        return Place(
            cell=None if is_ours else self._number(cell.index),
            cell_id=None if is_ours else cell.content.get("id"),
            source=cell.content.source,
            execution_count=cell.content.get("execution_count"),
        )


def _status_unrun(cell: NotebookNode) -> CellStatus | None:
    """What becomes of a cell that is not run; None for one that is."""
    if cell.cell_type != "code" or not cell.source.strip():
        return CellStatus.COMPLETED
    if "skip-execution" in cell.metadata.get("tags", ()):
        return CellStatus.SKIPPED
    return None

"""What a kernel publishes, put where it belongs: outputs of cells, values, widgets, the log.

An nbclient for its widgets alone; it waits for nothing and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

from jupyter_flow.ports.kernels import Kernel, Message

from .document import ExecutedNotebook
from .failures import CellError
from .log import AttemptLog
from .outputs import Bounds, CellOutputs, Room
from .parts import output_of
from .values import Values


@dataclass(slots=True)
class RunningCell:
    """A code cell that runs or ran. ``error`` is the last error it showed, ``refused`` what was
    wrong with the values that it handed on."""

    index: int
    content: NotebookNode
    outputs: CellOutputs
    error: Mapping[str, Any] | None = None
    refused: CellError | None = None


class Publisher(NotebookClient):
    """Takes what one kernel publishes during one attempt."""

    def __init__(
        self, document: ExecutedNotebook, kernel: Kernel, *, log: AttemptLog, bounds: Bounds
    ) -> None:
        super().__init__(document.notebook)
        #: What the kernel handed on so far.
        self.values = Values()
        #: The cell that runs now, for what belongs to none in particular.
        self.current: RunningCell | None = None
        self.kc = _CommWire(kernel)  # type: ignore[assignment]
        self._document = document
        self._log = log
        self._room = Room(bounds)
        self._cells: dict[str, RunningCell] = {}
        self._displays: dict[str, list[NotebookNode]] = {}

    def new_cell(self, index: int) -> RunningCell:
        """The cell at *index*, about to run."""
        content = self.nb.cells[index]
        return RunningCell(index, content, CellOutputs(content.outputs, self._room))

    def expect(self, request: str, cell: RunningCell) -> None:
        """What is published for *request* belongs to *cell*, even when another runs by then."""
        self._cells[request] = cell

    def publish(self, message: Message) -> None:
        """Take one message of the channel iopub."""
        kind = message["msg_type"]
        parent = message["parent_header"].get("msg_id")
        cell = self._cells.get(parent) or self.current
        if kind == "status" or cell is None:
            return
        self._document.touch()
        content = message["content"]
        hooks = self.output_hook_stack.get(parent)
        if kind == "execute_input":
            cell.content["execution_count"] = content.get("execution_count")
        elif kind.startswith("comm"):
            self.handle_comm_msg(cell.content.outputs, dict(message), cell.index)
        elif hooks:
            self._show_in_widget(hooks[-1], cell, message)
        elif kind == "stream":
            cell.outputs.stream(content["name"], content["text"])
            self._log.stream("err" if content["name"] == "stderr" else "out", content["text"])
        elif kind == "clear_output":
            cell.outputs.clear(wait=bool(content.get("wait")))
        elif kind in ("display_data", "execute_result", "update_display_data", "error"):
            self._display(cell, kind, message)

    def settle(self) -> None:
        """Bring the outputs of all cells up to date."""
        for cell in self._cells.values():
            cell.outputs.settle()

    def _show_in_widget(self, widget: Any, cell: RunningCell, message: Message) -> None:
        """An Output widget has asked for what its cell shows."""
        if message["msg_type"] == "clear_output":
            widget.clear_output(cell.content.outputs, message, cell.index)
        elif message["msg_type"] != "update_display_data":
            widget.output(cell.content.outputs, message, None, cell.index)

    def _display(self, cell: RunningCell, kind: str, message: Message) -> None:
        content = message["content"]
        if kind == "error":
            cell.error = content
        else:
            cell.refused = cell.refused or self.values.take(content.get("data", {}))
        display_id = (content.get("transient") or {}).get("display_id")
        shown = self._displays.setdefault(display_id, []) if display_id else []
        for each in shown:
            each["data"], each["metadata"] = content["data"], content.get("metadata", {})
        if kind == "update_display_data":
            return
        output = output_of(message)
        cell.outputs.add(output)
        shown.append(output)
        text = content.get("data", {}).get("text/plain")
        if text:
            self._log.result("".join(text))


class _CommWire:
    """What nbclient's stand-in for the Output widget needs of a client: a way to answer a comm."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def session(self) -> _CommWire:
        return self

    @property
    def shell_channel(self) -> _CommWire:
        return self

    def msg(
        self,
        kind: str,
        content: Mapping[str, Any],
        parent: Any,
        metadata: Any,  # noqa: ARG002 - a session takes it
    ) -> tuple[str, Mapping[str, Any], Any]:
        return kind, content, parent

    def send(self, message: tuple[str, Mapping[str, Any], Any]) -> None:
        kind, content, parent = message
        self._kernel.send("shell", kind, content, parent=parent)

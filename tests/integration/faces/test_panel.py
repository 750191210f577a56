"""The panel in a real kernel: what it tells a browser, and when."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from jupyter_flow.panel.outputs import plain_cells
from jupyter_flow.testing.notebooks import write_notebook

pytest.importorskip("anywidget")
pytest.importorskip("jupyter_flow.panel.widget", reason="the front end is not built")

WIDGET = "application/vnd.jupyter.widget-view+json"
SHOW = """\
from pathlib import Path
from jupyter_flow import FlowPanel
from jupyter_flow.app.wiring import wire
from jupyter_flow.app.settings import Settings
flows = wire(Settings.read(Path.cwd()))
panel = FlowPanel(flows=flows)

# What the panel tells is noted once it has been told, and can be waited for.
from threading import Condition
noted, heard = [], Condition()

def note(what):
    with heard:
        noted.append(what)
        heard.notify_all()

def until(is_meant):
    with heard:
        assert heard.wait_for(lambda: any(map(is_meant, noted)), 60), noted

send = panel.send
panel.send = lambda content: (send(content), note(content))
panel.observe(lambda change: [note(event) for event in change.new], "events")
panel
"""
#: Keeps the kernel busy until it has been told that the run has ended.
BUSY = 'until(lambda it: any(move["task"] is None for move in it.get("moves", ())))'
LOGGED = 'until(lambda it: it.get("log", {}).get("is_over"))'
#: A task that goes on until there is a panel to see its end.
UNTIL_SHOWN = """\
import time
from pathlib import Path
while not Path("shown").exists():
    time.sleep(0.05)
"""


@dataclass
class Told:
    """What was said over comms, and during which cell."""

    messages: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def states(self, cell: int) -> list[dict[str, Any]]:
        """The traits that were sent while *cell* ran."""
        return [
            message["state"] for at, message in self.messages if at == cell and "state" in message
        ]

    def said(self) -> list[dict[str, Any]]:
        """The messages that are no traits."""
        return [message["content"] for _, message in self.messages if message["method"] == "custom"]


class Listening(NotebookClient):
    """Runs a notebook and hears what goes over its comms."""

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] == "comm_msg":
            self.told.messages.append((cell_index, msg["content"]["data"]))
        return super().process_message(msg, cell, cell_index)


def executed(project: Path, *cells: str) -> tuple[Any, Told]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    client = Listening(notebook, timeout=120, resources={"metadata": {"path": str(project)}})
    client.told = Told()
    return client.execute(), client.told


def asked(name: str, body: str = "None") -> str:
    """A cell that does what a button does: the message as the comm delivers it."""
    return f"panel._handle_custom_msg({{'ask': {name!r}, 'id': 1, 'body': {body}}}, [])"


def test_a_panel_moves_while_the_kernel_is_busy(project: Path, flow: str) -> None:
    write_notebook(project / "train.ipynb", UNTIL_SHOWN, parameters="rows: int = 0", task="train")
    shown = f"Path('shown').touch()\n{BUSY}"
    cells = ("%load_ext jupyter_flow", flow, "%flow run -p n=20", SHOW, shown)
    _, told = executed(project, *cells)
    events = [event for state in told.states(4) for event in state.get("events", [])]
    moves = [move for event in events for move in event["moves"]]

    assert {event["kind"] for event in events} == {"run_event"}
    assert any(move["task"] == "train" and move["state"] == "succeeded" for move in moves)
    assert moves[-1]["task"] is None
    assert moves[-1]["state"] == "succeeded"


def test_a_panel_begins_with_the_whole_page(project: Path, flow: str) -> None:
    cells = ("%load_ext jupyter_flow", flow, "%flow run --wait -p n=20", SHOW)
    notebook, told = executed(project, *cells)
    page = next(state["page"] for state in told.states(3) if "page" in state)
    (output,) = notebook.cells[3].outputs

    assert page["run"]["state"] == "succeeded"
    assert "train" in [task["name"] for task in page["flow"]["tasks"]]
    assert WIDGET in output.data
    assert "✔ succeeded" in output.data["text/plain"]
    assert "<svg " in output.data["text/html"]


def test_a_button_starts_the_run_again_and_the_panel_follows_it(project: Path, flow: str) -> None:
    cells = ("%load_ext jupyter_flow", flow, "%flow run --wait -p n=20", SHOW, asked("again"))
    _, told = executed(project, *cells, asked("cancel", "{'tasks': []}"))
    first, second = (
        next(state["selected_run"] for state in told.states(cell) if "selected_run" in state)
        for cell in (3, 4)
    )

    assert first != second
    assert [said for said in told.said() if "error" in said] == []


def test_what_cannot_be_done_is_answered_in_words(project: Path, flow: str) -> None:
    cells = ("%load_ext jupyter_flow", flow, "%flow run --wait -p n=20", SHOW, asked("fly"))
    _, told = executed(project, *cells)
    (answer,) = told.said()

    assert answer["answer"] == 1
    assert answer["error"]["message"] == "the panel cannot do 'fly'"
    assert "cancel" in answer["error"]["hint"]


def test_other_runs_are_told_of(project: Path, flow: str) -> None:
    bodies = {
        "runs": "{'flow': flows.run().flow_name}",
        "grid": "{'flow': flows.run().flow_name}",
        "past": "{'flow': flows.run().flow_name, 'task': 'train'}",
        "pages": "{'runs': [each.id for each in flows.runs()]}",
    }
    run = "%flow run --wait -p n=20"
    cells = ("%load_ext jupyter_flow", flow, run, run, SHOW)
    _, told = executed(project, *cells, *(asked(name, body) for name, body in bodies.items()))
    runs, grid, past, pages = (said["body"] for said in told.said())

    assert len(runs) == 2
    assert [each["run"] for each in grid] == [each["run"] for each in past] == runs
    assert [each["run"]["id"] for each in pages] == [each["id"] for each in runs]
    train = next(each for each in grid[0]["tasks"] if each["task"] == "train")
    assert (train["state"], train["instances"], train["attempts"]) == ("succeeded", None, 1)
    assert past[0]["task_runs"] == [e for e in pages[0]["task_runs"] if e["task"] == "train"]


def test_a_log_is_sent_as_it_grows(project: Path, flow: str) -> None:
    body = (
        "{'kind': 'watch_attempt', 'run': flows.run().id, 'task': 'train', 'index': None,"
        " 'number': 1}"
    )
    # In one cell, as what is told between two is not heard by who runs the notebook.
    watched = f"{asked('watch', body)}\n{LOGGED}"
    cells = ("%load_ext jupyter_flow", flow, "%flow run --wait -p n=20", SHOW, watched)
    _, told = executed(project, *cells)
    logs = [said["log"] for said in told.said() if "log" in said]

    assert logs[-1]["is_over"]
    assert "| " in "".join(each["text"] for each in logs)


def test_magics_show_the_panel_where_widgets_may_be(
    project: Path, flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "JPY_SESSION_NAME", str(project / "flow.ipynb"))
    cells = ("%load_ext jupyter_flow", flow, "%flow run --wait -p n=20", "%flow panel")
    notebook, _ = executed(project, *cells)

    assert WIDGET in notebook.cells[3].outputs[0].data


def test_buttons_are_heard_while_the_kernel_is_busy(project: Path, flow: str) -> None:
    manager, client = start_new_kernel(cwd=str(project))
    try:
        for cell in ("%load_ext jupyter_flow", flow, "%flow run --wait -p n=20", SHOW):
            client.execute_interactive(cell, timeout=60, output_hook=lambda _: None)
        comm = client.execute("None", user_expressions={"comm": "panel.comm.comm_id"})
        told = client.get_shell_msg(timeout=30)
        assert told["parent_header"]["msg_id"] == comm
        comm_id = told["content"]["user_expressions"]["comm"]["data"]["text/plain"].strip("'")
        client.execute("import time; time.sleep(30)")
        body = {"method": "custom", "content": {"ask": "fly", "id": 7}}
        request = client.session.msg("comm_msg", {"comm_id": comm_id, "data": body})
        request["header"]["subshell_id"] = subshell(client)
        client.shell_channel.send(request)

        answer = next(each for each in spoken(client) if each.get("method") == "custom")
        assert answer["content"]["answer"] == 7
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def subshell(client: Any) -> str:
    """A new subshell of the kernel; the test is skipped where there is none."""
    client.control_channel.send(client.session.msg("create_subshell_request", {}))
    content = client.get_control_msg(timeout=30)["content"]
    if "subshell_id" not in content:
        pytest.skip("this ipykernel has no subshells")
    return str(content["subshell_id"])


def spoken(client: Any) -> Iterator[dict[str, Any]]:
    """What goes over comms; ends with an error when nothing does for some seconds."""
    while True:
        message = client.get_iopub_msg(timeout=15)
        if message["msg_type"] == "comm_msg":
            yield message["content"]["data"]


def test_outputs_are_made_plain() -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# title"),
            nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["injected-parameters"]}),
            nbformat.v4.new_code_cell(
                "show()",
                outputs=[
                    nbformat.v4.new_output("stream", name="stdout", text="printed"),
                    nbformat.v4.new_output(
                        "display_data", {"text/html": "<script>", "text/plain": "a table"}
                    ),
                    nbformat.v4.new_output("display_data", {"image/png": "aGVsbG8=\n"}),
                ],
            ),
        ]
    )
    added, cell = plain_cells(nbformat.writes(notebook))

    # As in its source, which does not have the parameters of the run.
    assert added["number"] is None
    assert cell["number"] == 2
    assert cell["outputs"] == [
        {"kind": "text", "text": "printed"},
        {"kind": "text", "text": "a table"},
        {"kind": "image", "text": "aGVsbG8="},
    ]

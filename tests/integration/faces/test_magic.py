"""The magics in real kernels, as papermill and JupyterLab would execute them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from jupyter_flow.testing.notebooks import write_notebook

LOAD = "%load_ext jupyter_flow"
#: A task that goes on until a cell lets it end, and that cell: it runs while the end is shown.
HELD = """\
import time
from pathlib import Path
while not Path("go").exists():
    time.sleep(0.05)
"""
LET_GO = """\
import threading
from pathlib import Path
Path("go").touch()
(shows,) = (each for each in threading.enumerate() if each.name.startswith("show "))
shows.join()
"""


def executed(project: Path, *cells: str, allow_errors: bool = False) -> Any:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    client = NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(project)}},
        allow_errors=allow_errors,
    )
    return client.execute()


def test_a_flow_is_drawn_under_its_cell(project: Path, flow: str) -> None:
    notebook = executed(project, LOAD, flow)
    (output,) = notebook.cells[1].outputs

    assert output.output_type == "display_data"
    assert output.data["image/svg+xml"].startswith("<svg ")
    assert "<svg " in output.data["text/html"]
    assert "train" in output.data["text/plain"]


def test_a_bad_flow_fails_its_cell_and_shows_only_what_is_wrong(project: Path) -> None:
    notebook = executed(project, LOAD, "%%flow bad\nlod >> train", allow_errors=True)
    (output,) = notebook.cells[1].outputs
    told = "\n".join(output.traceback)

    assert output.output_type == "error"
    assert "'lod'" in told
    assert "^^^" in told
    assert "Did you mean 'load'?" in told
    assert "Traceback" not in told
    assert "magics.py" not in told
    with pytest.raises(CellExecutionError, match="lod"):
        executed(project, LOAD, "%%flow bad\nlod >> train")


def test_a_run_returns_at_once_and_its_display_is_updated_in_place(
    project: Path, flow: str
) -> None:
    write_notebook(project / "side.ipynb", HELD, task="side")
    notebook = executed(project, LOAD, flow, "%flow run -p n=20", "x = 1", LET_GO)
    (output,) = notebook.cells[2].outputs

    assert "✔ churn succeeded" in output.data["text/plain"]
    assert "✔ succeeded" in output.data["text/html"]
    assert notebook.cells[3].outputs == []
    assert notebook.cells[4].outputs == []


def test_waiting_for_a_run_that_fails_fails_the_cell(project: Path, flow: str) -> None:
    (project / "broken").touch()
    cells = (LOAD, flow, "%flow run --wait", "%flow logs train", "%flow status")
    notebook = executed(project, *cells, allow_errors=True)
    shown, error = notebook.cells[2].outputs

    assert "train.ipynb, cell 4, line 2" in shown.data["text/plain"]
    assert "✘ failed" in shown.data["text/plain"]
    assert error.output_type == "error"
    assert "ValueError: no rows today" in "\n".join(error.traceback)
    assert "%flow repair" in "\n".join(error.traceback)
    assert "training on 6" in notebook.cells[3].outputs[0].text
    assert "upstream failed" in notebook.cells[4].outputs[0].data["text/plain"]


def test_a_run_is_repaired_in_the_notebook(project: Path, flow: str) -> None:
    (project / "broken").touch()
    mend = "from pathlib import Path\nPath('broken').unlink()"
    cells = (LOAD, flow, "%flow run --wait", mend, "%flow repair --wait", "%flow runs")
    notebook = executed(project, *cells, allow_errors=True)
    (output,) = notebook.cells[4].outputs

    assert "✔ churn succeeded" in output.data["text/plain"]
    assert "✔ succeeded" in notebook.cells[5].outputs[0].data["text/plain"]


def test_the_other_commands_answer(project: Path, flow: str) -> None:
    notebook = executed(
        project, LOAD, flow, "%flow", "%flow list", "%flow explain", "%flow show churn"
    )

    assert "%flow run" in notebook.cells[2].outputs[0].text
    assert "churn" in notebook.cells[3].outputs[0].data["text/plain"]
    assert "train" in notebook.cells[4].outputs[0].text
    assert "image/svg+xml" in notebook.cells[5].outputs[0].data


def test_a_wrong_command_says_what_now(project: Path) -> None:
    notebook = executed(project, LOAD, "%flow rnu", allow_errors=True)

    assert "Did you mean 'run'?" in "\n".join(notebook.cells[1].outputs[0].traceback)

"""What stands behind %flow, and where the notebook is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_flow.core.errors import UsageError
from jupyter_flow.magic.arguments import HELP, read
from jupyter_flow.magic.place import cell_number, notebook_path, running_cell
from jupyter_flow.testing.notebooks import write_notebook


def test_a_line_is_split_like_a_command_line() -> None:
    found = read('run churn -p n=20 -p "name=a b" --wait')

    assert (found.command, found.name, found.wait) == ("run", "churn", True)
    assert found.param == ["n=20", "name=a b"]


def test_an_empty_line_asks_for_help() -> None:
    assert read("").command == "help"
    commands = ["run", "status", "runs", "logs", "cancel", "repair", "list", "show", "explain"]
    assert all(f"%flow {command}" in HELP for command in commands)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rnu churn", "Did you mean 'run'?"),
        ("run --wiat", "unrecognized arguments: --wiat"),
        ("clear", "required: tasks"),
        ('run "churn', "Close every quote."),
        ("logs x y --attempt two", "invalid int value"),
    ],
)
def test_a_wrong_line_says_what_now(line: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(line)
    assert told in str(caught.value)


def test_tag_keeps_options_it_does_not_know() -> None:
    found = read("tag a.ipynb --name train --retries 2")

    assert (found.name, found.rest) == ("train", ["a.ipynb", "--retries", "2"])


@pytest.mark.parametrize(
    ("namespace", "environ", "path"),
    [
        ({}, {}, None),
        ({}, {"JPY_SESSION_NAME": "/lab/flow.ipynb"}, Path("/lab/flow.ipynb")),
        ({"__vsc_ipynb_file__": "/vs/a.ipynb"}, {}, Path("/vs/a.ipynb")),
        ({}, {"JPY_SESSION_NAME": "console-1"}, None),
    ],
)
def test_the_notebook_is_where_the_front_end_says(
    namespace: dict[str, str], environ: dict[str, str], path: Path | None
) -> None:
    assert notebook_path(namespace, environ) == path


def test_a_cell_is_counted_in_the_saved_notebook(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "flow.ipynb", "a = 1", "b = 2")

    assert cell_number(path, "cell-2") == 2
    assert cell_number(path, "new") is None
    assert cell_number(tmp_path / "unsaved.ipynb", "cell-2") is None
    path.write_text("{")
    assert cell_number(path, "cell-2") is None


def test_the_running_cell_is_in_the_parent_of_its_messages() -> None:
    shell = SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": "abc"}})

    assert running_cell(shell) == "abc"
    assert running_cell(SimpleNamespace()) is None


def test_loading_the_extension_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "from jupyter_flow.magic import load\n"
        "load(SimpleNamespace(register_magic_function=lambda *a: None))\n"
        "heavy = {'sqlalchemy', 'papermill', 'nbformat', 'jupyter_client', 'pydantic'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")

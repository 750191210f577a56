"""A command loads what it needs: each waits for whatever is imported, in a new process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_flow.testing.notebooks import write_notebook

#: Of alerts, of schedules, of the server, and of what is only looked at when something is wrong.
NEVER = {
    "alembic",
    "anywidget",
    "apprise",
    "bleach",
    "croniter",
    "httpx",
    "ipywidgets",
    "isoduration",
    "jinja2",
    "jupyter_server",
    "jupyterlab",
    "nbconvert",
    "networkx",
    "pandas",
    "prometheus_client",
    "rfc3986_validator",
    "rfc3987_syntax",
    "sqlalchemy.dialects.postgresql",
}
#: Of runs, which other commands have nothing to do with.
OF_RUNS = {
    "IPython",
    "asyncio",
    "ipykernel",
    "jsonschema",
    "jupyter_client",
    "nbclient",
    "nbformat",
    "papermill",
    "sqlalchemy",
    "zmq",
}

PROBE = """
import json, sys
from jupyter_flow.cli import main
try:
    main(sys.argv[1:])
except SystemExit as leaving:
    loaded = sorted(name for name, module in sys.modules.items() if module is not None)
    print(json.dumps([leaving.code, loaded]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flow that has run before, so that there is a store."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("first", "second"):
        write_notebook(folder / f"{name}.ipynb", "1", task=name)
    write_notebook(folder / "flow.ipynb", "%%flow both\nfirst >> second")
    loaded_by(folder, "run", "both", "--quiet")
    return folder


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        ("--version", NEVER | OF_RUNS | {"pydantic", "rich"}),
        ("--help", NEVER | OF_RUNS | {"pydantic"}),
        ("check both", NEVER | OF_RUNS),
        ("run both --quiet", NEVER | {"IPython", "ipykernel"}),
    ],
)
def test_a_command_does_not_wait_for_what_it_does_not_need(
    project: Path, arguments: str, heavy: set[str]
) -> None:
    assert not loaded_by(project, *arguments.split()) & heavy


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """The modules that are loaded when the command with these *arguments* has succeeded."""
    answer = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    status, loaded = json.loads(answer.stderr.splitlines()[-1])
    assert not status, answer.stderr
    return set(loaded)

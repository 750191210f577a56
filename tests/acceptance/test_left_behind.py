"""A run that has ended leaves nothing but its results."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jupyter_flow.testing.notebooks import write_notebook


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder for temporary files, with a name short enough for sockets."""
    with TemporaryDirectory(prefix="t-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("cell", ["print('fine')", "1 / 0"], ids=["succeeds", "fails"])
def test_nothing_stays_in_the_folder_for_temporary_files(
    tmp_path: Path, scratch: Path, cell: str
) -> None:
    project = tmp_path / "project"
    write_notebook(project / "task.ipynb", cell, task="task")
    write_notebook(project / "flow.ipynb", "%%flow one\ntask")

    subprocess.run(
        [sys.executable, "-m", "jupyter_flow", "run", "one"],
        cwd=project,
        check=False,
        capture_output=True,
        timeout=120,
        env={**os.environ, "TMPDIR": str(scratch)},
    )

    assert list((project / ".jupyter_flow" / "runs" / "one").iterdir())
    assert list(scratch.iterdir()) == []

"""A snapshot is the notebook as it was, to the byte."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from jupyter_flow.core.errors import ConflictError, NotFoundError
from jupyter_flow.project import Project, Snapshots
from jupyter_flow.testing.notebooks import write_notebook


def test_a_snapshot_has_the_bytes_of_its_source(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "a.ipynb", "x = 'ä'")
    notebook = Project(tmp_path).read(source)
    snapshots = Snapshots(tmp_path / "home")

    assert snapshots.take(notebook.path, notebook.digest) == notebook.digest

    kept = snapshots.path(notebook.digest).read_bytes()
    assert kept == source.read_bytes()
    assert sha256(kept).hexdigest() == notebook.digest


def test_an_edit_after_reading_is_a_conflict(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "a.ipynb", "x = 1")
    notebook = Project(tmp_path).read(source)
    write_notebook(source, "x = 2")

    with pytest.raises(ConflictError, match="was changed while the run was being made"):
        Snapshots(tmp_path / "home").take(source, notebook.digest)


def test_what_is_kept_serves_again_even_when_the_source_is_gone(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "a.ipynb", "x = 1")
    digest = Project(tmp_path).read(source).digest
    snapshots = Snapshots(tmp_path / "home")
    snapshots.take(source, digest)
    source.unlink()

    assert snapshots.take(source, digest) == digest
    with pytest.raises(NotFoundError, match=r"'a\.ipynb' is gone"):
        snapshots.take(source, "0" * 64)


def test_a_damaged_snapshot_is_made_anew(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "a.ipynb", "x = 1")
    digest = Project(tmp_path).read(source).digest
    snapshots = Snapshots(tmp_path / "home")
    snapshots.take(source, digest)
    snapshots.path(digest).write_bytes(b"half")

    snapshots.take(source, digest)

    assert snapshots.path(digest).read_bytes() == source.read_bytes()


def test_a_text_is_kept_as_the_notebook_that_is_executed(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("# %% tags=['parameters']\nn = 1\n\n# %%\nprint(n)\n")
    digest = Project(tmp_path).read(source).digest
    snapshots = Snapshots(tmp_path / "home")

    snapshots.take(source, digest)

    kept = json.loads(snapshots.path(digest).read_text())
    assert ["".join(cell["source"]) for cell in kept["cells"]] == ["n = 1", "print(n)"]

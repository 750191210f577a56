"""What travels with an attempt: what it declares and is given, from wherever, and no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_flow.artifacts.folder import FolderArtifacts
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.execution.dask.parcels import MOST, packed, unpacked
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.testing.notebooks import write_notebook


@pytest.fixture
def given(tmp_path: Path) -> Assignment:
    """An attempt in a folder whose name would be a pattern."""
    notebook = write_notebook(tmp_path / "sales [2026]" / "notebooks" / "task.ipynb", "1 + 1")
    runs = tmp_path / "home" / "runs"
    return Assignment(
        run=RunId("run"),
        flow="flow",
        key=TaskKey("task"),
        number=1,
        notebook=notebook,
        source=notebook.name,
        folder=notebook.parent,
        executed=runs / "1.ipynb",
        log=runs / "1.log",
        artifacts=runs / "1",
    )


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name)
    return path


def test_declared_files_are_found_whatever_the_folder_is_called(
    given: Assignment, tmp_path: Path
) -> None:
    written(given.folder / "data" / "a.csv")

    parcel = packed(replace(given, inputs=("data/*.csv",)), tmp_path / "home", None)

    assert parcel.files == {"data/a.csv": b"a.csv"}


def test_files_beside_the_folder_stay_in_the_room_of_their_attempt(
    given: Assignment, tmp_path: Path
) -> None:
    written(given.folder.parent / "data" / "a.csv")
    written(tmp_path / "b.csv")
    declared = ("../data/a.csv", "x/../../../b.csv")
    (given.folder / "x").mkdir()
    parcel = packed(replace(given, inputs=declared), tmp_path / "home", None)
    room = tmp_path / "worker" / "room"

    made = unpacked(parcel, room, FolderArtifacts(tmp_path / "worker" / "artifacts"))

    assert (made.folder / "../data/a.csv").read_text() == "a.csv"
    assert (made.folder / "../../b.csv").read_text() == "b.csv"
    assert list((tmp_path / "worker").iterdir()) == [room]


def test_what_is_too_much_is_not_even_read(
    given: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = written(given.folder / "large.csv")
    with large.open("r+b") as file:
        file.truncate(MOST + 1)
    read, names = Path.read_bytes, list[str]()

    def noted(path: Path) -> bytes:
        names.append(path.name)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    with pytest.raises(FlowError, match="JF613"):
        packed(replace(given, inputs=("*.csv",)), tmp_path / "home", None)

    assert "large.csv" not in names


def test_no_parameter_leads_out_of_the_files_of_runs(given: Assignment, tmp_path: Path) -> None:
    secret, home = written(tmp_path / "secret"), tmp_path / "home"
    handed = written(home / "runs" / "0" / "a.txt")
    parameters = {"a": str(handed), "b": f"{home}/runs/../../{secret.name}"}

    parcel = packed(replace(given, parameters=parameters), home, None)

    assert list(parcel.handed) == [str(handed)]

"""Tagging changes the tag and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.errors import DefinitionError, NotFoundError
from jupyter_flow.project import Project
from jupyter_flow.project.tagging import tag, untag
from jupyter_flow.testing.notebooks import write_notebook


def metadata(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8-sig"))["metadata"]


def test_a_notebook_without_a_name_gets_its_files(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "01_clean data.ipynb", "x = 1")

    assert Project(tmp_path).tag(path) == "clean_data"
    assert metadata(path)["jupyter_flow"] == {"task": "clean_data"}


def test_options_are_kept_as_they_are_meant(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")

    tag(path, name="a", options={"retries": "2", "timeout": "20m"}, description="does a")
    tag(path, options={"retries": "3", "timeout": ""})

    assert metadata(path)["jupyter_flow"] == {"task": "a", "retries": 3, "description": "does a"}


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("retries", "many", "option 'retries' must be a whole number"),
        ("retires", "2", "a task has no option 'retires'"),
        ("schedule", "0 6 * * *", "'schedule' is an option of a flow"),
    ],
)
def test_an_option_that_means_nothing_is_refused(
    tmp_path: Path, option: str, text: str, what: str
) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")
    before = path.read_bytes()

    with pytest.raises(DefinitionError, match=what):
        tag(path, name="a", options={option: text})

    assert path.read_bytes() == before


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_the_layout_of_the_file_stays(
    tmp_path: Path, indent: int | str | None, end: str, start: str
) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "s = 'ä€😀'\nx = 1.0")
    text = start + json.dumps(json.loads(path.read_text()), indent=indent, ensure_ascii=False) + end
    text = text.replace("\r\n", "\n").replace("\n", "\r\n") if end == "\r\n" else text
    path.write_bytes(text.encode())

    tag(path, name="a")
    assert metadata(path)["jupyter_flow"] == {"task": "a"}
    untag(path)

    assert path.read_bytes() == text.encode()


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "real.ipynb", "x = 1")
    path.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)

    tag(link, name="a")

    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert metadata(path)["jupyter_flow"] == {"task": "a"}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.ipynb", "real.ipynb"]


@pytest.mark.parametrize("name", ["my task", "1a", "class", "params", "a-b", "x=1;import os"])
def test_an_impossible_name_is_refused_and_another_proposed(tmp_path: Path, name: str) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")
    before = path.read_bytes()

    with pytest.raises(DefinitionError, match="cannot be the name of a task") as caught:
        tag(path, name=name)

    assert caught.value.code == "JF230"
    assert caught.value.hint.startswith("Perhaps: ")
    assert path.read_bytes() == before


def test_a_name_that_another_notebook_has_is_refused(tmp_path: Path) -> None:
    write_notebook(tmp_path / "sub" / "first.ipynb", task="train")
    path = write_notebook(tmp_path / "second.ipynb", "x = 1")
    project = Project(tmp_path)

    with pytest.raises(DefinitionError, match=r"'sub/first\.ipynb' is tagged 'train' already"):
        project.tag(path, name="train")

    assert project.tag(tmp_path / "sub" / "first.ipynb", name="train") == "train"


def test_untagging_says_what_the_name_was(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", task="train")

    assert Project(tmp_path).untag(path) == "train"
    assert Project(tmp_path).untag(path) is None
    assert "jupyter_flow" not in metadata(path)


def test_what_is_not_there_or_no_notebook_cannot_be_tagged(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.ipynb").write_text("nothing")

    with pytest.raises(NotFoundError, match=r"there is no notebook 'c\.ipynb'"):
        Project(tmp_path).tag(tmp_path / "c.ipynb")
    with pytest.raises(DefinitionError, match=r"'a\.py' is no notebook"):
        Project(tmp_path).tag(tmp_path / "a.py")
    with pytest.raises(DefinitionError, match=r"'b\.ipynb' cannot be read"):
        Project(tmp_path).tag(tmp_path / "b.ipynb")

"""Which files of a folder count, and what is put on the shelf."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.project import Project
from jupyter_flow.project.finding import notebook_files
from jupyter_flow.testing.notebooks import write_notebook


def names(project: Project) -> list[str | None]:
    return [notebook.task for notebook in project.scan().notebooks]


@pytest.mark.parametrize(
    "folder",
    [
        ".hidden",
        ".ipynb_checkpoints",
        ".jupyter_flow/runs/churn",
        "node_modules/x",
        "lib/site-packages/x",
        "env",
        "conda/etc",
        "out",
    ],
)
def test_what_is_no_part_of_the_project_is_left_out(tmp_path: Path, folder: str) -> None:
    write_notebook(tmp_path / "sub" / "a.ipynb", task="a")
    write_notebook(tmp_path / folder / "b.ipynb", task="b")
    if folder == "env":
        (tmp_path / "env" / "pyvenv.cfg").touch()
    if folder == "conda/etc":
        (tmp_path / "conda" / "conda-meta").mkdir()

    assert names(Project(tmp_path, kept=[tmp_path / "out"])) == ["a"]


def test_the_order_is_that_of_the_paths(tmp_path: Path) -> None:
    for name in ("b.ipynb", "a.ipynb", "sub/c.ipynb", "lib/d.ipynb"):
        write_notebook(tmp_path / name, "x")

    found = [path.relative_to(tmp_path).as_posix() for path in notebook_files(tmp_path)]

    assert found == ["a.ipynb", "b.ipynb", "lib/d.ipynb", "sub/c.ipynb"]


def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    project, shared = tmp_path / "project", tmp_path / "shared"
    write_notebook(project / "a.ipynb", task="a")
    write_notebook(shared / "b.ipynb", task="b")
    (project / "shared").symlink_to(shared)
    (project / "again").symlink_to(project)
    (project / "up").symlink_to(tmp_path)
    (shared / "back").symlink_to(project)
    (project / "nowhere").symlink_to(tmp_path / "missing")

    assert names(Project(project)) == ["a", "b"]


def test_a_project_inside_an_environment_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").touch()
    write_notebook(tmp_path / "a.ipynb", task="a")

    assert names(Project(tmp_path)) == ["a"]


def test_the_shelf_has_what_a_flow_can_name(tmp_path: Path) -> None:
    write_notebook(tmp_path / "above.ipynb", task="above")
    write_notebook(tmp_path / "flows" / "train.ipynb", task="train")
    write_notebook(tmp_path / "flows" / "clean.ipynb", "x = 1")
    write_notebook(tmp_path / "flows" / "named.ipynb", parameters="n = 1")
    kind = write_notebook(tmp_path / "kinds" / "sql.ipynb", parameters="query: str")
    project = Project(tmp_path, shipped={"sql": kind})

    shelf = project.shelf(
        tmp_path / "flows", named=["named.ipynb", "../above.ipynb", "missing.ipynb"]
    )

    folder = (tmp_path / "flows").as_posix()
    assert shelf.folder == folder
    assert sorted(shelf.notebooks) == [
        f"{tmp_path.as_posix()}/above.ipynb",
        f"{folder}/named.ipynb",
        f"{folder}/train.ipynb",
    ]
    assert shelf.named == {
        "named.ipynb": f"{folder}/named.ipynb",
        "../above.ipynb": f"{tmp_path.as_posix()}/above.ipynb",
    }
    assert shelf.untagged == (f"{folder}/clean.ipynb",)
    assert [p.name for p in shelf.shipped["sql"].contract.parameters] == ["query"]


def test_a_file_that_speaks_of_flows_and_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text('{"cells": ["%%flow x"')
    (tmp_path / "b.ipynb").write_text('{"cells": [')

    problems = Project(tmp_path).scan().problems

    assert [(p.code, str(p.where)) for p in problems] == [("JF200", "a.ipynb")]


def test_the_flows_of_one_notebook(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "%%flow one\na", "%%flow two\nb")

    assert [flow.line for flow in Project(tmp_path).flow_cells(path)] == ["one", "two"]
    with pytest.raises(FileNotFoundError):
        Project(tmp_path).flow_cells(tmp_path / "missing.ipynb")

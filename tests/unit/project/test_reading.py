"""Files into notebooks, without running anything."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_flow.core.notebooks.contract import Parameter
from jupyter_flow.core.notebooks.notebook import Notebook
from jupyter_flow.project.reading import FlowCell, NotebookReader
from jupyter_flow.testing.notebooks import write_notebook


def read(path: Path) -> Notebook:
    return NotebookReader(lambda p: p.name).read(path)


def test_a_tagged_notebook_is_read_with_all_it_says(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "a.ipynb",
        "import jupyter_flow",
        "jupyter_flow.output(auc=0.9)",
        parameters="n: int = 1  # how many",
        task="train",
        tag={"description": "trains", "retries": 2},
    )

    notebook = read(path)

    assert notebook.path == path.as_posix()
    assert len(notebook.digest) == 64
    assert (notebook.task, notebook.description) == ("train", "trains")
    assert notebook.options.retries == 2
    assert (notebook.kernel, notebook.language) == ("python3", "python")
    assert notebook.contract.parameters == (
        Parameter(name="n", type="int", default="1", help="how many", is_annotated=True),
    )
    assert notebook.values == {"auc"}
    assert notebook.problems == ()


def test_nothing_need_be_said(tmp_path: Path) -> None:
    path = tmp_path / "bare.ipynb"
    path.write_text('{"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": []}')

    notebook = read(path)

    assert (notebook.task, notebook.kernel, notebook.language) == (None, None, "python")
    assert not notebook.contract.has_cell


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JSON"),
        (b"[1, 2]", "no nbformat"),
        (b'{"nbformat": 4}', "no cells"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"cells": [],\n<<<<<<< HEAD\n', "no JSON"),
        (b'{"nbformat": 3, "worksheets": 5}', "cannot be upgraded"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_a_file_that_is_no_notebook_is_a_problem_not_an_exception(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content)

    (problem,) = read(path).problems

    assert problem.code == "JF200"
    assert why in problem.what
    assert problem.hint
    assert str(problem.where) == "broken.ipynb"


def test_a_merge_conflict_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text('{"cells": [\n<<<<<<< HEAD\n')

    assert "merge conflict" in read(path).problems[0].hint


def test_a_notebook_of_version_3_is_upgraded(tmp_path: Path) -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old", "jupyter_flow": {"task": "old"}},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "metadata": {"tags": ["parameters"]},
                        "input": ["n = 1\n", "m = 2"],
                        "outputs": [],
                        "collapsed": False,
                    }
                ]
            }
        ],
    }
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(old))

    notebook = read(path)

    assert notebook.task == "old"
    assert [p.name for p in notebook.contract.parameters] == ["n", "m"]


def test_a_broken_parameters_cell_is_told_with_its_place(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", parameters="n = (", task="a")

    (problem,) = read(path).problems

    assert (problem.code, str(problem.where)) == ("JF216", "a.ipynb, cell 1, line 1")


def test_an_impossible_tag_is_told(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", task="my task")

    notebook = read(path)

    assert notebook.task is None
    assert notebook.problems[0].code == "JF230"


def test_an_option_of_the_tag_that_means_nothing_is_told(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", task="a", tag={"retires": 2, "timeout": "20m"})

    notebook = read(path)

    assert notebook.options.timeout == timedelta(minutes=20)
    (problem,) = notebook.problems
    assert (problem.hint, str(problem.where)) == ("Did you mean 'retries'?", "a.ipynb")


def test_a_tag_that_is_no_object_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text('{"nbformat": 4, "metadata": {"jupyter_flow": "train"}, "cells": []}')

    assert read(path).problems[0].code == "JF231"


def test_another_language_is_not_checked(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "a.ipynb", parameters="n <- 1", task="a", kernel="ir", language="R"
    )

    notebook = read(path)

    assert (notebook.kernel, notebook.language) == ("ir", "r")
    assert notebook.contract.has_cell
    assert not notebook.contract.is_checked
    assert notebook.values is None


def test_flow_cells_are_found_with_their_place(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "a.ipynb",
        "x = 1",
        "%%flow churn --retries 2\na >> b\n\nb >> c\n",
        "\n \n%%flow second\na",
        "%%flow",
        "# %%flow no\n",
        "%%flowers",
        "print('%%flow')",
    )

    flows = NotebookReader().glance(path).flows

    where = path.as_posix()
    assert flows == (
        FlowCell(path=where, cell=2, line="churn --retries 2", body="a >> b\n\nb >> c\n"),
        FlowCell(path=where, cell=3, line="second", body="a", first_line=4),
        FlowCell(path=where, cell=4, line="", body=""),
    )


def test_a_notebook_that_does_not_speak_of_us_is_not_taken_apart(tmp_path: Path) -> None:
    path = tmp_path / "other.ipynb"
    path.write_text("{ this is no JSON")

    assert NotebookReader().glance(path).notebook is None


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", task="a")
    reader = NotebookReader()
    first = reader.read(path)

    assert reader.read(path) is first

    write_notebook(path, task="other")
    assert reader.read(path).task == "other"

    same_size = path.read_bytes().replace(b"other", b"third")
    path.write_bytes(same_size)
    os.utime(path, ns=(1, 1))
    assert reader.read(path).task == "third"

"""The names of tasks, and the shelf that notebooks are put on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.notebooks.notebook import Shelf
from jupyter_flow.core.task_names import suggested_by, wrong_with


@pytest.mark.parametrize(("root", "shown"), [("", "b.ipynb"), ("/lab", "flows/b.ipynb")])
def test_paths_are_shown_from_where_people_work(root: str, shown: str) -> None:
    shelf = Shelf(folder="/lab/flows", notebooks={}, root=root)

    assert shelf.shown("/lab/flows/b.ipynb") == shown
    assert shelf.written("/lab/flows/b.ipynb") == "b.ipynb"
    assert shelf.shown("/elsewhere/b.ipynb") == "/elsewhere/b.ipynb"


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("train", "train"),
        ("01_clean data", "clean_data"),
        ("01-load", "load"),
        ("2026 report (final)", "report_final"),
        ("Modèle", "Modèle"),
        ("class", "class_task"),
        ("notebook", "notebook_task"),
        ("__init__", "init"),
        ("123", "task_123"),
        ("---", "task"),
        ("a.b", "a_b"),
    ],
)
def test_a_files_name_suggests_a_tasks_name(stem: str, name: str) -> None:
    assert suggested_by(stem) == name


@given(st.text(max_size=150))
def test_a_suggested_name_is_always_allowed(stem: str) -> None:
    assert wrong_with(suggested_by(stem)) is None


@pytest.mark.parametrize("name", ["train", "Modèle", "_private", "options", "x" * 100])
def test_what_is_an_identifier_and_means_nothing_else_can_be_a_name(name: str) -> None:
    assert wrong_with(name) is None


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", "class", "None", "params", "sql", "__a", "x" * 101, "a-b", "a;b"]
)
def test_what_could_be_mistaken_cannot(name: str) -> None:
    assert wrong_with(name) is not None

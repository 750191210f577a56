"""The notebooks of this repository are as readers want them: valid, explained, without outputs."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    path
    for path in (ROOT / "notebooks").rglob("*.ipynb")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
SHIPPED = sorted((ROOT / "jupyter_flow" / "execution" / "kinds").glob("*.ipynb"))
TASKS = [path for path in EXAMPLES if path.name != "flow.ipynb"]
FLOWS = [path for path in EXAMPLES if path.name == "flow.ipynb"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def cells_tagged(book: NotebookNode, tag: str) -> list[NotebookNode]:
    return [cell for cell in book.cells if tag in cell.metadata.get("tags", [])]


def test_there_are_examples() -> None:
    assert len(FLOWS) >= 3
    assert TASKS


@pytest.mark.parametrize("path", [*EXAMPLES, *SHIPPED], ids=name_of)
def test_a_notebook_is_valid_and_has_no_outputs(path: Path) -> None:
    book = read(path)
    nbformat.validate(book)
    identities = [cell.id for cell in book.cells]

    assert (book.nbformat, book.nbformat_minor) >= (4, 5)
    assert len(set(identities)) == len(identities)
    for cell in book.cells:
        assert not cell.get("outputs"), f"cell {cell.id} has outputs"
        assert cell.get("execution_count") is None, f"cell {cell.id} has a number"
        assert set(cell.metadata) <= {"tags"}, f"cell {cell.id} has metadata"


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_an_example_begins_by_saying_what_it_is(path: Path) -> None:
    book = read(path)
    first = book.cells[0]

    assert book.metadata.kernelspec.name == "python3"
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")


@pytest.mark.parametrize("path", TASKS, ids=name_of)
def test_a_task_of_an_example_is_tagged_with_its_name(path: Path) -> None:
    tag = read(path).metadata.jupyter_flow

    assert tag.task == path.stem
    assert tag.description


@pytest.mark.parametrize("path", TASKS, ids=name_of)
def test_the_parameters_of_an_example_have_types_and_defaults(path: Path) -> None:
    cells = cells_tagged(read(path), "parameters")
    assert len(cells) <= 1

    for cell in cells:
        for statement in ast.parse(cell.source).body:
            if isinstance(statement, ast.ImportFrom):
                continue
            assert isinstance(statement, ast.AnnAssign), f"line {statement.lineno}"
            assert statement.value is not None, f"line {statement.lineno}: runs also by hand"


@pytest.mark.parametrize("path", FLOWS, ids=name_of)
def test_a_flow_notebook_has_one_flow(path: Path) -> None:
    sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]

    assert sum(source.startswith("%%flow ") for source in sources) == 1

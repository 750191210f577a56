"""One word for each thing: names are not made of words that mean everything and nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

VAGUE = {
    "dag",
    "data",
    "helper",
    "helpers",
    "info",
    "job",
    "jobs",
    "manager",
    "node",
    "nodes",
    "operator",
    "step",
    "steps",
    "util",
    "utils",
}

#: Names that are others' words, or given: the machine's `step` and what it gives.
GIVEN = {"core/machine/__init__.py:step", "core/machine/turn.py:step", "core/machine/turn.py:Step"}

#: Words of protocols and libraries that we must speak to.
FOREIGN = ("data_interval", "display_data", "kernel_info", "mime_data")


def test_names_are_words_of_the_field(repository: Path) -> None:
    package = repository / "jupyter_flow"

    found = sorted(
        f"{place}:{name}"
        for path in package.rglob("*.py")
        if "_vendor" not in path.parts
        for place in [path.relative_to(package).as_posix()]
        for name in names_in(path)
        if f"{place}:{name}" not in GIVEN and words_of(name) & VAGUE
    )

    assert not found, "name these after what they are: " + ", ".join(found)


def names_in(path: Path) -> Iterator[str]:
    """The module, its classes and functions. Methods that a library calls have its words."""
    yield path.stem
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for part in ast.walk(tree):
        if isinstance(part, ast.ClassDef):
            yield part.name
            if part.bases:
                continue
        if isinstance(part, ast.Module | ast.ClassDef):
            yield from (
                each.name
                for each in part.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            )


def words_of(name: str) -> set[str]:
    """`KernelManager` and `kernel_manager` have the words kernel and manager."""
    for phrase in FOREIGN:
        name = name.replace(phrase, "")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return set(snake.lower().split("_"))

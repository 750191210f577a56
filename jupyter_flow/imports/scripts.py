"""Scripts with cell marks as notebooks: ``# %%`` and ``# +``, of Python and of R.

Every line of a script is in a cell, but for its header and the marks. What stands between marks is
one cell; a script without marks is one cell. Runs nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

_PERCENT = re.compile(r"^#\s*%%(?P<said>.*)$")
_PLUS = re.compile(r"^#\s*\+(?P<said>\s*$|\s.*)$")
_MINUS = re.compile(r"^#\s*-\s*$")
_TAGS = re.compile(r"tags\s*=\s*(?P<tags>\[[^\]]*\])")
KERNELS = {
    "python": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "R": {"name": "ir", "display_name": "R", "language": "R"},
}


def notebook_of(cells: Iterable[Mapping[str, Any]], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook in format 4.5 with *cells*, which get ids that do not change."""
    numbered = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells, start=1)]
    return {"cells": numbered, "metadata": dict(metadata), "nbformat": 4, "nbformat_minor": 5}


def code(source: str, *tags: str) -> dict[str, Any]:
    """A cell of code, clean."""
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def markdown(source: str) -> dict[str, Any]:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def of_script(text: str, language: str) -> dict[str, Any]:
    """The notebook of the script *text*."""
    header, lines = _without_header(text.splitlines())
    cells = list(_cells(lines))
    spec = _kernelspec(header) or KERNELS[language]
    metadata = {"kernelspec": spec, "language_info": {"name": language}}
    return notebook_of(cells, metadata)


def _cells(lines: Sequence[str]) -> Iterable[dict[str, Any]]:
    said, body = "", list[str]()
    for line in lines:
        mark = _PERCENT.match(line) or _PLUS.match(line)
        if mark is None and not _MINUS.match(line):
            body.append(line)
            continue
        yield from _cell(said, body)
        said, body = (mark["said"] if mark else ""), []
    yield from _cell(said, body)


def _cell(said: str, lines: Sequence[str]) -> Iterable[dict[str, Any]]:
    source = "\n".join(lines).strip("\n")
    if not source:
        return
    if "[markdown]" in said or "[md]" in said:
        yield markdown("\n".join(re.sub(r"^# ?", "", line) for line in source.split("\n")))
        return
    tags = _TAGS.search(said)
    try:
        names = ast.literal_eval(tags["tags"]) if tags else []
    except (ValueError, SyntaxError):
        names = []
    yield code(source, *map(str, names))


def _without_header(lines: list[str]) -> tuple[list[str], list[str]]:
    """The header of *lines*, without its comment signs, and the lines behind it."""
    if not lines or lines[0].strip() != "# ---":
        return [], lines
    for end, line in enumerate(lines[1:], start=1):
        if line.strip() == "# ---":
            return [re.sub(r"^# ?", "", each) for each in lines[1:end]], lines[end + 1 :]
    return [], lines


def _kernelspec(header: Sequence[str]) -> dict[str, Any] | None:
    try:
        said = yaml.safe_load("\n".join(header))
    except yaml.YAMLError:
        return None
    for key in ("jupyter", "jupytext"):
        inner = said.get(key) if isinstance(said, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("kernelspec"), dict):
            return dict(inner["kernelspec"])
    return None

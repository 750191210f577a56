"""The small flow that ``jupyter flow init`` writes: two tasks and the notebook that chains them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import ConflictError

_COUNT = (
    ("markdown", "# Count\nCounts the words of a sentence and hands the number on.", ()),
    ("code", 'sentence = "notebooks become tasks"  # what to count', ("parameters",)),
    ("code", "words = sentence.split()\nwords", ()),
    ("code", "import jupyter_flow\n\njupyter_flow.output(words=len(words))", ()),
)
_REPORT = (
    ("markdown", "# Report\nSays what was counted.", ()),
    ("code", "words: int = 0  # how many there were", ("parameters",)),
    ("code", 'print(f"There were {words} words.")', ()),
)
_HELLO = """%%flow hello
"Counts words and reports them"
params(sentence="notebooks become tasks")

count(sentence=params.sentence) >> report(words=count.words)"""
_FLOW = (
    ("markdown", "# A first flow\nRun the cells, then change something and run them again.", ()),
    ("code", "%load_ext jupyter_flow", ()),
    ("code", _HELLO, ()),
    ("code", "%flow run", ()),
)
_FILES = {
    "count.ipynb": (_COUNT, "count"),
    "report.ipynb": (_REPORT, "report"),
    "flow.ipynb": (_FLOW, None),
}

_Cells = Sequence[tuple[str, str, Sequence[str]]]


def write_example(folder: Path) -> list[Path]:
    """Write the example into *folder*. Raises ConflictError, having written nothing, if one of
    its files is there already."""
    taken = [name for name in _FILES if (folder / name).exists()]
    if taken:
        raise ConflictError(
            f"{folder} has {', '.join(taken)} already",
            hint="Nothing was written. Give another folder: jupyter flow init first-flow",
            code="JF457",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, (cells, task) in _FILES.items():
        text = json.dumps(_notebook(cells, task), indent=1, ensure_ascii=False)
        (folder / name).write_text(text + "\n", "utf-8")
    return [folder / name for name in _FILES]


def _notebook(cells: _Cells, task: str | None) -> dict[str, Any]:
    """A notebook in format 4.5, clean: no outputs, stable ids."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata: dict[str, Any] = {"kernelspec": kernel, "language_info": {"name": "python"}}
    if task is not None:
        metadata["jupyter_flow"] = {"task": task}
    made = [_cell(index, *cell) for index, cell in enumerate(cells, start=1)]
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(number: int, kind: str, source: str, tags: Sequence[str]) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})

"""A copy of a task's notebook to look into an attempt by hand: as it was run, with its parameters.

Made of the executed notebook without its outputs, beside the source; nothing is written over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.core.run import Attempt

#: What only an executed notebook, or a task, has; a copy is neither.
_NOT_ITS_OWN = ("papermill", "jupyter_flow")


def copy_of(executed: Path, source: str, folder: Path, attempt: Attempt) -> tuple[Path, int | None]:
    """The copy of *executed*, beside *source* or, if that is not below *folder*, in *folder*.

    With the cell, from 1, that failed in *attempt*. Raises NotFoundError when it was pruned.
    """
    try:
        notebook = json.loads(executed.read_bytes())
    except FileNotFoundError as error:
        raise NotFoundError(
            "the executed notebook is not there", hint="It is kept until its run is pruned."
        ) from error
    cells = [_bare(cell) for cell in notebook["cells"]]
    metadata = {key: v for key, v in notebook["metadata"].items() if key not in _NOT_ITS_OWN}
    copy = notebook | {"cells": cells, "metadata": metadata}
    text = json.dumps(copy, indent=1, ensure_ascii=False) + "\n"
    failed = attempt.failure.cell_id if attempt.failure is not None else None
    places = [place for place, cell in enumerate(cells, 1) if failed and cell.get("id") == failed]
    return _written(text, Path(source), folder), next(iter(places), None)


def _bare(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: v for key, v in cell["metadata"].items() if key not in _NOT_ITS_OWN}
    bare = cell | {"metadata": metadata}
    return bare | {"outputs": [], "execution_count": None} if "outputs" in cell else bare


def _written(text: str, source: Path, folder: Path) -> Path:
    beside = source.parent if source.is_relative_to(folder) else folder
    for path in _names(beside, source.stem):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise AssertionError("there are names without end")


def _names(folder: Path, stem: str) -> Iterator[Path]:
    yield folder / f"{stem}-debug.ipynb"
    yield from (folder / f"{stem}-debug-{number}.ipynb" for number in count(2))

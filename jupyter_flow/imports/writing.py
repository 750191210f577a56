"""An import into a folder: the flow's notebook, and the notebooks that were made for it.

Looks first and writes then: when a file is in the way, nothing is written at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_flow.core.language import format_flow

from . import problems
from .imported import Import
from .scripts import KERNELS, code, markdown, notebook_of


def write(imported: Import, folder: Path, *, force: bool = False) -> list[Path]:
    """Write *imported* into *folder*; the first path that is given back is the flow's notebook.

    Raises ConflictError, having written nothing, when one of the files is there and *force* is
    not given; with it too, when the pipeline runs that file.
    """
    files = {folder / path: document for path, document in _documents(imported)}
    there = [path for path in files if path.exists()]
    used = {path.resolve() for path in imported.used}
    if own := [str(path) for path in there if path.resolve() in used]:
        raise problems.not_ours(own)
    if there and not force:
        raise problems.taken([str(path) for path in there])
    for path, document in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return list(files)


def _documents(imported: Import) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield f"{imported.flow.name}_flow.ipynb", _flow_notebook(imported)
    for copy in imported.copies:
        yield copy.path, copy.notebook


def _flow_notebook(imported: Import) -> dict[str, Any]:
    name = imported.flow.name
    cells = [markdown(f"# {name}\nImported from {imported.peer}: `{imported.source.name}`.")]
    cells += [markdown(comment) for comment in imported.comments]
    if imported.notes:
        said = "\n".join(f"- {note}" for note in imported.notes)
        cells.append(markdown(f"## Not carried over, or done in another way\n\n{said}"))
    cells += [
        code("%load_ext jupyter_flow"),
        code(format_flow(imported.flow)),
        code(f"%flow run {name}"),
    ]
    spec = KERNELS["python"]
    return notebook_of(cells, {"kernelspec": spec, "language_info": {"name": "python"}})

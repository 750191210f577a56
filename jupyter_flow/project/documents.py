"""Files into documents: the metadata and the cells of a notebook, whatever format it is kept in.

Lenient where Jupyter is: a file that opens in JupyterLab can be read here. It checks no schema,
keeps no outputs and runs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import DefinitionError, Problem, Where
from jupyter_flow.core.notebooks.notebook import SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of any kind. ``number`` counts all cells from 1, as people do."""

    number: int
    kind: str
    source: str
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a notebook's file says, but for the outputs."""

    metadata: Mapping[str, Any]
    cells: tuple[Cell, ...]

    @property
    def code(self) -> tuple[Cell, ...]:
        """The cells that hold code."""
        return tuple(cell for cell in self.cells if cell.kind == "code")


def read_document(path: Path, content: bytes, *, shown: str) -> Document:
    """The document in *content*, the bytes of the file *path*.

    Raises DefinitionError, with *shown* as the place, when it is no notebook, or when it is a text
    and jupytext is not installed.
    """
    raw = _text_notebook(path, content, shown) if is_text(path) else _ipynb(content, shown)
    metadata, cells = raw.get("metadata"), raw.get("cells")
    if not isinstance(cells, list):
        raise _broken(shown, "it has no cells")
    return Document(
        metadata=metadata if isinstance(metadata, dict) else {},
        cells=tuple(_cell(number, cell) for number, cell in enumerate(cells, start=1)),
    )


def is_text(path: Path) -> bool:
    """Whether the notebook is kept as a text that jupytext reads."""
    return path.suffix != ".ipynb"


_PERCENT = re.compile(rb"^# %%", re.MULTILINE)
_HEADER = re.compile(
    rb"\A(?:#!.*\r?\n|#.*coding[:=].*\r?\n)*(?:# )?---\s*\n(?P<header>.*?)^(?:# )?---\s*$",
    re.MULTILINE | re.DOTALL,
)
_OURS = re.compile(rb"^(?:#? *)(?:jupytext|kernelspec|jupyter):", re.MULTILINE)


def looks_like_text_notebook(path: Path, content: bytes) -> bool:
    """Whether a .py or .md file is meant as a notebook: by its header, or its ``# %%`` marks."""
    header = _HEADER.match(content)
    if header is not None and _OURS.search(header["header"]):
        return True
    return path.suffix == ".py" and _PERCENT.search(content) is not None


def is_notebook(path: Path) -> bool:
    """Whether a notebook is there, in whatever format. Raises OSError if it cannot be opened."""
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    return not is_text(path) or looks_like_text_notebook(path, path.read_bytes())


def has_jupytext() -> bool:
    """Whether notebooks kept as text can be read."""
    return find_spec("jupytext") is not None


def ipynb_of_text(path: Path, content: bytes, *, shown: str) -> str:
    """The notebook of a text, in the format that kernels' clients execute.

    Raises DefinitionError as `read_document` does.
    """
    import nbformat

    notebook = _text_notebook(path, content, shown)
    return str(nbformat.writes(notebook, version=4))  # type: ignore[no-untyped-call]


def _text_notebook(path: Path, content: bytes, shown: str) -> Any:
    if not has_jupytext():
        raise DefinitionError(
            [
                Problem(
                    code="JF205",
                    what=f"notebook {shown!r} is a text, and jupytext is not installed",
                    hint="Install it: pip install 'jupyterlab-flow[jupytext]'",
                    where=Where(path=shown),
                )
            ]
        )
    import jupytext

    try:
        return jupytext.reads(_decoded(content, shown), fmt=path.suffix.lstrip("."))
    except DefinitionError:
        raise
    except Exception as error:  # jupytext, YAML and nbformat each have errors of their own
        raise _broken(shown, str(error).partition("\n")[0]) from error


def _ipynb(content: bytes, shown: str) -> Mapping[str, Any]:
    text = _decoded(content, shown)
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        merge = "<<<<<<< " in text
        hint = "It holds a merge conflict: resolve that first." if merge else ""
        raise _broken(shown, f"no JSON: {error}", hint) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise _broken(shown, "no nbformat is given in it")
    return raw if raw["nbformat"] >= 4 else _upgraded(text, shown)


def _upgraded(text: str, shown: str) -> Mapping[str, Any]:
    import nbformat

    try:
        upgraded: Mapping[str, Any] = nbformat.reads(text, 4)  # type: ignore[no-untyped-call]
    except Exception as error:  # what nbformat meets in old files it does not name
        raise _broken(shown, f"its old format cannot be upgraded: {error}") from error
    return upgraded


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(shown, "it is not in UTF-8") from error


def _cell(number: int, cell: Any) -> Cell:
    if not isinstance(cell, dict):
        return Cell(number=number, kind="unknown", source="")
    source, metadata = cell.get("source", ""), cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        number=number,
        kind=str(cell.get("cell_type", "")),
        source="".join(map(str, source)) if isinstance(source, list) else str(source),
        tags=frozenset(map(str, tags)) if isinstance(tags, list) else frozenset(),
    )


def _broken(shown: str, why: str, hint: str = "") -> DefinitionError:
    problem = Problem(
        code="JF200",
        what=f"{shown!r} cannot be read as a notebook: {why}",
        hint=hint or "Open it in JupyterLab and mend it, or take it out of the folder.",
        where=Where(path=shown),
    )
    return DefinitionError([problem])

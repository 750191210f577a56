"""Files into `Notebook` values and flow cells, each file read once as long as it stays the same.

Most files of a project are neither tagged nor hold a flow. They are looked at as bytes; only
those that speak of this package are taken apart.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import DefinitionError, Problem, Where
from jupyter_flow.core.notebooks.contract import Contract, Parameter, contract_of
from jupyter_flow.core.notebooks.notebook import Notebook
from jupyter_flow.core.notebooks.output_names import output_names

from .documents import Cell, Document, is_text, looks_like_text_notebook, read_document
from .tags import KEY, read_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCell:
    """A ``%%flow`` cell: where it is, the rest of its first line, and its body.

    ``first_line`` is the line of the cell, from 1, at which the body begins.
    """

    path: str
    cell: int
    line: str
    body: str
    first_line: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file has to do with flows.

    ``notebook`` is None for a notebook that does not speak of this package, so is not tagged.
    ``is_notebook`` is False for texts that are no notebooks at all.
    """

    is_notebook: bool = True
    notebook: Notebook | None = None
    flows: tuple[FlowCell, ...] = ()


@dataclass(slots=True)
class _Kept:
    stamp: tuple[int, ...]
    reading: Reading
    notebook: Notebook | None = field(default=None)


class NotebookReader:
    """Reads notebooks, and remembers each until its file changes.

    *shown* says how people write a path in messages.
    """

    def __init__(self, shown: Callable[[Path], str] = str) -> None:
        self._shown = shown
        self._kept: dict[Path, _Kept] = {}

    def glance(self, path: Path) -> Reading:
        """What *path* has to do with flows; reads no more of it than that takes.

        Raises OSError when the file cannot be opened.
        """
        return self._keep(path).reading

    def read(self, path: Path) -> Notebook:
        """The notebook at *path*, tagged or not. What is wrong with it is in its ``problems``.

        Raises OSError when the file cannot be opened.
        """
        kept = self._keep(path)
        if kept.notebook is None:
            content = path.read_bytes()
            kept.notebook = self._taken_apart(path, content)[0]
        return kept.notebook

    def _keep(self, path: Path) -> _Kept:
        status = path.stat()
        # Clocks of file systems can be coarse; a file put in the place of another is a new one.
        stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size)
        kept = self._kept.get(path)
        if kept is None or kept.stamp != stamp:
            content = path.read_bytes()
            reading = self._glanced(path, content)
            kept = _Kept(stamp, reading, reading.notebook)
            self._kept[path] = kept
        return kept

    def _glanced(self, path: Path, content: bytes) -> Reading:
        if is_text(path) and not looks_like_text_notebook(path, content):
            return Reading(is_notebook=False)
        if KEY.encode() not in content and b"%%flow" not in content:
            return Reading()
        notebook, flows = self._taken_apart(path, content)
        return Reading(notebook=notebook, flows=flows)

    def _taken_apart(self, path: Path, content: bytes) -> tuple[Notebook, tuple[FlowCell, ...]]:
        shown, address = self._shown(path), path.as_posix()
        digest = hashlib.sha256(content).hexdigest()
        try:
            document = read_document(path, content, shown=shown)
        except DefinitionError as error:
            return Notebook(path=address, digest=digest, problems=error.problems), ()
        notebook = notebook_of(document, path=address, digest=digest, shown=shown)
        return notebook, tuple(_flows(document, address))


def notebook_of(document: Document, *, path: str, digest: str, shown: str) -> Notebook:
    """What can be known of a notebook by reading it."""
    tag = read_tag(document.metadata, shown=shown)
    kernelspec = _mapping(document.metadata.get("kernelspec"))
    kernel = str(kernelspec["name"]) if kernelspec.get("name") else None
    language = language_of(document)
    contract, problems = _contract(document, kernel, language, shown)
    is_python = language == "python"
    return Notebook(
        path=path,
        digest=digest,
        task=tag.task,
        description=tag.description,
        options=tag.options,
        kernel=kernel,
        language=language,
        contract=contract,
        values=output_names(cell.source for cell in document.code) if is_python else None,
        problems=(*tag.problems, *problems),
    )


def language_of(document: Document) -> str:
    """The language of the notebook's kernel, as its metadata tell; Python when they do not."""
    kernelspec = _mapping(document.metadata.get("kernelspec"))
    told = _mapping(document.metadata.get("language_info"))
    language = str(kernelspec.get("language") or told.get("name") or "python").lower()
    return "python" if language in ("python3", "ipython") else language


def _contract(
    document: Document, kernel: str | None, language: str, shown: str
) -> tuple[Contract, tuple[Problem, ...]]:
    cell = next((cell for cell in document.code if "parameters" in cell.tags), None)
    contract = contract_of(cell.source if cell is not None else None, language)
    if cell is None:
        return contract, ()
    if language != "python":
        inspected = _inspected(cell, kernel, language)
        return replace(contract, parameters=tuple(inspected)), ()
    return contract, tuple(_placed(problem, shown, cell) for problem in contract.problems)


def _placed(problem: Problem, shown: str, cell: Cell) -> Problem:
    where = problem.where or Where()
    return replace(problem, where=replace(where, path=shown, cell=cell.number))


def _inspected(cell: Cell, kernel: str | None, language: str) -> Iterable[Parameter]:
    """What papermill makes of the parameters of another language: mostly nothing."""
    from papermill.exceptions import PapermillException
    from papermill.translators import papermill_translators

    try:
        translator = papermill_translators.find_translator(kernel, language)
        found = translator.inspect(_PapermillCell(cell.source))
    except (PapermillException, NotImplementedError):
        return
    for each in found:
        type_text = "" if each.inferred_type_name == "None" else each.inferred_type_name
        yield Parameter(name=each.name, type=type_text, default=each.default, help=each.help)


class _PapermillCell(dict[str, Any]):
    """As much of a cell as papermill's inspection looks at."""

    def __init__(self, source: str) -> None:
        super().__init__(source=source)
        self.source = source


#: As in IPython, blank lines may stand before a cell's magic, nothing else.
_FLOW = re.compile(r"\A(?P<blank>(?:[ \t]*\n)*)%%flow(?:[ \t]+(?P<line>.*))?(?:\n|\Z)")


def _flows(document: Document, path: str) -> Iterable[FlowCell]:
    for cell in document.code:
        magic = _FLOW.match(cell.source)
        if magic is not None:
            yield FlowCell(
                path=path,
                cell=cell.number,
                line=(magic["line"] or "").strip(),
                body=cell.source[magic.end() :],
                first_line=magic["blank"].count("\n") + 2,
            )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def absolute(path: Path) -> Path:
    """*path* from the root of the file system, without ``..``, links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100  resolve() would follow the links

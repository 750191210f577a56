"""What a Ploomber task runs, as a notebook; and which other tasks it says it needs.

``upstream`` and ``product`` stay what they are in Ploomber: parameters, here given by the flow. So
their lines in the parameters cell become ``None`` in the copy. Runs nothing.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .ploomber_functions import computing
from .scripts import KERNELS, code, notebook_of, of_script

_LANGUAGES = {".py": "python", ".r": "R"}
_FOLDERS = {
    "python": """# Makes the folders of this task's products, as Ploomber did.
from pathlib import Path as _Path

for _path in product.values() if isinstance(product, dict) else [product]:
    if isinstance(_path, str):
        _Path(_path).parent.mkdir(parents=True, exist_ok=True)""",
    "R": """# Makes the folders of this task's products, as Ploomber did.
for (path in unlist(product)) dir.create(dirname(path), recursive = TRUE, showWarnings = FALSE)""",
}


def notebook_in(path: Path) -> dict[str, Any]:
    """The notebook of the file *path*. Raises ValueError, with why, when there is none in it."""
    text = path.read_text("utf-8-sig")
    suffix = path.suffix.lower()
    if suffix == ".ipynb":
        document = json.loads(text)
        if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
            raise ValueError("it is no notebook of format 4")
        return document
    if suffix in _LANGUAGES:
        return of_script(text, _LANGUAGES[suffix])
    raise ValueError(f"files that end in {path.suffix!r} cannot be read as notebooks")


def prepared(
    notebook: dict[str, Any], names: Collection[str], computed: Mapping[str, str], up: str = ""
) -> dict[str, Any]:
    """*notebook* as a flow can run it: *names* are its parameters, folders of products are made.

    Those that are *computed* come from functions, called with what the flow gives for them; *up*
    leads to the pipeline's folder, where it is not the one that the notebook runs in.
    Outputs are left out; cells that somebody wrote stay, but for the lines of ``upstream`` and
    ``product`` in the parameters cell.
    """
    language = language_of(notebook)
    cells = [_clean(cell) for cell in notebook["cells"] if not _has(cell, "injected-parameters")]
    at = next((at for at, cell in enumerate(cells) if _has(cell, "parameters")), None)
    if at is None:
        cells.insert(0, code("", "parameters"))
        at = 0
    source = source_of(cells[at])
    if language == "python":
        source = with_parameters(source, names)
    cells[at] = {**cells[at], "source": source.splitlines(keepends=True)}
    if language in _FOLDERS and "product" in names:
        cells.insert(at + 1, code(_FOLDERS[language]))
    if computed and language == "python":
        cells.insert(at + 1, code(computing(computed, up)))
    metadata = notebook.get("metadata") or {}
    if "kernelspec" not in metadata:
        metadata = {**metadata, "kernelspec": KERNELS.get(language, KERNELS["python"])}
    return notebook_of(cells, metadata)


def with_parameters(source: str, names: Collection[str]) -> str:
    """The parameters cell *source*, with ``upstream`` and ``product`` None, and all *names*."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return source
    lines, present = source.split("\n"), set[str]()
    for statement in reversed(body):
        for name in _assigned(statement):
            present.add(name)
            if name in ("upstream", "product"):
                first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
                lines[first:last] = [f"{name} = None"]
    lines += [f"{name} = None" for name in names if name not in present]
    return "\n".join(lines).strip("\n")


def said_in_cell(notebook: dict[str, Any], name: str) -> Any:
    """What the parameters cell says of *name*: None when it says nothing, or no constant."""
    sources = [source_of(cell) for cell in notebook["cells"] if _has(cell, "parameters")]
    for source in sources:
        if language_of(notebook) == "R":
            found = re.search(rf"^\s*{name}\s*(?:=|<-)(?P<said>.*)$", source, re.MULTILINE)
            texts = re.findall(r"""["']([^"']+)["']""", found["said"]) if found else []
            return texts or None
        try:
            body = ast.parse(source).body
        except SyntaxError:
            continue
        for statement in body:
            if name in _assigned(statement) and isinstance(statement, ast.Assign | ast.AnnAssign):
                try:
                    return ast.literal_eval(statement.value) if statement.value else None
                except ValueError:
                    return None
    return None


def language_of(notebook: dict[str, Any]) -> str:
    """The language of *notebook*, as its kernelspec says it; Python when it says nothing."""
    metadata = notebook.get("metadata") or {}
    spec, info = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    return str(spec.get("language") or info.get("name") or "python")


def source_of(cell: dict[str, Any]) -> str:
    """The text of *cell*, which a file may keep as a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _assigned(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _has(cell: dict[str, Any], tag: str) -> bool:
    return tag in ((cell.get("metadata") or {}).get("tags") or [])


def _clean(cell: dict[str, Any]) -> dict[str, Any]:
    if cell.get("cell_type") != "code":
        return dict(cell)
    return {**cell, "outputs": [], "execution_count": None}

"""Which libraries a notebook imports, itself or by way of its project's files.

Reads code, runs none. What it tells of is installed; the project's own modules are only looked
into, for an author edits them.
"""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: What every kernel has.
_OURS = ("IPython", "ipykernel", "jupyter_flow")
#: What libraries read in the folder in which they are imported.
_CONFIGURED_BY = {"matplotlib": "matplotlibrc"}
#: So many files of a project are looked into for one notebook, if they are not larger than this.
_MOST_FILES, _LARGEST = 200, 2**20


def libraries_of(notebook: NotebookNode, folder: Path | None = None) -> frozenset[str]:
    """What *notebook* imports at top level from this environment's packages.

    ``import a.b`` is told as ``a.b``, ``from a import b`` as ``a`` and ``a:b``, for b may be a
    module or not. What a module in *folder*, where its kernel runs, imports in turn counts as
    well. Cells that are not Python count for nothing.
    """
    sources = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    wanted = {name for source in sources if "import" in source for name in _imports(source)}
    seen: set[str] = set()
    libraries: set[str] = set()
    looked_into: set[Path] = set()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        files = [] if folder is None else _files(name, folder)
        if not files and is_library(name):
            libraries.add(name)
        for path in files:
            if folder is not None and path not in looked_into and len(looked_into) < _MOST_FILES:
                looked_into.add(path)
                wanted |= _imported_by(path, folder) - seen
    return frozenset(libraries)


def module_files_of(sources: Iterable[str], folders: Sequence[Path]) -> frozenset[Path]:
    """The files of the project that cells of Python import, themselves or by way of others.

    *folders* are where modules are looked for, the first one first.
    """
    wanted = {name for source in sources if "import" in source for name in _imports(source)}
    seen: set[str] = set()
    found: set[Path] = set()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        for folder in folders:
            files = _files(name, folder)
            for path in set(files) - found:
                wanted |= _imported_by(path, folder) - seen
            found.update(files)
            if files:
                break
    return frozenset(found)


def is_library(module: str) -> bool:
    """Whether *module* belongs to a package that is installed in this environment."""
    return _is_followed(module) and _is_installed(_top(module))


def packages_of(files: Iterable[str]) -> frozenset[str]:
    """The names by which the installed ones among *files* of modules are imported first of all."""
    found = set()
    for folder in site_folders():
        start = f"{folder}{os.sep}"
        inside = (file[len(start) :] for file in files if file.startswith(start))
        found |= {each.partition(os.sep)[0].partition(".")[0] for each in inside}
    return frozenset(found)


def is_shadowed(packages: Iterable[str], folder: Path) -> bool:
    """Whether one of *packages* would be another when it is imported in *folder*.

    A module there that has its name comes first, and some read a file there.
    """
    try:
        there = {each.name for each in os.scandir(folder)}
    except OSError:
        return False
    return any(
        f"{name}.py" in there
        or _CONFIGURED_BY.get(name) in there
        or (name in there and (folder / name / "__init__.py").is_file())
        for name in packages
    )


@cache
def site_folders() -> tuple[str, ...]:
    """The folders where this environment's packages are installed."""
    return tuple({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def _parsed(source: str) -> frozenset[str]:
    """The names of what *source* imports; a relative one begins with its dots."""
    from jupyter_flow.core.notebooks.python_cells import parse_cell  # no zygote reads code

    if source.lstrip().startswith("%%"):
        return frozenset()
    try:
        return frozenset(_named(parse_cell(source).body))
    except (SyntaxError, SystemError):
        return frozenset()


_imports = lru_cache(1024)(_parsed)


def _named(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for each in statements:
        if isinstance(each, ast.Import):
            yield from (alias.name for alias in each.names)
        elif isinstance(each, ast.ImportFrom):
            module = "." * each.level + (each.module or "")
            yield module
            yield from (f"{module}:{alias.name}" for alias in each.names)
        elif isinstance(each, ast.If) and "TYPE_CHECKING" in ast.unparse(each.test):
            yield from _named(each.orelse)
        elif isinstance(each, ast.Try | ast.With | ast.If):
            yield from _named(each.body)


def _files(name: str, folder: Path) -> list[Path]:
    """The files in *folder* that are run when *name* is imported there."""
    if not _is_followed(name):
        return []
    files, place = [], folder
    for part in name.replace(":", ".").split("."):
        place = place / part
        package, module = place / "__init__.py", place.with_name(f"{part}.py")
        if package.is_file():
            files.append(package)
        elif module.is_file():
            return [*files, module]
        elif not place.is_dir() or is_library(name):  # what is installed comes before a folder
            break
    return files


def _imported_by(path: Path, folder: Path) -> frozenset[str]:
    """What the module at *path*, in *folder* or below it, imports: names as seen from *folder*."""
    try:
        about = path.stat()
    except OSError:
        return frozenset()
    if about.st_size > _LARGEST:
        return frozenset()
    package = path.parent.relative_to(folder).parts
    names = _imports_in(path, about.st_mtime_ns, about.st_size)
    return frozenset(filter(None, (_absolute(name, package) for name in names)))


@lru_cache(4096)
def _imports_in(path: Path, changed: int, size: int) -> frozenset[str]:  # noqa: ARG001 - the key
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return frozenset()


def _absolute(name: str, package: tuple[str, ...]) -> str:
    """*name* as it is called from outside of *package*; empty when it leads out of everything."""
    bare = name.lstrip(".")
    level = len(name) - len(bare)
    if level == 0:
        return name
    if level > len(package):
        return ""
    base = ".".join(package[: len(package) - level + 1])
    return base + ("" if not bare or bare.startswith(":") else ".") + bare


def _is_followed(module: str) -> bool:
    return bool(_top(module)) and _top(module) not in (*_OURS, *sys.stdlib_module_names)


def _top(module: str) -> str:
    return module.partition(":")[0].partition(".")[0]


@cache
def _is_installed(top: str) -> bool:
    return PathFinder.find_spec(top, list(site_folders())) is not None

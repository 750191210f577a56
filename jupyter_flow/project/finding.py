"""Finding the notebooks below a folder: those that can be tasks, and those that hold flows.

Left out are hidden folders, environments, packages and the home of runs: what is in there was not
written as a part of the project.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from jupyter_flow.core.notebooks.notebook import SUFFIXES

_LEFT_OUT = frozenset({"node_modules", "site-packages", "__pycache__", "lost+found"})
#: Files that only the root folder of an environment has.
_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")


def notebook_files(folder: Path, *, leave_out: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """The files below *folder* that have a notebook's suffix, by path.

    Links to folders are followed, each folder is visited once. Folders that cannot be opened are
    passed over, as a file browser does. A text beside an .ipynb of the same name is its twin (as
    jupytext pairs them) and left out.
    """
    seen: set[tuple[int, int]] = set(_identities(folder.resolve().parents))
    stack = [folder]
    while stack:
        here = stack.pop()
        try:
            status = here.stat()
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        identity = (status.st_dev, status.st_ino)
        names = {entry.name for entry in entries}
        is_environment = here != folder and any(name in names for name in _ENVIRONMENT)
        if identity in seen or is_environment:
            continue
        seen.add(identity)
        yield from _files(here, entries, names)
        folders = [Path(entry.path) for entry in entries if _is_looked_into(entry)]
        stack += [each for each in reversed(folders) if each not in leave_out]


def _files(here: Path, entries: list[os.DirEntry[str]], names: set[str]) -> Iterator[Path]:
    for entry in entries:
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122  a Path each is too dear here
        if suffix not in SUFFIXES or entry.name.startswith(".") or not entry.is_file():
            continue
        if suffix == ".ipynb" or f"{stem}.ipynb" not in names:
            yield here / entry.name


def _is_looked_into(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _LEFT_OUT:
        return False
    return entry.is_dir()


def _identities(folders: Iterable[Path]) -> Iterator[tuple[int, int]]:
    """What tells these folders from all others, however they are reached."""
    for folder in folders:
        status = folder.stat()
        yield status.st_dev, status.st_ino

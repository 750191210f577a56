"""Looks for files: on this machine with `glob`, elsewhere with fsspec."""

from __future__ import annotations

import os
from collections.abc import Mapping
from glob import iglob
from pathlib import Path
from time import monotonic
from typing import Any

from jupyter_flow.core.commands import Files
from jupyter_flow.core.secrets import shown_address
from jupyter_flow.ports.lookout import Sight

from .looks import first_line

#: So many paths are handed on; ``count`` counts all.
MOST = 1000

_Marks = Mapping[str, Any]


class FileSearch:
    """The looks for *files*. Remembers how big they were, and since when."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._marks: _Marks = {}
        self._since = 0.0

    def look(self) -> Sight:
        """See whether they are there, and have been as they are for long enough. Blocks."""
        files = self._files
        try:
            marks = _elsewhere(files.pattern) if "://" in files.pattern else _here(files)
        except _UnableError as error:
            return Sight(seen=str(error), is_hopeless=True)
        except Exception as error:  # noqa: BLE001  whatever a file system of any kind raises
            return Sight(seen=f"cannot be looked at ({_said(error, files.pattern)})")
        if not marks:
            self._marks = {}
            return Sight(seen="nothing is there")
        if marks != self._marks:
            self._marks, self._since = marks, monotonic()
        if monotonic() - self._since < files.stable.total_seconds():
            many = "1 file is" if len(marks) == 1 else f"{len(marks)} files are"
            return Sight(seen=f"{many} there, and may still grow")
        paths = sorted(marks)
        values = {"file": paths[0], "files": paths[:MOST], "count": len(paths)}
        return Sight(is_there=True, values=values)


class _UnableError(Exception):
    """Files of this kind cannot be looked for here."""


def _here(files: Files) -> _Marks:
    """Each path that fits, with its size and when it was changed."""
    # Joined as texts: a path on this machine that is handed on is to be absolute.
    folder = str(Path(files.folder).absolute())
    pattern = os.path.expanduser(files.pattern)  # noqa: PTH111  a Path would lose a last slash
    found: dict[str, tuple[int, int]] = {}
    for path in iglob(pattern, root_dir=folder, recursive=True):  # noqa: PTH207  takes `**` and ~
        whole = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
        try:
            stat = os.stat(whole)  # noqa: PTH116
        except FileNotFoundError:
            continue  # it went in the meantime, or is a link to nothing
        found[whole] = (stat.st_size, stat.st_mtime_ns)
    return found


def _elsewhere(pattern: str) -> _Marks:
    """Each URL that fits, with the size of what is there."""
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(pattern)
    except (ImportError, ValueError) as error:  # no such protocol, or its package is not there
        raise _UnableError(_said(error, pattern)) from None
    system.invalidate_cache()
    found = system.glob(path, detail=True)
    return {system.unstrip_protocol(name): each.get("size") for name, each in found.items()}


def _said(error: Exception, pattern: str) -> str:
    """What *error* says, if it cannot say a password."""
    if "@" in pattern:
        return f"{type(error).__name__} at {shown_address(pattern)}"
    return first_line(str(error)) or type(error).__name__

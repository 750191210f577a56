"""Digests of files. A file that has not changed, as its folder tells, is read once in a process."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from glob import escape, has_magic, iglob
from pathlib import Path
from threading import Lock

#: What stands for the digest of a file that is not there.
MISSING = "missing"
#: A file may change twice within so many nanoseconds and look the same: it is read again.
_RACY = 2 * 10**9

_Look = tuple[int, int, int]


class Digests:
    """The digests of files, for any number of threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Look, str]] = {}
        self._lock = Lock()

    def of_file(self, path: Path) -> str:
        """The SHA-256 of its bytes, in hexadecimal, or `MISSING`."""
        name = str(path)
        try:
            about = path.stat()
            look = (about.st_mtime_ns, about.st_size, about.st_ino)
            with self._lock:
                known = self._known.get(name)
            if known is not None and known[0] == look:
                return known[1]
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return MISSING
        if time.time_ns() - about.st_mtime_ns > _RACY:
            with self._lock:
                self._known[name] = look, digest
        return digest

    def of_inputs(self, patterns: Iterable[str], folder: Path) -> dict[str, str]:
        """The digests of the files that *patterns* mean, by their paths as seen from *folder*.

        A folder means all the files in it. What is not there is told as `MISSING`.
        """
        found: dict[str, str] = {}
        for pattern in patterns:
            paths = sorted(set(_meant(pattern, folder)))
            found |= {_shown(path, folder): self.of_file(path) for path in paths}
            if not paths:
                found[pattern] = MISSING
        return found


def _meant(pattern: str, folder: Path) -> Iterator[Path]:
    is_pattern = has_magic(pattern)
    here = escape(str(folder)) if is_pattern else folder
    whole = os.path.join(here, os.path.expanduser(pattern))  # noqa: PTH118, PTH111  a pattern
    names = iglob(whole, recursive=True) if is_pattern else [whole]  # noqa: PTH207  of any folder
    for path in map(Path, names):
        if path.is_dir():
            if not is_pattern:
                yield from (each for each in path.rglob("*") if each.is_file())
        elif path.exists():
            yield path


def _shown(path: Path, folder: Path) -> str:
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()

"""Whether files have changed on disk: told by the system, so nobody has to look."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Collection, Mapping

#: Of inotify(7): written, and so on. What is only read, or made beside them, is no change.
_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO = 0x2, 0x4, 0x40, 0x80
_CREATE, _DELETE, _OVERFLOW = 0x100, 0x200, 0x4000
_WANTED = _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
_EVENT = struct.Struct("iIII")
_FLAGS = os.O_CLOEXEC | os.O_NONBLOCK


class Changes:
    """Watches *files*, each with its time of change in nanoseconds and its size, and *folders*.

    A folder has changed when something in it comes or goes. ``fd`` is readable when `look` may have
    something to say. Raises OSError where the system does not give so many watches.
    """

    def __init__(self, files: Mapping[str, tuple[int, int]], folders: Collection[str]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(_FLAGS)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._files = set(files)
        self._folders = set(folders)
        self._watched: dict[int, str] = {}
        for folder in {os.path.dirname(file) for file in files} | self._folders:  # noqa: PTH120
            watch = libc.inotify_add_watch(self.fd, os.fsencode(folder), _WANTED)
            if watch < 0:
                os.close(self.fd)
                raise OSError(ctypes.get_errno(), "inotify_add_watch", folder)
            self._watched[watch] = folder
        # what has changed before it was watched
        self.any = any(fingerprint(file) != then for file, then in files.items())

    def look(self) -> bool:
        """Whether any has changed up to now."""
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return self.any
        at = 0
        while at < len(data):
            watch, mask, _, length = _EVENT.unpack_from(data, at)
            name = os.fsdecode(data[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0"))
            at += _EVENT.size + length
            folder = self._watched.get(watch, "")
            comes_or_goes = mask & (_MOVED_FROM | _MOVED_TO | _CREATE | _DELETE)
            self.any |= (
                bool(mask & _OVERFLOW)
                or f"{folder}/{name}" in self._files
                or (folder in self._folders and bool(comes_or_goes) and name != "__pycache__")
            )
        return self.any

    def close(self) -> None:
        os.close(self.fd)


def fingerprint(path: str) -> tuple[int, int] | None:
    """When the file at *path* was changed, in nanoseconds, and its size; None if it is gone."""
    try:
        about = os.stat(path)  # noqa: PTH116 - for some thousand files
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size

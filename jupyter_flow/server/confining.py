"""What a browser may name: files below the server's root, as Jupyter itself would show them.

Whatever leads out of it, by ``..``, from the root of the file system or through a link, is as if it
were not there. So are hidden files, unless the server allows them.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from jupyter_flow.core.errors import NotFoundError


class Root:
    """The folder of the server."""

    def __init__(self, folder: Path, *, allow_hidden: bool = False) -> None:
        self.folder = folder.resolve()
        self._allow_hidden = allow_hidden

    def path(self, text: str) -> Path:
        """The path that *text* names. Raises NotFoundError for one that may not be named."""
        if self._is_plain(text):
            path = self.folder / text
            if self.holds(path):
                return path
        raise NotFoundError(
            f"there is no file {text!r} here",
            hint="Paths are below the server's root folder, with forward slashes.",
        )

    def holds(self, path: Path) -> bool:
        """Whether *path* is below the root, wherever links lead, and not hidden."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError):
            return False
        if not real.is_relative_to(self.folder) or not path.is_relative_to(self.folder):
            return False
        parts = (*path.relative_to(self.folder).parts, *real.relative_to(self.folder).parts)
        return self._allow_hidden or not any(part.startswith(".") for part in parts)

    @staticmethod
    def _is_plain(text: str) -> bool:
        has_drive = bool(PureWindowsPath(text).drive)
        is_odd = not text or not text.isprintable() or "\\" in text
        path = PurePosixPath(text)
        return not (is_odd or has_drive or path.is_absolute() or ".." in path.parts)

"""What a notebook gets for a file that another task handed on."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from . import serializer_of


class Artifact:
    """A file that a task handed on, not loaded yet: `load` gives the object.

    *of* is the type that the object had. It can be opened like a path. ``path`` must only be
    read; ``format`` says how it is written and
    ``type`` what it was, ``size`` is in bytes, ``preview`` says more of what is in it.
    """

    def __init__(
        self, path: str | PathLike[str], of: str = "", preview: Mapping[str, Any] | None = None
    ) -> None:
        self.path = Path(path)
        self.type = of
        self.preview = dict(preview or {})

    @property
    def format(self) -> str:
        return self.path.name.partition(".")[2]

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def load(self) -> Any:
        """The object: a new one each time. Its path, where no serializer knows the format."""
        serializer = serializer_of(self.format)
        if serializer is None:
            return self.path
        try:
            return serializer.read(self.path, self.type)
        except Exception as error:
            error.add_note(f"in loading {self!r}")
            raise

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"Artifact({str(self.path)!r}, {self.type!r})"


def load_artifact(path: str | PathLike[str], of: str = "") -> Any:
    """The object that was handed on as the file *path*; *of* is the type that it had.

    The line that gives an artifact to a notebook says this. Raises ImportError when a library that
    it needs is not installed in the kernel's environment, and what that library raises.
    """
    return Artifact(path, of).load()

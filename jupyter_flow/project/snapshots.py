"""Snapshots: notebooks as they were when a run was made, kept by the digest of their bytes.

A run executes snapshots only, so an edit during the run does not change it, and its source is
never touched. Notebooks kept as text are kept here in the format that is executed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from jupyter_flow.core.errors import ConflictError, NotFoundError

from .documents import ipynb_of_text, is_text
from .files import replace_file


class Snapshots:
    """The snapshots below one home folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "snapshots"

    def path(self, digest: str) -> Path:
        """Where the snapshot with that digest is, or would be."""
        return self._folder / f"{digest}.ipynb"

    def take(self, source: str | Path, digest: str) -> str:
        """Keep the notebook at *source*, whose bytes have that *digest*; returns the digest.

        What is kept already is not written again. Raises ConflictError when the file has another
        digest by now, NotFoundError when it is gone.
        """
        path, snapshot = Path(source), self.path(digest)
        if snapshot.exists() and (is_text(path) or _digest(snapshot.read_bytes()) == digest):
            return digest
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(
                f"notebook {path.name!r} is gone", hint=f"It was at {path}.", code="JF204"
            ) from error
        if _digest(content) != digest:
            raise ConflictError(
                f"notebook {path.name!r} was changed while the run was being made",
                hint="Start the run again.",
                code="JF304",
            )
        if is_text(path):
            content = ipynb_of_text(path, content, shown=str(path)).encode("utf-8")
        self._folder.mkdir(parents=True, exist_ok=True)
        replace_file(snapshot, content)
        return digest


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Artifacts in a folder of this machine: ``ab/<digest>.<format>``, read only.

Nothing is copied where the file system can link; what is put becomes visible by one rename.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from jupyter_flow.core.artifacts import is_file
from jupyter_flow.core.errors import FlowError, NotFoundError
from jupyter_flow.ports.artifacts import StoredArtifact

#: Who may read it stays as it was.
_NOBODY_WRITES = 0o7555
#: Where files are until they are whole. No artifact lies directly in the folder.
_UNFINISHED = "unfinished"


class FolderArtifacts:
    """Keeps artifacts in *folder*, which is made when it is needed. An `ArtifactStore`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def put(self, file: Path, name: str) -> None:
        """Keep *file*: by a hard link, which becomes read only, or by a copy."""
        if self._is_touched(self.path_of(name)):
            return
        with self.making(name) as draft:
            try:
                draft.hardlink_to(file)
            except OSError:  # another file system, or one without links
                shutil.copy(file, draft)

    @contextmanager
    def making(self, name: str) -> Iterator[Path]:
        """Where to make the file; it is kept when the block has ended without an error."""
        place = self.path_of(name)
        with told(self.folder), self._room() as room:
            draft = room / name
            yield draft
            if os.name == "posix":  # elsewhere, what is read only could not be removed either
                draft.chmod(draft.stat().st_mode & _NOBODY_WRITES)
            os.utime(draft)
            place.parent.mkdir(exist_ok=True)
            draft.replace(place)

    @contextmanager
    def _room(self) -> Iterator[Path]:
        """A folder of one's own, for as long as the block lasts."""
        (self.folder / _UNFINISHED).mkdir(parents=True, exist_ok=True)
        own = Path(mkdtemp(dir=self.folder / _UNFINISHED))
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def fetch(self, name: str) -> Path:
        path = self.path_of(name)
        if not path.is_file():
            raise NotFoundError(
                f"the artifact {name} is not in {self.folder}",
                hint="Its run was pruned or its file deleted: run the task that made it again.",
                code="JF608",
            )
        return path

    def has(self, name: str) -> bool:
        return self.path_of(name).is_file()

    def remove(self, name: str, *, put_before: datetime | None = None) -> None:
        place = self.path_of(name)
        with told(self.folder), suppress(FileNotFoundError), self._room() as room:
            # out of sight first: nobody can put it and be told that it is there
            gone = place.replace(room / name)
            if put_before is not None and gone.stat().st_mtime >= put_before.timestamp():
                gone.replace(place)

    def all(self) -> Iterator[StoredArtifact]:
        for path in self.folder.glob("??/*"):
            if is_file(path.name):
                with suppress(FileNotFoundError):  # it went while we looked
                    found = path.stat()
                    at = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield StoredArtifact(name=path.name, size=found.st_size, stored_at=at)

    def path_of(self, name: str) -> Path:
        """Where the artifact *name* is, or would be. Raises ValueError if it can be none."""
        if not is_file(name):
            raise ValueError(f"{name!r:.200} is no name of an artifact: <digest>.<format>")
        return self.folder / name[:2] / name

    def _is_touched(self, place: Path) -> bool:
        """Whether the file is there; it then is as young as if it had been put now."""
        with told(self.folder):
            try:
                os.utime(place)
            except FileNotFoundError:
                return False
        return True


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """An error of the file system, as one for people."""
    try:
        yield
    except OSError as error:
        raise FlowError(
            f"artifacts cannot be stored in {folder}: {error.strerror or error}",
            hint="See to the folder and its disk; then try the task again.",
            code="JF607",
        ) from error

"""Artifacts anywhere that fsspec reaches: S3, Google Cloud, Azure, SFTP, another disk.

Each is fetched once into a folder of this machine, where kernels read it, and is checked then.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_flow.core.artifacts import is_file
from jupyter_flow.core.errors import ConflictError, FlowError, NotFoundError
from jupyter_flow.ports.artifacts import StoredArtifact

from .folder import FolderArtifacts
from .place import Place

#: What is there and older than this is put once more, so that it counts as young.
_YOUNG = timedelta(minutes=30)


class RemoteArtifacts:
    """Keeps artifacts below *url*; those that are read here also in *cache*. An `ArtifactStore`.

    *now* is the time, by which it is told what was put long ago. *owner* names the store of those
    runs that say what is needed: the first to put anything is noted in the file ``owner``, and no
    other may remove anything. Raises ConflictError (JF611) then.
    """

    def __init__(
        self, url: str, cache: FolderArtifacts, *, now: Callable[[], datetime], owner: str
    ) -> None:
        self._place = Place(url, "the artifact store")
        self._owner = owner
        self._now = now
        self._cache = cache
        self._is_owned = False
        self._one_at_a_time: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def put(self, file: Path, name: str) -> None:
        if not self._is_young(_place_of(name), file.stat().st_size):
            self._note_owner()
            self._place.put(file, _place_of(name))
        self._cache.put(file, name)

    def fetch(self, name: str) -> Path:
        with self._one_at_a_time[name]:
            if not self._cache.has(name):
                with self._cache.making(name) as draft:
                    self._download(name, draft)
                    _check(draft, name)
        return self._cache.fetch(name)

    def has(self, name: str) -> bool:
        return self._place.about(_place_of(name)) is not None

    def remove(self, name: str, *, put_before: datetime | None = None) -> None:
        about = self._place.about(_place_of(name))
        if about is None:
            self._cache.remove(name, put_before=put_before)
            return
        # Read each time: of two who note themselves at once, the later one is it.
        if (owner := self._found_owner()) != self._owner:
            raise ConflictError(
                f"the artifacts in {self._place.shown} belong to the runs of {owner}",
                hint=f"Give each project a folder of its own; or remove {self._place.shown}/owner, "
                "if nobody else needs what is there.",
                code="JF611",
            )
        at = None if put_before is None else _stored_at(about) or self._now()
        if at is None or put_before is None or at < put_before:
            self._place.remove(_place_of(name))
            self._cache.remove(name)

    def all(self) -> Iterator[StoredArtifact]:
        """What is there; and what is only here, as another machine has removed it there."""
        here = {each.name: each for each in self._cache.all()}
        for path, about in self._place.find():
            name = path.rpartition("/")[2]
            if is_file(name) and path == _place_of(name):
                at = _stored_at(about) or self._now()
                here.pop(name, None)
                yield StoredArtifact(name=name, size=int(about["size"] or 0), stored_at=at)
        yield from here.values()

    def _note_owner(self) -> None:
        """From now on the store belongs to us, if it belonged to nobody. Looked at once."""
        if not self._is_owned:
            self._found_owner()
            self._is_owned = True

    def _found_owner(self) -> str:
        """Whom the store belongs to: from now on us, if it was nobody."""
        if self._place.about("owner") is None:
            self._place.write(self._owner.encode(), "owner")
        with self._place.reached("owner") as (system, path):
            return str(system.cat_file(path).decode())

    def _is_young(self, path: str, size: int) -> bool:
        """Whether it is there, whole, and will not be taken for an old one soon."""
        about = self._place.about(path)
        if about is None:
            return False
        at = _stored_at(about)
        return about["size"] == size and at is not None and self._now() - at < _YOUNG

    def _download(self, name: str, draft: Path) -> None:
        try:
            self._place.get(_place_of(name), draft)
        except FileNotFoundError as error:
            raise NotFoundError(
                f"the artifact {name} is not in {self._place.shown}",
                hint="Its run was pruned or its file deleted: run the task that made it again.",
                code="JF608",
            ) from error


def _place_of(name: str) -> str:
    """Where the artifact *name* is below the store's address."""
    if not is_file(name):
        raise ValueError(f"{name!r:.200} is no name of an artifact: <digest>.<format>")
    return f"{name[:2]}/{name}"


def _check(file: Path, name: str) -> None:
    """Raises FlowError if what arrived in *file* is not what its name says."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest != name.partition(".")[0]:
        raise FlowError(
            f"the artifact {name} has arrived with other content: its digest is {digest}",
            hint="The store has changed or lost a part of it: run the task that made it again.",
            code="JF610",
        )


def _stored_at(about: dict[str, Any]) -> datetime | None:
    """When the file was written, by whatever name it is told; None where it is not."""
    for key in ("LastModified", "last_modified", "mtime", "created", "updated", "modified"):
        found = about.get(key)
        if isinstance(found, datetime):
            return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        if isinstance(found, int | float):
            return datetime.fromtimestamp(found, UTC)
        if isinstance(found, str):
            return datetime.fromisoformat(found)
    return None

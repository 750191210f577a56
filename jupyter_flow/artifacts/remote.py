"""Artifacts anywhere that fsspec reaches: S3, Google Cloud, Azure, SFTP, another disk.

Each is fetched once into a folder of this machine, where kernels read it, and is checked then.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_flow.core.artifacts import is_file
from jupyter_flow.core.errors import ConflictError, FlowError, NotFoundError
from jupyter_flow.ports.artifacts import StoredArtifact

from .folder import FolderArtifacts

#: Stores in which a file appears only once all of it has arrived; elsewhere it is renamed then.
_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})
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
        self.url = url.rstrip("/")
        self._owner = owner
        self._now = now
        self._protocol = url.partition("://")[0]
        self._cache = cache
        self._one_at_a_time: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """fsspec's file system, and the path in it."""
        import fsspec

        system, path = fsspec.url_to_fs(self.url, skip_instance_cache=True)  # ours alone
        return system, path.rstrip("/")

    def put(self, file: Path, name: str) -> None:
        with self._at(name) as (system, path):
            if not self._is_young(path, file.stat().st_size):
                self._found_owner  # noqa: B018 - it is noted then
                if self._protocol not in _WHOLE:
                    self._upload_and_rename(system, file, path)
                else:
                    system.put_file(str(file), path)
        self._cache.put(file, name)

    def fetch(self, name: str) -> Path:
        with self._one_at_a_time[name]:
            if not self._cache.has(name):
                with self._cache.making(name) as draft, self._at(name) as (system, path):
                    self._download(system, path, draft)
                    _check(draft, name)
        return self._cache.fetch(name)

    def has(self, name: str) -> bool:
        with self._at(name) as (system, path):
            return bool(system.exists(path))

    def remove(self, name: str, *, put_before: datetime | None = None) -> None:
        if self._found_owner != self._owner:
            raise ConflictError(
                f"the artifacts in {self.url} belong to the runs of {self._found_owner}",
                hint=f"Give each project a folder of its own; or remove {self.url}/owner, if "
                "nobody else needs what is there.",
                code="JF611",
            )
        with self._at(name) as (system, path), suppress(FileNotFoundError):
            at = None if put_before is None else _stored_at(system.info(path)) or self._now()
            if at is None or put_before is None or at < put_before:
                system.rm_file(path)
                self._cache.remove(name)

    def all(self) -> Iterator[StoredArtifact]:
        with self._told():
            system, root = self._place
            system.invalidate_cache()
            try:
                found = system.find(root, detail=True)
            except FileNotFoundError:
                return
            for path, about in found.items():
                name = path.rpartition("/")[2]
                if is_file(name) and f"/{name[:2]}/" in path:
                    at = _stored_at(about) or self._now()
                    yield StoredArtifact(name=name, size=int(about["size"] or 0), stored_at=at)

    @cached_property
    def _found_owner(self) -> str:
        """Whom the store belongs to: from now on us, if it was nobody."""
        with self._told():
            system, root = self._place
            place = f"{root}/owner"
            if not system.exists(place):
                if self._protocol not in _WHOLE:  # there it would make a bucket
                    system.makedirs(root, exist_ok=True)
                system.pipe_file(place, self._owner.encode())
            return str(system.cat_file(place).decode())

    @contextmanager
    def _at(self, name: str) -> Iterator[tuple[Any, str]]:
        """The file system and the path of *name* in it; what goes wrong is told."""
        if not is_file(name):
            raise ValueError(f"{name!r:.200} is no name of an artifact: <digest>.<format>")
        with self._told():
            system, root = self._place
            system.invalidate_cache()  # what others put is to be seen at once
            yield system, f"{root}/{name[:2]}/{name}"

    def _is_young(self, path: str, size: int) -> bool:
        """Whether it is there, whole, and will not be taken for an old one soon."""
        system, _ = self._place
        try:
            about = system.info(path)
        except FileNotFoundError:
            return False
        at = _stored_at(about)
        return about["size"] == size and at is not None and self._now() - at < _YOUNG

    @staticmethod
    def _upload_and_rename(system: Any, file: Path, path: str) -> None:
        draft = f"{path}.{uuid4().hex}-unfinished"
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            system.put_file(str(file), draft)
            system.mv(draft, path)
        except BaseException:
            with suppress(Exception):
                system.rm_file(draft)
            raise

    def _download(self, system: Any, path: str, draft: Path) -> None:
        try:
            system.get_file(path, str(draft))
        except FileNotFoundError as error:
            raise NotFoundError(
                f"the artifact {draft.name} is not in {self.url}",
                hint="Its run was pruned or its file deleted: run the task that made it again.",
                code="JF608",
            ) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong far away, as an error for people."""
        try:
            yield
        except FlowError:
            raise
        except ImportError as error:
            raise FlowError(
                f"artifacts in {self.url} need a library that is not installed: {error}",
                hint="For s3:// say: pip install 'jupyterlab-flow[s3]'.",
                code="JF607",
            ) from error
        except Exception as error:
            # Each file system raises what its library raises: there is no narrower class.
            raise FlowError(
                f"the artifact store {self.url} cannot be used: {type(error).__name__}: {error}",
                hint="See to its address and to what gives access to it; then try the task again.",
                code="JF607",
            ) from error


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

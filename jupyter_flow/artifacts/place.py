"""A place that fsspec reaches: S3, Google Cloud, Azure, SFTP, another disk.

A file appears there with all that is in it, or not at all. Knows nothing of what the files are.

A place that does not answer costs time each time that it is asked. Who can do without it for now is
impatient: then it is asked less often, and not at all for a while after it has kept somebody
waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

from jupyter_flow.core.errors import FlowError
from jupyter_flow.whole import draft_name, is_draft

from . import s3

#: Stores in which a file appears only once all of it has arrived; elsewhere it is renamed then.
_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})
#: No library bounds how long sending takes. So many seconds, and one more for so many bytes, are
#: more than it ever does.
_ENOUGH, _SLOWEST = 60.0, 10_000
#: What fails only after so many seconds has not answered, and is left alone for so many.
_LONG, _PAUSE = 3.0, 15.0
#: A password in an address.
_PASSWORD = re.compile(r"(://[^/:@\s]*):[^/\s]*@")


class Place:
    """The files below *url*, by their names there. *what* it is, people are told when it fails.

    Connected to at the first use. Any thread may call.
    """

    def __init__(self, url: str, what: str, *, is_patient: bool = True) -> None:
        self._url = url.rstrip("/")
        self._what = what
        self._protocol = url.partition("://")[0]
        self._is_patient = is_patient
        self._silent_until = 0.0

    @property
    def shown(self) -> str:
        """Its address, as people may see it."""
        return _without_password(self._url)

    @cached_property
    def _found(self) -> tuple[Any, str]:
        """fsspec's file system, and the path in it."""
        import fsspec

        options: dict[str, Any] = {"skip_instance_cache": True}  # ours alone
        if self._protocol in s3.PROTOCOLS:
            options |= s3.settings(self._protocol, is_patient=self._is_patient)
        system, path = fsspec.url_to_fs(self._url, **options)
        if not self._is_patient and hasattr(system, "retries"):
            system.retries = 1  # those of its library are enough
        return system, path.rstrip("/")

    @contextmanager
    def reached(self, name: str = "", *, may_miss: bool = False) -> Iterator[tuple[Any, str]]:
        """fsspec's file system and the path of *name* in it; all that goes wrong is told.

        Raises FlowError (JF607); a FileNotFoundError as it is, where *may_miss*.
        """
        began = monotonic()
        if began < self._silent_until:
            raise self._unusable("it did not answer a moment ago")
        try:
            system, root = self._found
            system.invalidate_cache()  # what others put is to be seen at once
            yield system, f"{root}/{name}" if name else root
        except FlowError:
            raise
        except ImportError as error:
            raise FlowError(
                f"{self._what} {self.shown} needs a library that is not installed: {error}",
                hint="Install it with pip; for s3:// say: pip install 'jupyterlab-flow[s3]'.",
                code="JF607",
            ) from error
        except Exception as error:
            # Each file system raises what its library raises: there is no narrower class.
            if may_miss and isinstance(error, FileNotFoundError):
                raise
            if not self._is_patient and monotonic() - began > _LONG:
                self._silent_until = monotonic() + _PAUSE
            raise self._unusable(f"{type(error).__name__}: {error}") from error

    def _unusable(self, why: str) -> FlowError:
        return FlowError(
            f"{self._what} {self.shown} cannot be used: {_without_password(why)}",
            hint="See to its address and to what gives access to it; then try again.",
            code="JF607",
        )

    def put(self, file: Path, name: str) -> None:
        """Copy *file* there, in place of what was there."""
        with self.reached(name) as (system, path):
            if self._protocol in _WHOLE:
                _put_in_time(system, file, path)
            else:
                self._put_and_rename(system, file, path)

    def write(self, content: bytes, name: str) -> None:
        """Put a small file with that *content*."""
        with self.reached(name) as (system, path):
            if self._protocol not in _WHOLE:  # there it would make a bucket
                system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.pipe_file(path, content)

    def get(self, name: str, file: Path) -> None:
        """Copy what is there to *file*. Raises FileNotFoundError when nothing is."""
        with self.reached(name, may_miss=True) as (system, path):
            system.get_file(path, str(file))

    def about(self, name: str) -> dict[str, Any] | None:
        """What the file system knows of the file; None when there is none."""
        try:
            with self.reached(name, may_miss=True) as (system, path):
                about: dict[str, Any] = system.info(path)
        except FileNotFoundError:
            return None
        return about

    def find(self, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """All files below *name*, with what is known of them; none when it is no folder.

        Drafts are left out.
        """
        try:
            with self.reached(name, may_miss=True) as (system, path):
                root = self._found[1]
                found: dict[str, dict[str, Any]] = system.find(path, detail=True)
        except FileNotFoundError:
            return
        for each, about in found.items():
            if not is_draft(each):
                yield each[len(root) + 1 :], about

    def remove(self, name: str) -> None:
        """Remove the file, or the folder with all in it. Nothing happens when there is none."""
        with suppress(FileNotFoundError), self.reached(name, may_miss=True) as (system, path):
            system.rm(path, recursive=True)

    @staticmethod
    def _put_and_rename(system: Any, file: Path, path: str) -> None:
        folder = path.rpartition("/")[0]
        draft = f"{folder}/{draft_name()}"
        system.makedirs(folder, exist_ok=True)
        try:
            system.put_file(str(file), draft)
            system.mv(draft, path)
        except BaseException:
            with suppress(Exception):
                system.rm_file(draft)
            raise


def _without_password(text: str) -> str:
    return _PASSWORD.sub(r"\1:***@", text)


def _put_in_time(system: Any, file: Path, path: str) -> None:
    if not system.async_impl:
        system.put_file(str(file), path)
        return
    from fsspec.asyn import sync

    enough = _ENOUGH + file.stat().st_size / _SLOWEST
    put = system._put_file  # noqa: SLF001 - what a file system of its own is to define
    sync(system.loop, put, str(file), path, timeout=enough)

"""The home that machines share: a place that fsspec reaches, laid out as each one's own home.

Beside the files of this home it is noted which of them are as they are there, so that what does
not change any more is asked for once; and which are to be put there as soon as that can be.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from jupyter_flow.ports.shared_home import SharedHome
from jupyter_flow.whole import is_draft, whole, write_whole

from .place import Place

#: What is noted of a file that will not change any more.
_LAST = "last"


def open_shared_home(url: str, home: Path) -> SharedHome:
    """What *home* shares at *url*; with nobody for "". Opens no connection yet."""
    return RemoteHome(url, home) if url else LoneHome()


class LoneHome:
    """A home that is shared with nobody. A `SharedHome`."""

    is_shared = False

    def put(self, path: Path, *, is_last: bool = True) -> None:
        """Nothing: nobody would look for it."""

    def owe(self, what: str, paths: Sequence[Path]) -> None:
        """Nothing: it is owed to nobody."""

    def owed(self) -> list[str]:
        return []

    def settle(self, what: str) -> None:
        """Nothing: nothing is owed."""

    def fetch(self, path: Path, *, is_last: bool = True) -> None:
        """Nothing: what is not here is nowhere."""

    def has(self, path: Path) -> bool:
        return path.exists()

    def knew(self, path: Path) -> bool:  # noqa: ARG002
        return False

    def remove(self, path: Path) -> None:
        """Nothing: nobody found it."""


class RemoteHome:
    """Shares *home* at *url*, an address of fsspec. A `SharedHome`."""

    is_shared = True

    def __init__(self, url: str, home: Path) -> None:
        self._place = Place(url, "the shared home", is_patient=False)
        self._home = home
        self._notes = home / "shared"
        self._debts = home / "unshared"

    def put(self, path: Path, *, is_last: bool = True) -> None:
        for file in _files_in(path):
            with suppress(FileNotFoundError):  # it went while we looked
                self._place.put(file, self._name(file))
                if is_last:
                    self._note(file, _LAST)

    def owe(self, what: str, paths: Sequence[Path]) -> None:
        names = [self._name(each) for each in paths]
        write_whole(self._debt(what), json.dumps(names).encode())

    def owed(self) -> list[str]:
        return [each.stem for each in sorted(self._debts.glob("*.json"))]

    def settle(self, what: str) -> None:
        try:
            names = json.loads(self._debt(what).read_text("utf-8"))
        except FileNotFoundError:
            return
        except ValueError:  # written when the power went
            return
        for name in names:
            for file in _files_in(self._home / name):
                if not self._is_put(file):  # some were, when it was interrupted
                    self.put(file)
        self._debt(what).unlink(missing_ok=True)

    def fetch(self, path: Path, *, is_last: bool = True) -> None:
        noted = self._noted(path)
        if path.is_file() and (noted == _LAST or (not noted and not is_last)):
            return
        about = self._place.about(self._name(path))
        if about is None:
            return
        if about["type"] == "directory":
            for name, _ in self._place.find(self._name(path)):
                self._fetch_file(self._home / name, is_last=is_last)
        else:
            self._fetch_file(path, is_last=is_last)

    def has(self, path: Path) -> bool:
        return self._place.about(self._name(path)) is not None

    def knew(self, path: Path) -> bool:
        return (self._notes / self._name(path)).exists()

    def remove(self, path: Path) -> None:
        self._place.remove(self._name(path))
        note = self._notes / self._name(path)
        shutil.rmtree(note, ignore_errors=True)
        note.unlink(missing_ok=True)

    # -- within --------------------------------------------------------------------------------

    def _fetch_file(self, file: Path, *, is_last: bool) -> None:
        noted = self._noted(file)
        if noted == _LAST and file.exists():
            return
        with self._place.reached(self._name(file)) as (system, path):
            version = str(system.ukey(path))
        if noted != version or not file.exists():
            try:
                with whole(file) as draft:
                    self._place.get(self._name(file), draft)
            except FileNotFoundError:  # it went while we looked
                return
        self._note(file, _LAST if is_last else version)

    def _is_put(self, file: Path) -> bool:
        """Whether it is there as it is here, for good."""
        if self._noted(file) != _LAST:
            return False
        with suppress(OSError):
            noted_at = (self._notes / self._name(file)).stat().st_mtime_ns
            return noted_at >= file.stat().st_mtime_ns
        return False

    def _debt(self, what: str) -> Path:
        return self._debts / f"{what}.json"

    def _name(self, path: Path) -> str:
        return path.relative_to(self._home).as_posix()

    def _noted(self, file: Path) -> str:
        """What is noted of the file; "" if it is not known to be as it is there."""
        try:
            return (self._notes / self._name(file)).read_text("utf-8")
        except OSError:
            return ""

    def _note(self, file: Path, what: str) -> None:
        note = self._notes / self._name(file)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(what, "utf-8")


def _files_in(path: Path) -> Iterator[Path]:
    """*path* if it is a file, all files below if it is a folder; drafts not."""
    if path.is_file():
        yield path
    elif path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file() and not is_draft(each.name):
                yield each

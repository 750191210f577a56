"""What every artifact store promises, as tests.

Derive a class from `ArtifactStoreContract`, give it the fixture ``open_store``, and pytest holds
your store to the port::

    class TestMyStore(ArtifactStoreContract):
        @pytest.fixture
        def open_store(self, tmp_path):
            return lambda machine: MyStore(..., cache=tmp_path / machine)

Each call opens the same store (empty at first) once more, as a process of that machine would.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.ports.artifacts import ArtifactStore

OpenStore = Callable[[str], ArtifactStore]

#: Before anything was put, and after everything.
PAST, FUTURE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def made(folder: Path, content: bytes = b"content", form: str = "bin") -> tuple[Path, str]:
    """A new file with *content* in *folder*, and the name that it is to be stored under."""
    folder.mkdir(exist_ok=True)
    path = folder / f"made-{len(list(folder.iterdir()))}"
    path.write_bytes(content)
    return path, f"{hashlib.sha256(content).hexdigest()}.{form}"


class ArtifactStoreContract:
    """The promises of `jupyter_flow.ports.artifacts.ArtifactStore`."""

    @pytest.fixture
    def store(self, open_store: OpenStore) -> ArtifactStore:
        return open_store("here")

    def test_what_was_put_is_fetched_on_every_machine(
        self, open_store: OpenStore, tmp_path: Path
    ) -> None:
        file, name = made(tmp_path / "files", form="plotly.json")
        open_store("here").put(file, name)

        for machine in ("here", "there"):
            store = open_store(machine)
            fetched = store.fetch(name)
            assert store.has(name)
            assert (fetched.name, fetched.read_bytes()) == (name, b"content")
        assert file.read_bytes() == b"content"

    def test_what_is_fetched_can_only_be_read(self, store: ArtifactStore, tmp_path: Path) -> None:
        file, name = made(tmp_path / "files")
        store.put(file, name)

        assert store.fetch(name).stat().st_mode & 0o222 == 0

    def test_it_is_stored_once_however_often_it_is_put(
        self, open_store: OpenStore, tmp_path: Path
    ) -> None:
        for machine in ("here", "here", "there"):
            file, name = made(tmp_path / "files")
            open_store(machine).put(file, name)

        (found,) = open_store("here").all()
        now = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        assert (found.name, found.size) == (name, 7)
        assert abs(found.stored_at - now) < timedelta(minutes=5)

    def test_an_empty_file_is_a_file(self, store: ArtifactStore, tmp_path: Path) -> None:
        file, name = made(tmp_path / "files", b"")
        store.put(file, name)

        assert store.fetch(name).read_bytes() == b""
        assert [each.size for each in store.all()] == [0]

    def test_what_is_not_there_is_told(self, store: ArtifactStore, tmp_path: Path) -> None:
        _, name = made(tmp_path / "files")

        assert list(store.all()) == []
        assert not store.has(name)
        store.remove(name)
        with pytest.raises(NotFoundError) as caught:
            store.fetch(name)
        assert caught.value.code == "JF608"

    @pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "0" * 64, f"{'0' * 64}.a/b"])
    def test_a_name_that_is_none_is_refused(self, store: ArtifactStore, name: str) -> None:
        for use in (store.fetch, store.has, store.remove):
            with pytest.raises(ValueError, match="no name of an artifact"):
                use(name)

    def test_what_is_removed_is_gone_and_can_be_put_again(
        self, open_store: OpenStore, tmp_path: Path
    ) -> None:
        store = open_store("here")
        (file, name), (other, kept) = made(tmp_path / "files"), made(tmp_path / "files", b"kept")
        store.put(file, name)
        store.put(other, kept)

        store.remove(name)
        assert [each.name for each in store.all()] == [kept]
        for machine in ("here", "there"):
            with pytest.raises(NotFoundError):
                open_store(machine).fetch(name)

        store.put(file, name)
        assert store.fetch(name).read_bytes() == b"content"

    def test_what_was_put_since_is_not_removed(self, store: ArtifactStore, tmp_path: Path) -> None:
        file, name = made(tmp_path / "files")
        store.put(file, name)

        store.remove(name, put_before=PAST)
        assert store.has(name)
        store.remove(name, put_before=FUTURE)
        assert not store.has(name)

    def test_many_may_put_and_fetch_the_same_at_once(
        self, open_store: OpenStore, tmp_path: Path
    ) -> None:
        content = b"x" * 1_000_000
        files = [made(tmp_path / "files", content) for _ in range(6)]
        together = threading.Barrier(len(files))

        def put_and_fetch(number: int) -> bytes:
            store = open_store("here" if number % 2 else "there")
            file, name = files[number]
            together.wait()
            store.put(file, name)
            return store.fetch(name).read_bytes()

        with ThreadPoolExecutor(len(files)) as threads:
            found = list(threads.map(put_and_fetch, range(len(files))))

        assert all(each == content for each in found)
        assert len(list(open_store("here").all())) == 1

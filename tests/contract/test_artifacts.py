"""The artifact stores that ship keep the contract: a folder, memory, and S3 as a server of it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import fsspec
import pytest
import s3fs

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.artifacts import open_artifacts
from jupyter_flow.artifacts.folder import FolderArtifacts
from jupyter_flow.artifacts.remote import RemoteArtifacts
from jupyter_flow.core.errors import ConflictError, FlowError, NotFoundError
from jupyter_flow.testing.artifacts import ArtifactStoreContract, OpenStore, made

now = SystemClock().now


def remote(url: str, cache: Path, owner: str = "sqlite://") -> RemoteArtifacts:
    return RemoteArtifacts(url, FolderArtifacts(cache), now=now, owner=owner)


class TestFolder(ArtifactStoreContract):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> OpenStore:
        return lambda _machine: FolderArtifacts(tmp_path / "artifacts")

    def test_nothing_is_copied_where_the_disk_can_link(self, tmp_path: Path) -> None:
        store = FolderArtifacts(tmp_path / "artifacts")
        file, name = made(tmp_path / "files")
        store.put(file, name)

        assert store.fetch(name).samefile(file)
        assert file.stat().st_mode & 0o222 == 0

    def test_who_may_not_read_it_still_may_not(self, tmp_path: Path) -> None:
        store = FolderArtifacts(tmp_path / "artifacts")
        file, name = made(tmp_path / "files")
        file.chmod(0o600)
        store.put(file, name)

        assert store.fetch(name).stat().st_mode & 0o777 == 0o400

    def test_where_it_cannot_a_copy_is_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(self: Path, target: Path) -> None:
            raise OSError(18, "Invalid cross-device link")

        monkeypatch.setattr(Path, "hardlink_to", refuse)
        store = FolderArtifacts(tmp_path / "artifacts")
        file, name = made(tmp_path / "files")
        store.put(file, name)

        assert store.fetch(name).read_bytes() == b"content"
        assert not store.fetch(name).samefile(file)

    def test_a_put_that_fails_leaves_nothing(self, tmp_path: Path) -> None:
        store = FolderArtifacts(tmp_path / "artifacts")
        _, name = made(tmp_path / "files")
        with pytest.raises(FlowError) as caught:
            store.put(tmp_path / "not there", name)

        assert caught.value.code == "JF607"
        assert not store.has(name)
        assert [each for each in store.folder.rglob("*") if each.is_file()] == []


class TestMemory(ArtifactStoreContract):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> OpenStore:
        url = f"memory://{uuid4().hex}/kept"
        return lambda machine: remote(url, tmp_path / machine)


class TestAnotherDisk(ArtifactStoreContract):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> OpenStore:
        url = f"file://{tmp_path / 'mounted'}"
        return lambda machine: remote(url, tmp_path / machine)


class TestS3(ArtifactStoreContract):
    @pytest.fixture
    def url(self, s3_environment: None) -> str:
        bucket = f"bucket-{uuid4().hex}"
        fsspec.filesystem("s3").mkdir(bucket)
        return f"s3://{bucket}/team/artifacts"

    @pytest.fixture
    def open_store(self, url: str, tmp_path: Path) -> OpenStore:
        return lambda machine: remote(url, tmp_path / machine)

    def test_it_is_fetched_once(self, open_store: OpenStore, url: str, tmp_path: Path) -> None:
        file, name = made(tmp_path / "files")
        open_store("here").put(file, name)
        first = open_store("there").fetch(name)
        fsspec.filesystem("s3").rm(url, recursive=True)

        assert open_store("there").fetch(name) == first
        with pytest.raises(NotFoundError, match="run the task that made it again"):
            open_store("elsewhere").fetch(name)

    def test_what_others_may_need_is_not_removed(
        self, open_store: OpenStore, url: str, tmp_path: Path
    ) -> None:
        file, name = made(tmp_path / "files")
        open_store("here").put(file, name)
        other = remote(url, tmp_path / "there", owner="postgresql://elsewhere/runs")
        assert other.fetch(name).read_bytes() == b"content"
        other.put(file, name)

        with pytest.raises(ConflictError, match="belong to the runs of sqlite://") as caught:
            other.remove(name)
        assert caught.value.code == "JF611"
        assert other.has(name)

    def test_what_arrives_changed_is_refused_and_not_kept(
        self, open_store: OpenStore, url: str, tmp_path: Path
    ) -> None:
        file, name = made(tmp_path / "files")
        open_store("here").put(file, name)
        system = fsspec.filesystem("s3")
        system.pipe_file(f"{url}/{name[:2]}/{name}", b"changed")

        for _ in range(2):
            with pytest.raises(FlowError) as caught:
                open_store("there").fetch(name)
            assert caught.value.code == "JF610"

    def test_half_an_upload_is_no_artifact_and_is_made_good(
        self, open_store: OpenStore, url: str, tmp_path: Path
    ) -> None:
        file, name = made(tmp_path / "files")
        system = fsspec.filesystem("s3")
        system.pipe_file(f"{url}/{name[:2]}/{name}", b"con")
        open_store("here").put(file, name)

        assert open_store("there").fetch(name).read_bytes() == b"content"

    def test_a_bucket_that_is_not_there_is_a_clear_failure(
        self, s3_environment: None, tmp_path: Path
    ) -> None:
        file, name = made(tmp_path / "files")
        with pytest.raises(FlowError) as caught:
            remote("s3://no-such-bucket/x", tmp_path / "cache").put(file, name)

        assert caught.value.code == "JF607"
        assert "s3://no-such-bucket/x" in str(caught.value)


def test_an_address_of_no_kind_is_a_clear_failure(tmp_path: Path) -> None:
    file, name = made(tmp_path / "files")
    with pytest.raises(FlowError, match="nosuch://") as caught:
        open_artifacts("nosuch://x", tmp_path, now=now).put(file, name)

    assert caught.value.code == "JF607"


def test_a_store_that_does_not_answer_is_told_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    file, name = made(tmp_path / "files")
    store = open_artifacts("s3://bucket/x", tmp_path, now=now)
    for _ in range(2):
        with pytest.raises(FlowError, match="cannot be used") as caught:
            store.put(file, name)
        assert caught.value.code == "JF607"


def test_of_two_who_come_first_at_once_one_may_remove_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"memory://{uuid4().hex}"
    one, other = (remote(url, tmp_path / owner, owner) for owner in ("one", "other"))
    (file, name), write = made(tmp_path / "files"), one._place.write

    def write_later(content: bytes, where: str) -> None:
        other.put(file, name)
        write(content, where)

    monkeypatch.setattr(one._place, "write", write_later)
    one.put(file, name)

    with pytest.raises(ConflictError, match="JF611"):
        other.remove(name)
    one.remove(name)
    assert not one.has(name)


def test_what_another_machine_removed_does_not_stay_here_for_ever(tmp_path: Path) -> None:
    url = f"memory://{uuid4().hex}"
    here, there = (remote(url, tmp_path / machine) for machine in ("here", "there"))
    file, name = made(tmp_path / "files")
    here.put(file, name)
    there.fetch(name)
    here.remove(name)

    for each in there.all():
        there.remove(each.name)

    assert not list((tmp_path / "there").glob("??/*"))

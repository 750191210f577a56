"""The shared homes that ship keep the contract: another disk, memory, and S3."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from jupyter_flow.artifacts.place import Place
from jupyter_flow.artifacts.shared_home import RemoteHome
from jupyter_flow.core.errors import FlowError
from jupyter_flow.testing.shared_home import OpenHome, SharedHomeContract, written


class TestAnotherDisk(SharedHomeContract):
    @pytest.fixture
    def open_home(self, tmp_path: Path) -> OpenHome:
        return lambda home: RemoteHome(f"file://{tmp_path / 'mounted'}", home)


class TestMemory(SharedHomeContract):
    @pytest.fixture
    def open_home(self) -> OpenHome:
        url = f"memory://{uuid4().hex}/flows"
        return lambda home: RemoteHome(url, home)


class TestS3(SharedHomeContract):
    @pytest.fixture
    def open_home(self, s3_environment: None) -> OpenHome:
        bucket = f"bucket-{uuid4().hex}"
        fsspec.filesystem("s3").mkdir(bucket)
        return lambda home: RemoteHome(f"s3://{bucket}/team/flows", home)

    def test_a_bucket_that_is_not_there_is_a_clear_error(
        self, s3_environment: None, here: Path
    ) -> None:
        home = RemoteHome("s3://no-such-bucket/flows", here)

        with pytest.raises(FlowError, match="the shared home s3://no-such-bucket/flows") as caught:
            home.put(written(here / "1.log", "x"))

        assert caught.value.code == "JF607"


def test_what_is_owed_goes_on_where_it_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, put, names = tmp_path / "here", Place.put, list[str]()
    home = RemoteHome(f"file://{tmp_path / 'mounted'}", here)
    for name in ("a", "b", "c"):
        written(here / "made" / name, name)
    home.owe("made", [here / "made"])

    def interrupted(place: Place, file: Path, name: str) -> None:
        names.append(name)
        if names == ["made/a", "made/b"]:
            raise FlowError("the link is cut")
        put(place, file, name)

    monkeypatch.setattr(Place, "put", interrupted)
    with pytest.raises(FlowError):
        home.settle("made")
    home.settle("made")
    assert names == ["made/a", "made/b", "made/b", "made/c"]

    written(here / "made" / "a", "made again")
    later = (here / "made" / "a").stat().st_mtime + 10
    os.utime(here / "made" / "a", (later, later))
    home.owe("made", [here / "made"])
    home.settle("made")
    assert names[4:] == ["made/a"], "it is not what was put"


def test_no_password_is_told(tmp_path: Path) -> None:
    home = RemoteHome("no-such-kind://ada:s3:cr@t@host/flows", tmp_path)

    with pytest.raises(FlowError) as caught:
        home.has(tmp_path / "a")

    assert "no-such-kind://ada:***@host/flows cannot be used" in str(caught.value)
    assert "cr@t" not in str(caught.value)

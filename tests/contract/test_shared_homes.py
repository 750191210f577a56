"""The shared homes that ship keep the contract: another disk, memory, and S3."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

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

"""Of many services that are started in the background at one moment, one stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_flow.app.launching import start_service, the_only_one
from jupyter_flow.app.settings import Settings
from jupyter_flow.core.errors import FlowError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such locks")


def test_one_that_serves_keeps_others_out(tmp_path: Path) -> None:
    with (
        the_only_one(tmp_path, wanted=True, is_served=lambda: False) as first,
        the_only_one(tmp_path, wanted=True, is_served=lambda: True) as second,
    ):
        assert first is not None
        assert second is None


def test_one_that_is_about_to_end_is_waited_for(tmp_path: Path) -> None:
    with the_only_one(tmp_path, wanted=True, is_served=lambda: False) as first:
        assert first is not None

        def ends() -> bool:
            first()
            return False

        with the_only_one(tmp_path, wanted=True, is_served=ends) as second:
            assert second is not None


def test_one_that_serves_in_the_foreground_keeps_nobody_out(tmp_path: Path) -> None:
    with (
        the_only_one(tmp_path, wanted=False, is_served=lambda: True) as first,
        the_only_one(tmp_path, wanted=True, is_served=lambda: True) as second,
    ):
        assert first is not None
        assert second is not None


def test_why_a_service_could_not_be_started_is_told_in_whole(tmp_path: Path) -> None:
    settings = Settings.read(tmp_path, {})
    (tmp_path / "jupyter_flow.toml").write_text('executor = "dask"\n')

    with pytest.raises(FlowError) as caught:
        start_service(settings)

    assert "the executor 'dask' needs a cluster" in caught.value.what
    assert "Say --dask-scheduler" in caught.value.what

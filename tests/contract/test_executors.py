"""Every executor keeps the promises of the port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from jupyter_flow.app.equipment import equip
from jupyter_flow.artifacts.folder import FolderArtifacts
from jupyter_flow.artifacts.shared_home import RemoteHome
from jupyter_flow.execution.dask.clusters import Cluster, ClusterConfig
from jupyter_flow.execution.dask.executor import DaskExecutor
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.sharing import SharingExecutor
from jupyter_flow.execution.stopping import Graces
from jupyter_flow.testing.executors import ExecutorContract, ScriptedExecutor, play_scene


class TestScriptedExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Iterator[ScriptedExecutor]:
        made = ScriptedExecutor(play_scene)
        yield made
        made.close()


class TestLocalExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Iterator[LocalExecutor]:
        made = LocalExecutor(graces=Graces(interrupt=2.0, terminate=2.0))
        yield made
        made.close()


class TestSharingExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self, tmp_path: Path) -> Iterator[SharingExecutor]:
        shared = RemoteHome(f"file://{tmp_path / 'mounted'}", tmp_path)
        made = SharingExecutor(ScriptedExecutor(play_scene), shared, tmp_path)
        yield made
        made.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of two workers, each with a folder of its own."""
    from distributed import LocalCluster

    # Dask says things to its workers by our environment, and leaves them there.
    with patch.dict(os.environ):
        cluster = LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            processes=True,
            dashboard_address=":0",
            local_directory=str(tmp_path_factory.mktemp("workers")),
        )
        yield cluster.scheduler_address
        cluster.close()


class _OfDask(ExecutorContract):
    shares_disk: bool | None = None

    @pytest.fixture
    def executor(self, scheduler: str, tmp_path: Path) -> Iterator[DaskExecutor]:
        made = DaskExecutor(
            Cluster(ClusterConfig(scheduler=scheduler)),
            home=tmp_path / "home",
            equip=partial(equip, artifact_store="", owner="", load_limit=2**20),
            artifacts=FolderArtifacts(tmp_path / "home" / "artifacts"),
            shares_disk=self.shares_disk,
        )
        yield made
        made.close()


class TestDaskExecutorWithADisk(_OfDask):
    """The workers see the folders of the project: that is found out."""


class TestDaskExecutorWithoutADisk(_OfDask):
    shares_disk = False

"""Settings come from the environment, then from files, then the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.app.settings import Settings
from jupyter_flow.core.errors import UsageError


def test_a_folder_without_settings_keeps_its_runs_in_itself(tmp_path: Path) -> None:
    settings = Settings.read(tmp_path, {})

    assert settings.home == tmp_path / ".jupyter_flow"
    assert settings.database == f"sqlite:///{tmp_path}/.jupyter_flow/flow.db"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "jupyter_flow.toml").write_text("max_parallel = 3\nmemory_reserve = 7\n")

    settings = Settings.read(tmp_path, {"JUPYTER_FLOW_MAX_PARALLEL": "5"})

    assert (settings.max_parallel, settings.memory_reserve) == (5, 7)


def test_a_folder_below_a_project_belongs_to_it(tmp_path: Path) -> None:
    (tmp_path / "jupyter_flow.toml").write_text("home = 'kept'\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    settings = Settings.read(below, {})

    assert (settings.folder, settings.home) == (below, tmp_path / "kept")


def test_the_table_in_pyproject_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.jupyter_flow.pools]\ngpu = 1\n")

    assert Settings.read(tmp_path, {}).pools == {"gpu": 1}


def test_pools_can_be_written_in_one_word(tmp_path: Path) -> None:
    settings = Settings.read(tmp_path, {"JUPYTER_FLOW_POOLS": "gpu=1, db=4"})

    assert settings.pools == {"gpu": 1, "db": 4}


@pytest.mark.parametrize(
    "words",
    ["tcp://host:8786", '{"scheduler": "tcp://host:8786", "shared_disk": true}'],
)
def test_a_cluster_is_an_address_or_a_table_and_has_room_for_many(
    tmp_path: Path, words: str
) -> None:
    environ = {"JUPYTER_FLOW_EXECUTOR": "dask", "JUPYTER_FLOW_DASK": words}

    settings = Settings.read(tmp_path, environ)

    assert settings.dask["scheduler"] == "tcp://host:8786"
    assert settings.max_parallel == 1000


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", [".jupyter_flow"]),
        ("home = 'kept'\nartifact_store = 'things'", ["kept", "things"]),
        ("shared_home = 'shared'", [".jupyter_flow", "shared", "shared/artifacts"]),
        ("shared_home = 's3://team/churn'", [".jupyter_flow"]),
    ],
)
def test_the_folders_that_runs_are_kept_in_are_known(
    tmp_path: Path, text: str, names: list[str]
) -> None:
    (tmp_path / "jupyter_flow.toml").write_text(text)

    assert list(Settings.read(tmp_path, {}).kept) == [tmp_path / name for name in names]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max_paralel = 3", "no setting called 'max_paralel'"),
        ("max_parallel = -1", "cannot be -1"),
        ("max_parallel = 1.5", "cannot be 1.5"),
        ("pools = 3", "cannot be 3"),
        ("max_parallel", "jupyter_flow.toml is no TOML"),
        ("executor = 'celery'", "cannot be 'celery'"),
        ("executor = 'dask'", "needs a cluster"),
        ("executor = 'dask'\ndask = {scheduler = 'a', cluster = 'b.C'}", "needs a cluster"),
        ("shared_home = 's3:/team/churn'", "cannot be 's3:/team/churn'"),
        ("artifact_store = 's3:team'", "cannot be 's3:team'"),
        ("dask = {schedular = 'a'}", "cannot be"),
        ("dask = {workers = 'two'}", "cannot be"),
        ("executor = 'dask'\ndask = {cluster = 'LocalCluster'}", "cannot be"),
    ],
)
def test_what_cannot_be_understood_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "jupyter_flow.toml").write_text(text)

    with pytest.raises(UsageError, match=words):
        Settings.read(tmp_path, {})

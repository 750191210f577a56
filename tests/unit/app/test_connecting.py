"""The connections of a project: what is listed, what is tried, and what is never shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_flow.app.connecting import Connections, Known
from jupyter_flow.connections import NoConnectionError
from jupyter_flow.core.errors import FlowError


def test_what_can_be_listed_shows_no_password(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text(
        'warehouse = "postgresql://ada:hunter-2@db.example.com/sales"\n'
        'api = "https://x:{{ secret(\\"MISSING\\") }}@api.example.com"\n'
    )
    here = Connections(tmp_path, {"JUPYTER_FLOW_CONN_LAKE": "duckdb:///lake.db"})

    api, lake, warehouse = here.all()
    assert (api.name, api.shown) == ("api", "")
    assert "MISSING" in api.problem
    assert (lake.name, lake.source) == ("lake", "the variable JUPYTER_FLOW_CONN_LAKE")
    assert warehouse == Known(name="warehouse", source=str(file), shown=warehouse.shown, problem="")
    assert "db.example.com" in warehouse.shown
    assert "hunter-2" not in repr(here.all())


def test_one_whose_secret_is_missing_is_there(tmp_path: Path) -> None:
    (tmp_path / "connections.toml").write_text("""api = 'https://{{ secret("MISSING") }}@x.y'""")
    here = Connections(tmp_path, {})
    assert here.has("api")
    assert not here.has("other")


def test_a_database_that_is_there_answers(tmp_path: Path) -> None:
    here = Connections(tmp_path, {"JUPYTER_FLOW_CONN_DB": f"sqlite:///{tmp_path / 'x.db'}"})
    assert "answers: sqlite 3." in here.try_out("db")


def test_what_does_not_work_is_told_without_the_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://ada:hunter-2@127.0.0.1:1/x"
    here = Connections(tmp_path, {"JUPYTER_FLOW_CONN_DB": url})
    with pytest.raises(FlowError, match="the connection 'db' does not work") as caught:
        here.try_out("db")
    assert caught.value.code == "JF326"
    assert "hunter-2" not in str(caught.value)
    assert "JUPYTER_FLOW_CONN_DB" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("duckdb:///lake.db", "duckdb_engine", "duckdb"),
        ("postgresql+psycopg://ada:hunter-2@h/db", "psycopg", "postgres"),
    ],
)
def test_a_driver_that_is_missing_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(NoConnectionError, match=f"needs the package '{package}'") as caught:
        Connections(tmp_path, {"JUPYTER_FLOW_CONN_DB": url}).try_out("db")
    assert f"pip install 'jupyterlab-flow[{extra}]'" in caught.value.hint
    assert "hunter-2" not in str(caught.value)


def test_what_is_nowhere_cannot_be_tried(tmp_path: Path) -> None:
    with pytest.raises(NoConnectionError, match="there is no connection 'db'"):
        Connections(tmp_path, {}).try_out("db")


@pytest.mark.parametrize(("mode", "is_open"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_noticed(tmp_path: Path, mode: int, is_open: bool) -> None:
    here = Connections(tmp_path, {})
    assert not here.is_open
    here.file.write_text("")
    here.file.chmod(mode)
    assert here.is_open is is_open

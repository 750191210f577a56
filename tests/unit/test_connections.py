"""Connections are found where people keep them, and what they hide is not to be seen."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from jupyter_flow.connections import (
    Connection,
    NoConnectionError,
    connection,
    is_open_to_others,
    known,
)
from jupyter_flow.secrets import SERVICE, SecretError

URL = "postgresql://ada:pw%2Fword@db.example.com/sales"


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring as the package of that name has it."""
    kept: dict[str, str] = {}
    package, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = KeyError  # type: ignore[attr-defined]
    package.get_password = (  # type: ignore[attr-defined]
        lambda service, name: kept[name] if service == SERVICE else None
    )
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return kept


def test_the_environment_comes_before_the_file_and_that_before_the_keyring(
    tmp_path: Path, keyring: dict[str, str]
) -> None:
    file = tmp_path / "connections.toml"
    file.write_text('ware-house = "sqlite:///file.db"\n')
    keyring["connection:ware-house"] = "sqlite:///keyring.db"
    environ = {"JUPYTER_FLOW_CONN_WARE_HOUSE": "sqlite:///environ.db"}

    def found(**given: object) -> tuple[str, str]:
        each = connection("ware-house", home=tmp_path, **given)  # type: ignore[arg-type]
        return each.url, each.source

    variable = "the variable JUPYTER_FLOW_CONN_WARE_HOUSE"
    assert found(environ=environ) == ("sqlite:///environ.db", variable)
    assert found(environ={}) == ("sqlite:///file.db", str(file))
    file.unlink()
    assert found(environ={}) == ("sqlite:///keyring.db", "the keyring of the system")


def test_what_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "connections.toml").write_text('warehouse = "sqlite://"')
    with pytest.raises(NoConnectionError) as caught:
        connection("warehose", environ={}, home=tmp_path)
    assert str(caught.value) == (
        "JF325: there is no connection 'warehose'\n"
        "  Set JUPYTER_FLOW_CONN_WAREHOSE to its URL, or write it into "
        f"{tmp_path / 'connections.toml'}: warehose = \"…\". Did you mean 'warehouse'?"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("warehouse = 3", "is no text"),
        ("warehouse = ", "cannot be read"),
        ('warehouse = "x://{{ ds }}"', "is no URL"),
        ('warehouse = "x://{{ pw-of-mine"', "is no URL"),
    ],
)
def test_a_file_that_is_wrong_is_told_without_what_is_in_it(
    tmp_path: Path, text: str, what: str
) -> None:
    (tmp_path / "connections.toml").write_text(text)
    with pytest.raises(NoConnectionError, match=what) as caught:
        connection("warehouse", environ={}, home=tmp_path)
    assert "pw-of-mine" not in str(caught.value)


def test_a_secret_stands_in_it_as_in_an_address(tmp_path: Path) -> None:
    file = tmp_path / "there.toml"
    file.write_text("db = 'postgresql://ada:{{ secret(\"PW\") }}@example.com/db'")
    environ = {"JUPYTER_FLOW_CONNECTIONS": str(file), "JUPYTER_FLOW_SECRET_PW": "p/w"}
    found = connection("db", environ=environ)
    assert found.url == "postgresql://ada:p%2Fw@example.com/db"
    assert found.hidden == {"p/w", "p%2Fw"}
    del environ["JUPYTER_FLOW_SECRET_PW"]
    with pytest.raises(SecretError, match="'PW'"):
        connection("db", environ=environ)


def test_what_it_hides_is_not_shown() -> None:
    found = Connection("db", URL)
    assert "word" not in repr(found)
    assert found.shown == "postgresql://db.example.com"
    assert found.masked(f"no {URL} with pw/word") == "no *** with ***"


def test_an_error_that_shows_it_is_raised_without_it() -> None:
    with pytest.raises(RuntimeError) as caught, Connection("db", URL).masking():
        raise ValueError("could not log in with pw/word")
    assert (type(caught.value).__name__, str(caught.value)) == (
        "ValueError",
        "could not log in with ***",
    )
    assert caught.value.__suppress_context__
    with pytest.raises(ValueError, match="harmless"), Connection("db", URL).masking():
        raise ValueError("harmless")


def test_all_that_can_be_listed_are_known(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text('ware-house = "sqlite://"\napi = "https://example.com"')
    environ = {"JUPYTER_FLOW_CONN_WARE_HOUSE": "sqlite://", "JUPYTER_FLOW_CONN_LAKE": "x://"}
    assert known(environ=environ, home=tmp_path) == {
        "api": str(file),
        "lake": "the variable JUPYTER_FLOW_CONN_LAKE",
        "ware-house": "the variable JUPYTER_FLOW_CONN_WARE_HOUSE",
    }


def test_a_file_that_others_can_read_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.touch(mode=0o600)
    assert not is_open_to_others(file)
    file.chmod(0o644)
    assert is_open_to_others(file)


@pytest.mark.parametrize("name", ["../db", "", "a/b", "a b"])
def test_a_name_leads_nowhere_else(name: str) -> None:
    with pytest.raises(NoConnectionError, match="no name of a connection"):
        connection(name, environ={})

"""Secrets are found where people keep them, and are not to be seen anywhere else."""

from __future__ import annotations

import json
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jupyter_flow
from jupyter_flow.core.secrets import MASK, masked, shown_address
from jupyter_flow.secrets import SERVICE, SecretError, SecretSource, resolve
from jupyter_flow.testing.secrets import SecretSourceContract


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring as the package of that name has it."""
    kept: dict[tuple[str, str], str] = {}
    package, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = KeyError  # type: ignore[attr-defined]
    package.get_password = lambda service, name: kept[service, name]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return kept


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


def test_a_secret_may_be_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "PW").write_text("other")
    environ = {"JUPYTER_FLOW_SECRET_PW": "hunter2", "JUPYTER_FLOW_SECRETS": str(tmp_path)}

    assert resolve("PW", environ=environ) == "hunter2"


def test_a_secret_may_be_a_file_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "PW").write_text(" hun ter2\n")

    assert resolve("PW", environ={"JUPYTER_FLOW_SECRETS": str(tmp_path)}) == " hun ter2"


def test_a_secret_may_be_in_the_keyring(keyring: dict[tuple[str, str], str]) -> None:
    keyring[SERVICE, "PW"] = "hunter2"

    assert resolve("PW", environ={}) == "hunter2"


def test_a_keyring_that_does_not_open_has_no_secrets(keyring: object) -> None:
    with pytest.raises(SecretError, match="keyring of the system"):
        resolve("PW", environ={})


def test_what_is_not_there_says_where_it_was_looked_for(no_keyring: None, tmp_path: Path) -> None:
    with pytest.raises(SecretError) as caught:
        resolve("PW", environ={"JUPYTER_FLOW_SECRETS": str(tmp_path)})

    assert str(caught.value) == (
        "JF320: there is no secret called 'PW'\n"
        f"  Looked in the variable JUPYTER_FLOW_SECRET_PW; the file {tmp_path / 'PW'}; "
        "the keyring of the system (the package keyring is not installed)."
    )


@pytest.mark.parametrize("name", ["../PW", "a/b", "", ".", "/etc/passwd", "a\x00b"])
def test_a_name_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="no name of a secret"):
        resolve(name, environ={"JUPYTER_FLOW_SECRETS": str(tmp_path)})


VAULT = """
def of_vault(name):
    return {"KNOWN": "hunter2"}.get(name)

def sealed(name):
    raise OSError("the vault is sealed")

def in_bytes(name):
    return b"hunter2"
"""


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Install a package whose sources have the given names and are the functions above."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "a_vault.py").write_text(VAULT)

    def installed(**sources: str) -> None:
        folder = tmp_path / "a_vault-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: a-vault\nVersion: 1\n")
        lines = [f"{name} = a_vault:{function}" for name, function in sources.items()]
        (folder / "entry_points.txt").write_text("\n".join(["[jupyter_flow.secrets]", *lines]))

    yield installed
    sys.modules.pop("a_vault", None)


class TestASourceOfAPackage(SecretSourceContract):
    @pytest.fixture
    def source(self) -> SecretSource:
        return {self.KNOWN: "hunter2"}.get


def test_a_secret_may_come_from_an_installed_package(
    no_keyring: None, install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(vault="of_vault")
    monkeypatch.delenv("JUPYTER_FLOW_SECRET_KNOWN", raising=False)

    assert jupyter_flow.secret("KNOWN") == "hunter2"


def test_packages_are_asked_last(install: Callable[..., None]) -> None:
    install(vault="sealed")

    assert resolve("PW", environ={"JUPYTER_FLOW_SECRET_PW": "mine"}) == "mine"


def test_what_no_package_has_says_which_were_asked(
    no_keyring: None, install: Callable[..., None]
) -> None:
    install(vault="of_vault")

    with pytest.raises(SecretError, match=r"; the source vault\.$"):
        resolve("PW", environ={})


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("sealed", "the source vault cannot tell .* OSError: the vault is sealed"),
        ("not_there", "the source vault cannot tell .* AttributeError"),
        ("in_bytes", "the source vault gave bytes for the secret 'PW'"),
    ],
)
def test_a_source_that_fails_is_told_and_not_passed_over(
    function: str, said: str, no_keyring: None, install: Callable[..., None]
) -> None:
    install(vault=function)

    with pytest.raises(SecretError, match=said) as caught:
        resolve("PW", environ={})

    assert "hunter2" not in str(caught.value)


texts = st.text(min_size=1, max_size=20)


@given(secret=st.text(min_size=4, max_size=20), before=texts, after=texts)
def test_no_form_of_a_secret_is_left_in_a_text(secret: str, before: str, after: str) -> None:
    forms = (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret))

    for form in forms:
        assert secret not in masked(f"{before}{form}{after}", [secret]).replace(MASK, "")


@given(
    secret=st.text(min_size=6, max_size=20).filter(lambda text: text.isascii()),
    before=st.binary(max_size=8),
    after=st.binary(max_size=8),
    encode=st.sampled_from([b64encode, urlsafe_b64encode]),
)
def test_base64_gives_a_secret_away_nowhere(
    secret: str, before: bytes, after: bytes, encode: Callable[[bytes], bytes]
) -> None:
    text = encode(before + secret.encode() + after).decode()
    kept = masked(text, [secret]).split(MASK)

    # What is left is what was around it, and a character at each end that both share in.
    assert len(kept) >= 2
    assert sum(map(len, kept)) <= len(text) - len(secret) * 8 // 6 + 1


@pytest.mark.parametrize("user", ["a", "ad", "ada"])
def test_a_header_that_logs_in_is_masked(user: str) -> None:
    header = b64encode(f"{user}:correct horse".encode()).decode()
    inner = b64encode(b"rrect hor").decode()

    shown = masked(f"Authorization: Basic {header}", ["correct horse"])

    assert shown.startswith("Authorization: Basic ")
    assert MASK in shown
    assert inner not in shown


@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_a_secret_in_json_is_masked(ensure_ascii: bool) -> None:
    secret = 'grün "7"\\\t'
    text = json.dumps({"token": secret}, ensure_ascii=ensure_ascii)

    assert json.loads(masked(text, [secret])) == {"token": MASK}


def test_a_text_without_secrets_stays_as_it_is() -> None:
    assert masked("Connection refused", ["hunter2", ""]) == "Connection refused"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mailto://ada:hunter2@example.com", "mailto://example.com"),
        ("mailtos://ada:p@ss@mail.example.com:587/?to=b@c.de", "mailtos://mail.example.com"),
        ("json://localhost:8000/token", "json://localhost"),
        ("jsons://127.0.0.1/token?+X-Token=abc", "jsons://127.0.0.1"),
        ("json://[::1]:80/x", "json://[::1]"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", "slack://…"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram://…"),
        ("pbul://o.gn5kj6nfhv736I7jC3cj3QLRiyhgl98b", "pbul://…"),
        ('mailto://ada:{{ secret("PW") }}@example.com', "mailto://example.com"),
        ('slack://{{ secret("SLACK") }}', "slack://…"),
        ('{{ secret("ALL") }}', "…"),
        ("hunter2", "…"),
    ],
)
def test_of_an_address_only_scheme_and_host_are_shown(address: str, shown: str) -> None:
    assert shown_address(address) == shown

"""Links by which somebody answers a question: whoever has one may answer that, and nothing else.

A link names the run, the task and the day on which it ends, and is signed with a key of the project
that only its owner can read; the link says which, for a project may have several. Who answers
twice, or too late, is told so by the run itself.
"""

from __future__ import annotations

import base64
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from jupyter_flow.artifacts.shared_home import LoneHome
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.shared_home import SharedHome
from jupyter_flow.whole import whole

log = logging.getLogger(__name__)

#: Below the address of the Jupyter server.
PATH = "jupyter-flow/answer"
#: How long a link can be used.
LIFE = timedelta(days=30)

_FOLDER = "answer-keys"
_NAME = re.compile(r"[0-9a-f]{16}")
#: What is signed, and what the signature is called: as the server's log keeps to itself.
_SIGNED = ("run", "task", "until", "signer")
_SIGNATURE = "auth"
#: The variables of a link.
VARIABLES = (*_SIGNED, _SIGNATURE)


class LinkError(FlowError):
    """The link is none of ours, or has ended."""

    code = "JF333"
    http_status = 403


class AnswerLinks:
    """The links of the project with this *home*, which are below *base*, a server's address.

    Machines that share their homes know each other's links.
    """

    def __init__(
        self, home: Path, base: str = "", *, shared: Callable[[], SharedHome] = LoneHome
    ) -> None:
        self._folder = home / _FOLDER
        self._shared = shared
        self._base = base.rstrip("/")

    def link(self, run: RunId, key: TaskKey, *, now: datetime) -> str:
        """The link to answer *key* with; "" where no server is known that would take the answer."""
        if not self._base:
            return ""
        until = int((now + LIFE).timestamp())
        name, secret = self._key_to_sign_with()
        said = {"run": run, "task": str(key), "until": str(until), "signer": name}
        signed = {**said, _SIGNATURE: _signature(secret, said)}
        return f"{self._base}/{PATH}?{urlencode(signed)}"

    def read(self, said: Mapping[str, str], *, now: datetime) -> tuple[RunId, TaskKey]:
        """What a link with these variables is about. Raises LinkError."""
        signed = {name: said.get(name, "") for name in _SIGNED}
        try:
            secret = self._key(signed["signer"])
        except FlowError as error:
            # Whoever has no link that is ours is not to be told where we keep what.
            log.warning("a link to answer cannot be checked: %s", error.what)
            hint = "Try again in a minute, or answer in JupyterLab or by `jupyter flow approve`."
            raise LinkError("this link cannot be checked now", hint=hint) from error
        if secret is None or not hmac.compare_digest(
            said.get(_SIGNATURE, "").encode(), _signature(secret, signed).encode()
        ):
            raise LinkError(
                "this link is not one that was sent from here",
                hint="Copy all of it, or answer in JupyterLab or by `jupyter flow approve`.",
            )
        if now >= datetime.fromtimestamp(int(signed["until"]), UTC):
            hint = "Answer in JupyterLab or by `jupyter flow approve`."
            raise LinkError("this link has ended", hint=hint)
        return RunId(signed["run"]), TaskKey.parse(signed["task"])

    def _key_to_sign_with(self) -> tuple[str, bytes]:
        """Any of the project's keys, made when there is none; with its name."""
        names = self._names()
        if not names:
            with suppress(FlowError):  # there may be several
                self._fetch(self._folder)
            names = self._names() or [self._make_key()]
        name = min(names)
        return name, (self._folder / name).read_bytes()

    def _names(self) -> list[str]:
        if not self._folder.exists():
            return []
        return [each.name for each in self._folder.iterdir() if _NAME.fullmatch(each.name)]

    def _fetch(self, path: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._shared().fetch(path)

    def _make_key(self) -> str:
        """A new key, which all machines will know; its name. Others may make theirs meanwhile."""
        name = secrets.token_hex(8)
        path = self._folder / name
        with whole(path) as draft:
            draft.write_bytes(secrets.token_bytes(32))
            # Whatever happens, it is shared sooner or later.
            self._shared().owe(f"answer-key-{name}", [path])
        # Another process may have settled that before there was a key.
        self._shared().owe(f"answer-key-{name}", [path])
        with suppress(FlowError):  # until then, links can be used here alone
            self._shared().settle(f"answer-key-{name}")
        return name

    def _key(self, name: str) -> bytes | None:
        """The key with that *name*; None when the project has none such."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / name
        if not path.exists():
            self._fetch(path)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _signature(key: bytes, said: Mapping[str, str]) -> str:
    text = "\n".join(said[name] for name in _SIGNED)
    digest = hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

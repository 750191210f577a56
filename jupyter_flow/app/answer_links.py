"""Links by which somebody answers a question: whoever has one may answer that, and nothing else.

A link names the run, the task and the day on which it ends, and is signed with a key of the project
that only its owner can read. Who answers twice, or too late, is told so by the run itself.
"""

from __future__ import annotations

import base64
import hmac
import os
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

#: Below the address of the Jupyter server.
PATH = "jupyter-flow/answer"
#: How long a link can be used.
LIFE = timedelta(days=30)

_KEY = "answers.key"
_FIELDS = ("run", "task", "until")


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
        self._home = home
        self._shared = shared
        self._base = base.rstrip("/")

    def link(self, run: RunId, key: TaskKey, *, now: datetime) -> str:
        """The link to answer *key* with; "" where no server is known that would take the answer."""
        if not self._base:
            return ""
        until = int((now + LIFE).timestamp())
        said = {"run": run, "task": str(key), "until": str(until)}
        return f"{self._base}/{PATH}?{urlencode({**said, 'signature': self._signature(said)})}"

    def read(self, said: Mapping[str, str], *, now: datetime) -> tuple[RunId, TaskKey]:
        """What a link with these variables is about. Raises LinkError."""
        signed = {name: said.get(name, "") for name in _FIELDS}
        if not hmac.compare_digest(
            said.get("signature", "").encode(), self._signature(signed).encode()
        ):
            raise LinkError(
                "this link is not one that was sent from here",
                hint="Copy all of it, or answer in JupyterLab or by `jupyter flow approve`.",
            )
        if now >= datetime.fromtimestamp(int(signed["until"]), UTC):
            hint = "Answer in JupyterLab or by `jupyter flow approve`."
            raise LinkError("this link has ended", hint=hint)
        return RunId(signed["run"]), TaskKey.parse(signed["task"])

    def _signature(self, said: Mapping[str, str]) -> str:
        text = "\n".join(said[name] for name in _FIELDS)
        digest = hmac.digest(self._key(), text.encode("utf-8", "surrogatepass"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _key(self) -> bytes:
        """The project's key, made when it is first needed."""
        path = self._home / _KEY
        if not path.exists():
            self._shared().fetch(path)
            with suppress(FileNotFoundError):
                path.chmod(0o600)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self._home.mkdir(parents=True, exist_ok=True)
        # Whole from the beginning, for another process may read it at once.
        made = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
            file.write(secrets.token_bytes(32))
        try:
            os.link(made, path)
        except FileExistsError:
            pass  # another was faster
        finally:
            made.unlink()
        self._shared().put(path)
        return path.read_bytes()

"""Servers on this machine that take mail and webhooks."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "hun/ter 2%"


class Inbox:
    """Keeps what is mailed; refuses as often as `refusals` says."""

    def __init__(self) -> None:
        self.mails: SimpleQueue[EmailMessage] = SimpleQueue()
        self.envelopes: list[Envelope] = []
        self.refusals = 0

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 4.7.1 greylisted, try later"
        self.envelopes.append(envelope)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.put(mail)
        return "250 OK"


class MailServer:
    """A mail server that can be down; with *with_login*, it wants to know who sends."""

    def __init__(self, *, with_login: bool = False) -> None:
        self.inbox = Inbox()
        # Bound by us also while nobody listens there: nobody else is given it.
        self._kept = socket.socket()
        self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._kept.bind(("127.0.0.1", 0))
        self.port: int = self._kept.getsockname()[1]
        self._options: dict[str, Any] = {}
        if with_login:
            self._options = {
                "authenticator": _is_ada,
                "auth_require_tls": False,
            }
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(
            self.inbox, hostname="127.0.0.1", port=self.port, **self._options
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
        self._controller = None

    def close(self) -> None:
        self.stop()
        self._kept.close()

    def address(self, login: str = "") -> str:
        # However busy the machine is: apprise gives up after four seconds.
        sender, to = "from=flows@example.com", "to=ada@example.com&cto=60&rto=60"
        return f"mailto://{login}127.0.0.1:{self.port}/?{sender}&{to}"


def _is_ada(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
) -> AuthResult:
    # Not handled: the server is to give the answer itself.
    is_ada = given == LoginPassword(b"ada", PASSWORD.encode())
    return AuthResult(success=is_ada, handled=False)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def mail_server_with_login() -> Iterator[MailServer]:
    server = MailServer(with_login=True)
    yield server
    server.close()


class Hooks:
    """A receiver of webhooks, which answers with `status`."""

    def __init__(self) -> None:
        self.got: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.status = 200
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hooks.got.put(json.loads(body) | {"path": self.path})
                self.send_response(hooks.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    hooks = Hooks()
    yield hooks
    hooks.close()

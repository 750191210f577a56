"""A zygote's proof that its kernels work here: one runs a cell before anybody else's does."""

from __future__ import annotations

import os
import select
import socket
import time
from typing import Any, Protocol

from jupyter_flow.execution.messages import Writer, read_message

from .line import CHUNK, Unpacker, pack

#: Seconds that it may take; a kernel that hangs after its fork would take for ever.
_PATIENCE = 10.0
_CELL = "import sys; print('a print'); sys.stderr.write(f'{6 * 7}')"
_EXPECTED = {"stdout": "a print\n", "stderr": "42"}


class TrialError(Exception):
    """The kernels do not work."""


class Bearer(Protocol):
    """What is on trial: a zygote."""

    def bear(self, order: dict[str, Any], fds: list[int]) -> int: ...
    def reap(self) -> None: ...
    @property
    def kids(self) -> dict[int, Any]: ...
    @property
    def woken(self) -> int: ...


def make_trial(zygote: Bearer) -> None:
    """Have a kernel run a cell, and end. Raises TrialError when it does not do so as it should."""
    ours, line = socket.socketpair()
    pipes = [os.pipe2(os.O_CLOEXEC) for _ in range(3)]
    for read, _ in pipes:
        os.set_blocking(read, False)
    theirs = [line.fileno(), *pipes[0], *pipes[1], pipes[2][1]]
    try:
        zygote.bear({"id": "trial", "folder": "/", "set": {}, "unset": []}, theirs)
        line.close()
        limit = time.monotonic() + _PATIENCE
        _run(ours, limit)
        while zygote.kids:
            _await(zygote.woken, limit)
            os.read(zygote.woken, 4096)
            zygote.reap()
    except TrialError as error:
        words = _said(pipes[2][0])
        raise TrialError(f"{error}: {words}" if words else str(error)) from None
    finally:
        ours.close()
        line.close()
        for fd in [fd for pipe in pipes for fd in pipe]:
            os.close(fd)


def _run(line: socket.socket, limit: float) -> None:
    writer, unpacker = Writer(), Unpacker()
    content = {"code": _CELL, "silent": False, "allow_stdin": False}
    _, frames = writer.write("execute_request", content)
    _, end = writer.write("shutdown_request", {"restart": False})
    line.sendall(pack([b"shell", *frames]) + pack([b"control", *end]))
    texts: dict[str, str] = {}
    status = ""
    while True:
        _await(line.fileno(), limit)
        try:
            data = line.recv(CHUNK)
        except ConnectionResetError:  # it has ended without reading all
            data = b""
        if not data:
            break
        for _, *parts in unpacker.feed(data):
            message = read_message(parts)
            if message["msg_type"] == "stream":
                name = message["content"]["name"]
                texts[name] = texts.get(name, "") + message["content"]["text"]
            elif message["msg_type"] == "execute_reply":
                status = message["content"]["status"]
    if status != "ok" or texts != _EXPECTED:
        raise TrialError(f"a trial of a forked kernel ended with {status or 'nothing'}, {texts}")


def _await(fd: int, limit: float) -> None:
    if not select.select([fd], [], [], max(0.0, limit - time.monotonic()))[0]:
        raise TrialError(f"a forked kernel took more than {_PATIENCE:g} s for a trial")


def _said(fd: int) -> str:
    try:
        return os.read(fd, 4096).decode(errors="replace").strip()
    except BlockingIOError:
        return ""

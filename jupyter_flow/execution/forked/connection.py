"""One forked kernel as its user has it: the other end of its line, and its process.

Knows Jupyter's messages as frames, and what they mean no more than a socket does.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_flow.execution.kernelspecs import Kernelspec
from jupyter_flow.execution.memory import MemoryWatch
from jupyter_flow.execution.messages import Writer, read_message
from jupyter_flow.ports.kernels import Channel, KernelExit, KernelRequest, Message

from .line import CHUNK, Unpacker, pack
from .nursery import Birth, Nursery, NurseryError


class ForkedKernel:
    """One kernel that was forked. A `Kernel`."""

    def __init__(
        self, spec: Kernelspec, nursery: Nursery, request: KernelRequest, env: Mapping[str, str]
    ) -> None:
        self.name = spec.name
        self.display_name = spec.display_name
        self.language = spec.language
        self.way = (
            f"forked, {len(nursery.modules)} libraries ready" if nursery.modules else "forked"
        )
        self._nursery = nursery
        self._id = uuid.uuid4().hex[:12]
        self._memory: MemoryWatch | None = None
        self._known = threading.Event()
        self._ended = threading.Event()
        self._last: KernelExit | None = None
        self._exit: KernelExit | None = None
        self._writer = Writer()
        self._unpacker = Unpacker()
        self._unsent = bytearray()
        self._is_open = True
        self._closing = threading.Lock()
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._line, line = socket.socketpair()
        self._output, original = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._direct = [os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK) for _ in (1, 2)]
        os.set_blocking(original, True)
        for _, write in self._direct:
            os.set_blocking(write, True)
        theirs = [line.fileno(), *self._direct[0], *self._direct[1], original]
        self._readable = select.poll()
        for fd in (self._line.fileno(), self._output, self._woken):
            self._readable.register(fd, select.POLLIN)
        try:
            nursery.bear(
                Birth(self._id, request.folder, env, theirs, born=self._born, ended=self._end)
            )
        except BaseException:
            self._free()
            raise
        finally:
            line.close()
            for fd in (original, *(write for _, write in self._direct)):
                os.close(fd)
        self._line.setblocking(False)
        self._known.wait()
        if self._memory is None:
            self._free()
            raise NurseryError("the prepared process ended before it forked the kernel")

    @property
    def about(self) -> Mapping[str, Any]:
        """What its kernel_info_reply would say: it is known without asking."""
        return self._nursery.about

    @property
    def exit(self) -> KernelExit | None:
        return self._exit

    def send(
        self,
        channel: Channel,
        msg_type: str,
        content: Mapping[str, Any],
        *,
        parent: Mapping[str, Any] | None = None,
    ) -> str:
        id_, frames = self._writer.write(msg_type, content, parent)
        self._unsent += pack([channel.encode(), *frames])
        self._send()
        return id_

    def receive(self, timeout: float | None) -> Sequence[tuple[Channel, Message]]:
        if self._exit is not None:
            return []
        ready = dict(self._readable.poll(None if timeout is None else max(0, timeout * 1000)))
        if self._woken in ready:
            _drain(self._woken)
        arrived = self._overhear(self._output) if self._output in ready else []
        event = ready.get(self._line.fileno(), 0)
        if event & select.POLLOUT:
            self._send()
        if event & ~select.POLLOUT:
            arrived += self._hear()
        if self._ended.is_set():
            arrived += self._last_words()
        return arrived

    def tell_address(self, path: Path) -> bool:  # noqa: ARG002 - nobody else can talk to it
        return False

    def wake(self) -> None:
        with self._closing:
            if self._is_open:
                _poke(self._wake)

    def interrupt(self) -> None:
        self._nursery.signal(self._id, signal.SIGINT)

    def terminate(self) -> None:
        self._nursery.signal(self._id, signal.SIGTERM)

    def kill(self) -> None:
        if not self._ended.is_set():
            self._nursery.kill(self._id)

    def close(self) -> KernelExit:
        if self._is_open:
            self.kill()
            self._ended.wait()
            self._exit = self._exit or self._last
            self._free()
        return self._exit or KernelExit()

    def _send(self) -> None:
        """As much as fits now; the rest when there is room. A dead kernel ignores it."""
        with suppress(BlockingIOError):
            try:
                sent = self._line.send(self._unsent)
            except (BrokenPipeError, ConnectionResetError):
                sent = len(self._unsent)
            del self._unsent[:sent]
        wanted = select.POLLIN | (select.POLLOUT if self._unsent else 0)
        with suppress(FileNotFoundError):  # the kernel has closed it
            self._readable.modify(self._line, wanted)

    def _hear(self) -> list[tuple[Channel, Message]]:
        try:
            data = self._line.recv(CHUNK)
        except BlockingIOError:
            return []
        except ConnectionResetError:
            data = b""
        if not data:
            self._readable.unregister(self._line)
            return []
        return [
            (channel.decode(), read_message(frames))  # type: ignore[misc]
            for channel, *frames in self._unpacker.feed(data)
        ]

    def _overhear(self, fd: int) -> list[tuple[Channel, Message]]:
        data = _drain(fd)
        if not data and fd == self._output:  # everyone who could write to it is gone
            self._readable.unregister(fd)
        return [("process", {"text": data.decode(errors="replace")})] if data else []

    def _last_words(self) -> list[tuple[Channel, Message]]:
        """All that a dead kernel has said and nobody has heard yet."""
        arrived: list[tuple[Channel, Message]] = []
        with suppress(KeyError, FileNotFoundError):
            while more := self._hear():
                arrived += more
        for fd in (self._output, *(read for read, _ in self._direct)):
            with suppress(KeyError):
                arrived += self._overhear(fd)
        ended = self._last or KernelExit()
        killed = self._memory is not None and self._memory.killed(ended)
        self._exit = replace(ended, out_of_memory=killed)
        return arrived

    def _born(self, pid: int) -> None:
        """The nursery's thread tells."""
        self._memory = MemoryWatch.of(pid)
        self._known.set()

    def _end(self, last: KernelExit) -> None:
        """The nursery's thread tells."""
        self._last = last
        self._ended.set()
        self._known.set()
        self.wake()

    def _free(self) -> None:
        with self._closing:
            self._is_open = False
            self._line.close()
            for fd in (self._woken, self._wake, self._output, *(read for read, _ in self._direct)):
                os.close(fd)


def _poke(fd: int) -> None:
    with suppress(BlockingIOError):  # there is a wake-up in it already
        os.write(fd, b"x")


def _drain(fd: int) -> bytes:
    found = []
    with suppress(BlockingIOError):
        while data := os.read(fd, 65536):
            found.append(data)
    return b"".join(found)

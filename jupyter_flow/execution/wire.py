"""The wire to a started kernel: Jupyter's messages over ZeroMQ, without asyncio and fixed waits.

Knows sockets and signatures, not what the messages mean.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from typing import Any

import zmq
from jupyter_client.session import Session

from jupyter_flow.ports.kernels import Channel, Message

from .messages import DELIMITER, read_message

#: How many messages of one channel are taken before the others get their turn.
_BATCH = 500
_KINDS: Mapping[Channel, int] = {
    "shell": zmq.DEALER,
    "iopub": zmq.SUB,
    "control": zmq.DEALER,
    "stdin": zmq.DEALER,
}


class Wire:
    """Four sockets to one kernel, and two descriptors that are waited for together with them."""

    def __init__(self, context: zmq.Context[Any], connection: Mapping[str, Any]) -> None:
        self._session = Session(key=connection["key"].encode(), check_pid=False)
        self._sockets = {channel: self._connect(context, channel, connection) for channel in _KINDS}
        self._channels = {socket: channel for channel, socket in self._sockets.items()}
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._poller = zmq.Poller()
        for each in (*self._sockets.values(), self._woken):
            self._poller.register(each, zmq.POLLIN)

    def _connect(
        self, context: zmq.Context[Any], channel: Channel, connection: Mapping[str, Any]
    ) -> zmq.Socket[Any]:
        socket: zmq.Socket[Any] = context.socket(_KINDS[channel])
        socket.linger = 0
        # a kernel that is still booting is not there yet; the default asks again after 100 ms
        socket.reconnect_ivl = 5
        if channel == "iopub":
            socket.rcvhwm = 0  # never drop what the kernel says, however slow we are
            socket.subscribe(b"")
        else:
            socket.identity = self._session.bsession
        between = "-" if connection["transport"] == "ipc" else ":"
        port = connection[f"{channel}_port"]
        socket.connect(f"{connection['transport']}://{connection['ip']}{between}{port}")
        return socket

    def watch(self, fd: int) -> None:
        """Let `receive` return when *fd* can be read."""
        self._poller.register(fd, zmq.POLLIN)

    def unwatch(self, fd: int) -> None:
        self._poller.unregister(fd)

    def send(
        self,
        channel: Channel,
        msg_type: str,
        content: Mapping[str, Any],
        parent: Mapping[str, Any] | None,
    ) -> str:
        """Send a message; returns its id."""
        message = self._session.msg(
            msg_type, dict(content), None if parent is None else dict(parent)
        )
        self._session.send(self._sockets[channel], message)
        return str(message["header"]["msg_id"])

    def receive(self, timeout: float | None) -> tuple[list[tuple[Channel, Message]], set[int]]:
        """The messages that have arrived, and those of the watched descriptors that can be read."""
        ready = self._poller.poll(None if timeout is None else max(0, int(timeout * 1000)))
        arrived: list[tuple[Channel, Message]] = []
        readable: set[int] = set()
        for source, _ in ready:
            if source == self._woken:
                os.read(self._woken, 512)
            elif isinstance(source, int):
                readable.add(source)
            else:
                channel = self._channels[source]
                arrived += ((channel, message) for message in self._drain(source))
        return arrived, readable

    def _drain(self, socket: zmq.Socket[Any]) -> list[Message]:
        messages: deque[Message] = deque()
        for _ in range(_BATCH):
            try:
                frames = socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            message = self._read(frames)
            if message is not None:
                messages.append(message)
        return list(messages)

    def _read(self, frames: list[bytes]) -> Message | None:
        """The message in *frames*; None for one that is not signed with our key."""
        at = frames.index(DELIMITER) + 1
        if self._session.sign(frames[at + 1 : at + 5]) != frames[at]:
            return None
        return read_message(frames)

    def wake(self) -> None:
        """From any thread: make a `receive` return."""
        try:
            os.write(self._wake, b"x")
        except BlockingIOError:
            return  # there are enough wake-ups in it already

    def close(self) -> None:
        for socket in self._sockets.values():
            socket.close(linger=0)
        os.close(self._woken)
        os.close(self._wake)

"""What stands where ipykernel has ZeroMQ sockets and its IOPub thread: one line to the client.

Messages are sent by whoever has them, under a lock; forks of the kernel take turns with it. What
is written to the descriptors 1 and 2 past Python becomes output of the kernel, in its order.
"""

# ruff: noqa: SLF001
# mypy: disable-error-code="no-untyped-call,union-attr,attr-defined,misc,assignment"
from __future__ import annotations

import codecs
import fcntl
import os
import select
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream

from .line import pack

#: Seconds that a stream may keep text to itself while a cell runs; ipykernel's own figure.
_HOLD = 0.2


class Line:
    """The sending side of the socket. For all threads of this process, and for its forks."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._lock = threading.RLock()
        self._held: list[bytes] = []
        self._turn: int | None = None

    def open(self, fd: int) -> None:
        """From now on there is somebody at the other end: the messages go to the socket *fd*."""
        self._socket = socket.socket(fileno=fd)
        os.register_at_fork(
            before=self._before_fork,
            after_in_parent=self._after_fork,
            after_in_child=self._after_fork,
        )

    def put(self, parts: Sequence[bytes | memoryview]) -> None:
        """Take a message; it is sent with the next `flush`."""
        packed = pack(parts)
        with self._lock:
            self._held.append(packed)

    def flush(self) -> None:
        """Send what is held. The process ends here when nobody is left who could read it."""
        with self._lock:
            if not self._held or self._socket is None:
                return
            data = b"".join(self._held)
            self._held = []
            if self._turn is not None:
                fcntl.lockf(self._turn, fcntl.LOCK_EX)
            try:
                self._socket.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                os._exit(1)
            finally:
                if self._turn is not None:
                    fcntl.lockf(self._turn, fcntl.LOCK_UN)

    def _before_fork(self) -> None:
        """Nothing may be half sent or told twice; from now on there is more than one sender."""
        self._lock.acquire()
        self.flush()
        if self._turn is None:
            self._turn = os.memfd_create("turn")

    def _after_fork(self) -> None:
        self._lock.release()


class LineSocket:
    """One channel of the line, in the shape of a ZeroMQ socket or stream that only sends."""

    closed = False

    def __init__(self, channel: str, line: Line) -> None:
        self._name = channel.encode()
        self._line = line

    def send_multipart(self, parts: Sequence[bytes | memoryview], **_: Any) -> None:
        """Take a message; the status "idle" ends with a `flush`."""
        self._line.put([self._name, *parts])

    def flush(self, *_: Any) -> None:
        self._line.flush()


class Publisher(IOPubThread):
    """Sends for the streams, and watches the descriptors that stand for them.

    Its thread sleeps unless there is something to send or to read.
    """

    thread = None
    io_loop = None

    def __init__(self, line: Line, session: Any) -> None:
        # not the base's: everything it makes is what is done without here
        self.session = session
        self.socket = LineSocket("iopub", line)
        #: Whether a cell is running: what it shows is sent at once.
        self.in_cell = False
        self._line = line
        self._streams: dict[int, Stream] = {}
        self._is_holding = self._is_ticking = False
        self._reading = threading.RLock()
        self._is_reading = False
        self._written = select.poll()

    def begin(self, streams: Mapping[int, Stream]) -> None:
        """Start to watch; what can be read from a descriptor belongs to its stream."""
        self._master_pid = os.getpid()
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._streams = dict(streams)
        for fd in streams:
            self._written.register(fd, select.POLLIN)
        threading.Thread(target=self._watch, name="IOPub", daemon=True).start()

    def schedule(self, f: Any) -> None:
        f()

    def send_multipart(self, parts: Any, **_: Any) -> None:
        """Send, at once while a cell runs: whoever looks on sees it, and no death can lose it."""
        self.socket.send_multipart(parts)
        if self.in_cell or not self._is_master_process():
            self._line.flush()

    def flush(self, *_: Any) -> None:
        self._line.flush()

    def stop(self) -> None:
        """There is no thread of ipykernel's to stop."""

    @property
    def closed(self) -> bool:
        return False

    def remind(self) -> None:
        """A stream holds text that must not stay there for long."""
        self._is_holding = True
        if not self._is_ticking and self._is_master_process():
            self._is_ticking = True
            os.write(self._wake, b"x")

    def keep_order(self) -> None:
        """Before a stream takes more: what was written to the descriptors by now comes first."""
        if self._is_reading or self._written.poll(0):
            self.bring_in()

    def bring_in(self) -> None:
        """Take what was written to the descriptors up to now into the streams."""
        if not self._is_master_process():
            return
        with self._reading:
            self._is_reading = True
            for fd, stream in self._streams.items():
                while data := _read(fd):
                    stream.take(data)
            self._is_reading = False

    def _watch(self) -> None:
        poller = select.poll()
        for fd in (self._woken, *self._streams):
            poller.register(fd, select.POLLIN)
        while True:
            ready = poller.poll(_HOLD * 1000 if self._is_ticking else None)
            for fd, event in ready:
                if fd == self._woken:
                    _read(fd)
                elif event & select.POLLIN:
                    self.bring_in()
                else:
                    poller.unregister(fd)
            if not ready:
                self._tick()

    def _tick(self) -> None:
        """The time that text may be held is over."""
        self._is_ticking = self._is_holding
        self._is_holding = False
        for stream in self._streams.values():
            stream._flush()
        self._line.flush()


class Stream(OutStream):
    """``sys.stdout`` or ``sys.stderr`` of a kernel, its messages sent by whoever flushes it.

    What a program writes that is given it as a file goes past the notebook to the descriptor that
    the process was started with, as with a stock kernel.
    """

    def __init__(self, session: Any, publisher: Publisher, name: str) -> None:
        super().__init__(session, publisher, name, watchfd=False)
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode

    def begin(self, original: int) -> None:
        """This process is the one that writes; *original* is the descriptor."""
        self._master_pid = os.getpid()
        self._original_stdstream_copy = original
        os.register_at_fork(before=self.flush)

    def write(self, string: str) -> int:
        self.pub_thread.keep_order()
        return super().write(string) or len(string)

    def take(self, data: bytes) -> None:
        """Add what was written to the descriptor of this stream."""
        super().write(self._decode(data))

    def _schedule_flush(self) -> None:
        self.pub_thread.remind()

    def flush(self) -> None:
        self.pub_thread.bring_in()
        self._flush()


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return b""

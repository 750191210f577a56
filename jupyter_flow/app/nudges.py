"""Nudges between the processes of one machine: look, something was written.

A nudge carries the id of a run, or nothing, and asks for nothing that its receiver would not do by
itself a little later: the store is the truth, and whoever missed a nudge finds it there. So it goes
as one datagram over the loopback interface, unsigned and unanswered; the port stands in the name
of the owner (`jupyter_flow.app.owner`).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from .owner import read_owner

_LOOPBACK = "127.0.0.1"
_LONGEST = 256


class Nudges:
    """Hears the nudges that others send to this process; `close` it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((_LOOPBACK, 0))
        self.port: int = self._socket.getsockname()[1]
        self._heard: Callable[[str], None] = lambda _: None
        self._closed = False
        self._thread = threading.Thread(target=self._listen, name="nudges", daemon=True)

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call *heard*, from a thread of its own, with the run of each nudge ("": none named)."""
        self._heard = heard
        self._thread.start()

    def close(self) -> None:
        """Hear nothing any more."""
        self._closed = True
        if self._thread.is_alive():
            send(self.port, "")
            self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while True:
            run = self._socket.recv(_LONGEST).decode("utf-8", "replace")
            if self._closed:
                return
            self._heard(run)


def nudge(owner: str, run: str = "") -> None:
    """Tell the process that is *owner* to look at *run*, if it is on this machine and listens."""
    found = read_owner(owner)
    if found is not None and found.is_here and found.port:
        send(found.port, run)


def send(port: int, run: str) -> None:
    """One nudge to whoever listens on *port* of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        try:
            out.sendto(run.encode(), (_LOOPBACK, port))
        except OSError:
            return  # it will look by itself

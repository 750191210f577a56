"""What ``/proc/PID/environ`` shows of a fork: who it is, as of a process that was started so.

The system shows the memory in which a process got its environment; what it sets later is not
there. So the zygote is started with a variable that only keeps room, and a fork writes into that
room. Whoever looks for what an attempt has left finds the forks of its kernel, too.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path

#: The variable that keeps room, and how much.
ROOM, SIZE = "JUPYTER_FLOW_ROOM", 4096
#: What the names of variables begin with that have a secret.
_HIDDEN = ("JUPYTER_FLOW_SECRET_", "JUPYTER_FLOW_CONN_")
#: Where /proc/PID/stat says where the environment begins, counted from the process's state.
_ENV_START = 47


def with_room(env: Mapping[str, str]) -> dict[str, str]:
    """The environment to start a zygote with."""
    return {**env, ROOM: " " * (SIZE - len(ROOM) - 1)}


class ShownEnvironment:
    """The room of this process. Make it before anything else changes the environment."""

    def __init__(self) -> None:
        os.environ.pop(ROOM, None)
        block = Path("/proc/self/environ").read_bytes()
        fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, at = int(fields[_ENV_START]), block.find(f"{ROOM}=".encode())
        self._address = start + at if start and at >= 0 else None

    def show(self, names: Mapping[str, str]) -> None:
        """Show *names*, as many as there is room for, in place of what was shown before.

        Those that have a secret are not shown.
        """
        if self._address is None:
            return
        text = b""
        for name, value in names.items():
            if name.startswith(_HIDDEN):
                continue
            more = os.fsencode(f"{name}={value}") + b"\0"
            if len(text) + len(more) <= SIZE:
                text += more
        ctypes.memmove(self._address, text.ljust(SIZE, b"\0"), SIZE)

"""A kernel that is kept after a failure, as another process sees it: where it listens, if it does.

It belongs to the process that made the attempt (`jupyter_flow.execution.kept`), which tells its
address in a file beside the executed notebook. Such a file may be older than its process.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_flow.execution.kept import address_beside


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKernel:
    """``file`` is its connection file, ``connection`` what Jupyter needs of it."""

    file: Path
    connection: Mapping[str, Any]
    name: str
    pid: int

    @classmethod
    def beside(cls, executed: Path) -> KeptKernel | None:
        """The kernel that is kept of the attempt with that executed notebook, if one is."""
        file = address_beside(executed)
        try:
            told = json.loads(file.read_bytes())
            name, pid = str(told.pop("kernel_name")), int(told.pop("pid"))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        found = cls(file=file, connection=told, name=name, pid=pid)
        return found if found.is_alive else None

    @property
    def is_alive(self) -> bool:
        """Whether somebody listens where it did. On this machine: others are never asked."""
        told = self.connection
        ip, port, is_ipc = told.get("ip"), told.get("shell_port"), told.get("transport") == "ipc"
        family = socket.AF_UNIX if is_ipc else socket.AF_INET
        if not is_ipc and ip != "127.0.0.1":
            return False
        with socket.socket(family) as asking:
            asking.settimeout(1.0)
            try:
                asking.connect(f"{ip}-{port}" if is_ipc else (ip, port))
            except OSError:
                return False
        return True

    def signal(self, number: int) -> None:
        """Send a signal to it and what it started, if it lives."""
        if self.is_alive:
            os.killpg(self.pid, number)

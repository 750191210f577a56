"""Who holds a lease: a process, named so that others can tell whether it still lives.

The name is ``host:pid:start:random``. A process on this host that is gone, or whose number was
given to another since, is certainly dead: its runs need not wait for the lease to end. Of
processes on other hosts nothing is known but their leases.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def this_process() -> str:
    """A name for this process as an owner; each call gives another."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}:{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Whether *owner* is a process of this host that certainly does not exist any more."""
    try:
        host, pid_text, started, _ = owner.rsplit(":", 3)
        pid = int(pid_text)
    except ValueError:
        return False
    if host != socket.gethostname():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it exists and is somebody else's; or the system cannot tell
        return False
    return bool(started) and _started(pid) not in ("", started)


def _started(pid: int) -> str:
    """When the process started, in the kernel's ticks; "" where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]

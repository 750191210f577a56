"""Who holds a lease: a process, named so that others can tell whether it still lives.

The name is ``host/space:pid:start:port:random``. A process on this host that is gone, or whose
number was given to another since, is certainly dead: its runs need not wait for the lease to end.
Of processes elsewhere nothing is known but their leases; elsewhere is also another container, whose
processes are numbered in a ``space`` of their own. ``port`` is where it hears nudges
(`jupyter_flow.app.nudges`), 0 if it does not.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

_DEAD = ("Z", "X")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What an owner's name says. ``started`` is in the kernel's ticks, "" where nobody tells."""

    host: str
    pid: int
    started: str
    port: int

    @property
    def is_here(self) -> bool:
        return self.host == _here()


def this_process(port: int = 0) -> str:
    """A name for this process as an owner; each call gives another."""
    pid = os.getpid()
    return f"{_here()}:{pid}:{_started(pid)}:{port}:{secrets.token_hex(4)}"


def read_owner(name: str) -> Owner | None:
    """What *name* says; None for a name that is not made like ours."""
    try:
        host, pid, started, port, _ = name.rsplit(":", 4)
        return Owner(host=host, pid=int(pid), started=started, port=int(port))
    except ValueError:
        return None


def is_gone(name: str) -> bool:
    """Whether the owner *name* is a process of this host that certainly does not exist any more."""
    owner = read_owner(name)
    if owner is None or not owner.is_here:
        return False
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it exists and is somebody else's; or the system cannot tell
        return False
    state, started = _stat(owner.pid)
    # A zombie is dead; that its parent has not looked at it is no life.
    return state in _DEAD or (bool(owner.started) and started not in ("", owner.started))


def host_of(name: str) -> str:
    """The host in an owner's name, for people."""
    return name.rsplit(":", 4)[0].rpartition("/")[0] or name


def _here() -> str:
    """This host, and the space in which the system numbers the processes that can be seen here."""
    try:
        space = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        space = "pid"
    return f"{socket.gethostname()}/{''.join(each for each in space if each.isdigit())}"


def _started(pid: int) -> str:
    return _stat(pid)[1]


def _stat(pid: int) -> tuple[str, str]:
    """The state of a process and when it started, in ticks; "" where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "", ""
    fields = stat.rpartition(")")[2].split()
    return fields[0], fields[19]

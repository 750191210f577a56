"""What an attempt of another process left running on this machine: found, and ended.

A process that is stopped, or cut off from its store, still has its kernels when its runs are taken
over. Each kernel's warden carries in its environment which attempt it serves, so it can be found
without anything having been written down. Linux only: elsewhere nothing is found.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from .enclosures import end_abandoned

#: How long a warden may take to sweep up before it is killed with what can be seen of its own.
_PATIENCE = 5.0
_WARDEN = b"warden.py"


def end_leftovers(environment: Mapping[str, str]) -> int:
    """End all processes of this machine that have *environment* in theirs; how many there were.

    Wardens are asked to sweep up what their kernels started; what is left then is killed. Returns
    when nothing is left, or cannot be ended.
    """
    end_abandoned()
    wanted = {f"{name}={value}".encode() for name, value in environment.items()}
    found = list(_having(wanted))
    if not found:
        return 0
    wardens = [pid for pid in found if _is_warden(pid)]
    _signal(wardens, signal.SIGCONT)
    _signal(wardens, signal.SIGTERM)
    _wait_for(wardens, _PATIENCE)
    for _ in range(3):
        rest = list(_having(wanted))
        if not rest:
            break
        _signal(rest, signal.SIGKILL)
        _wait_for(rest, 1.0)
    return len(found)


def _having(wanted: set[bytes]) -> Iterator[int]:
    """The living processes, this one aside, whose environment has all of *wanted*."""
    for entry in Path("/proc").iterdir() if os.path.isdir("/proc/self") else ():  # noqa: PTH112
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            given = set((entry / "environ").read_bytes().split(b"\0"))
        except OSError:  # it is gone, or somebody else's
            continue
        if wanted <= given:
            yield int(entry.name)


def _is_warden(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(word.endswith(_WARDEN) for word in words[:5])


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _wait_for(pids: list[int], seconds: float) -> None:
    """Wait until these processes have ended, at most so many *seconds*."""
    poller, until = select.poll(), time.monotonic() + seconds
    open_fds = set()
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
        except OSError:
            continue
        open_fds.add(fd)
        poller.register(fd, select.POLLIN)
    try:
        while open_fds and (left := until - time.monotonic()) > 0:
            for fd, _ in poller.poll(left * 1000):
                poller.unregister(fd)
                open_fds.remove(fd)
                os.close(fd)
    finally:
        for fd in open_fds:
            os.close(fd)

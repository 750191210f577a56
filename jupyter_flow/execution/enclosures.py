"""Enclosures: control groups of Linux that hold a kernel, or a zygote, with all that comes of it.

What is in one can be killed with one stroke, wherever it has hidden: in a session of its own, with
its environment cleared, orphaned because its warden was killed. They limit and count nothing. Where
control groups cannot be written there are none, and the other ways have to do: see `warden`.

Each carries the name of the process that made it. One whose maker has died is ended by the next
process that makes one, or looks for leftovers.
"""

from __future__ import annotations

import logging
import os
import select
import time
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path

log = logging.getLogger(__name__)

_PREFIX = "jupyter-flow-"
_numbers = count(1)
#: What is killed may take so many seconds to be gone: some cannot die while a disk makes them wait.
_PATIENCE = 2.0


class Enclosure:
    """One control group; ``path`` is its folder. Processes enter it by themselves: see `enter`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def end(self) -> None:
        """Kill what is in it, and take it away. Nothing happens when it is gone."""
        with suppress(OSError):  # it is gone, or nothing can be killed so
            (self.path / "cgroup.kill").write_text("1")
            self._wait()
        for folder, _, _ in os.walk(self.path, topdown=False):
            with suppress(OSError):  # somebody else took it away, or will
                Path(folder).rmdir()

    def _wait(self) -> None:
        """Until nothing in it is alive."""
        limit = time.monotonic() + _PATIENCE
        with (self.path / "cgroup.events").open() as events:
            poller = select.poll()
            poller.register(events, select.POLLPRI)
            while "populated 1" in events.read():
                left = limit - time.monotonic()
                if left <= 0:
                    log.warning("some processes do not die", extra={"action": "cgroup_alive"})
                    return
                poller.poll(left * 1000)
                events.seek(0)


def enclosure() -> Enclosure | None:
    """A new one, below the control group of this process; None where there can be none."""
    base = _base()
    if base is None:
        return None
    end_abandoned()
    path = base / f"{_PREFIX}{_name_of(os.getpid())}-{next(_numbers)}"
    try:
        path.mkdir()
    except OSError:
        return None
    return Enclosure(path)


def end_abandoned() -> None:
    """End the enclosures whose makers have died."""
    base = _base()
    for path in base.glob(f"{_PREFIX}*") if base is not None else ():
        owner = path.name.removeprefix(_PREFIX).rpartition("-")[0]
        if _name_of(int(owner.partition("-")[0])) != owner:
            Enclosure(path).end()


def _name_of(pid: int) -> str:
    """The process *pid* with the time of its start, which tells it from others of that number."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return f"{pid}-{fields[19]}"


@cache
def _base() -> Path | None:
    """The folder of the control group of this process, if groups can be made in it."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        own = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:  # not on Linux
        return None
    place = next((line[3:] for line in own if line.startswith("0::")), None)
    mount = next((line.split() for line in mounts if " - cgroup2 " in line), None)
    if place is None or mount is None:
        return None
    base = Path(mount[4] + os.path.join("/", place.removeprefix(mount[3].rstrip("/"))))  # noqa: PTH118
    can_kill = (base / "cgroup.kill").exists() or any(base.glob("*/cgroup.kill"))
    is_root = not (base / "cgroup.type").exists()
    if not os.access(base / "cgroup.procs", os.W_OK) or not (can_kill or is_root):
        log.debug("control groups cannot be written", extra={"action": "no_cgroups"})
        return None
    return base

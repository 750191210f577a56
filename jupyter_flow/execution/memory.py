"""Was it the lack of memory that killed the kernel? Linux counts that; we compare two readings.

The count of the kernel's own control group is asked where there is one, else the whole machine's.
Elsewhere nothing is known and a kill is a kill.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from jupyter_flow.ports.kernels import KernelExit

#: Where each kind of control group keeps its count, and the count's name there.
_V2, _V1 = "memory.events", "memory.oom_control"


@dataclass(frozen=True, slots=True)
class MemoryWatch:
    """A file that counts kills for want of memory, and what it said at first."""

    counter: Path | None
    before: int = 0

    @classmethod
    def of(cls, pid: int, *, root: Path = Path("/")) -> MemoryWatch:
        """Watch the control group that process *pid* is in now."""
        counter = next((each for each in _counters(pid, root) if _read(each) is not None), None)
        return cls(counter, (_read(counter) or 0) if counter else 0)

    def killed(self, exit: KernelExit) -> bool:  # noqa: A002 - the port's word
        """Whether *exit* was such a kill."""
        if self.counter is None or exit.signal != signal.SIGKILL:
            return False
        return (_read(self.counter) or 0) > self.before


def _counters(pid: int, root: Path) -> list[Path]:
    """The files that may have the count, the most exact first."""
    found = []
    for line in _text(root / "proc" / str(pid) / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        below = path.lstrip("/")
        if controllers == "memory":
            found.append(root / "sys/fs/cgroup/memory" / below / _V1)
        elif not controllers:
            found.append(root / "sys/fs/cgroup" / below / _V2)
    # in a container the path is often the host's, and the group is mounted as the root
    found += [root / "sys/fs/cgroup" / _V2, root / "sys/fs/cgroup/memory" / _V1]
    return [*found, root / "proc/vmstat"]


def _read(counter: Path) -> int | None:
    for line in _text(counter).splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill":
            return int(count)
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""

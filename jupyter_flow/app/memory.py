"""How much memory is free, for the guard that starts no kernel when there is too little."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def guard(reserve: int, *, short: Callable[[], None]) -> Callable[[], bool]:
    """A function that says whether more than *reserve* bytes are free, and calls *short* if not."""

    def has_memory() -> bool:
        is_enough = reserve <= 0 or (free := free_memory()) is None or free > reserve
        if not is_enough:
            short()
        return is_enough

    return has_memory


def free_memory() -> int | None:
    """Bytes that could be used without swapping, the container's limit included.

    None where the system does not tell in ``/proc`` (then nothing is guarded).
    """
    readings = [reading for reading in (_of_machine(), _of_container()) if reading is not None]
    return min(readings, default=None)


def _of_machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _of_container() -> int | None:
    folder = Path("/sys/fs/cgroup")
    try:
        limit = (folder / "memory.max").read_text().strip()
        used = int((folder / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    return None if limit == "max" else int(limit) - used

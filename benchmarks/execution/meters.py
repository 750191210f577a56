"""Wall and CPU of one piece of work, with nothing left out and nothing counted twice.

What a process costs is told once, by whom it is reaped: this process's own usage and that of its
reaped children are one part, which has papermill's kernels, wardens with theirs, and commands with
all that they start. A zygote lives on: what it used meanwhile is a second part. It reaps the
kernels that it forks, and their CPU, which the attempts tell, is the third.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from jupyter_flow.execution.warden import PR_SET_CHILD_SUBREAPER, prctl


@dataclass(frozen=True)
class Cost:
    """Seconds. ``own`` of the CPU were this process's, ``zygotes`` those of the zygotes alone."""

    wall: float
    cpu: float
    own: float = 0.0
    zygotes: float = 0.0


class ZygoteGone(Exception):  # noqa: N818 - it says what happened, and the work is measured again
    """A zygote ended meanwhile, so its kernels are among the reaped: the figure is void."""


def measure(
    act: Callable[[], object],
    *,
    elsewhere: Callable[[], float] = lambda: 0.0,
    kernels: Callable[[], float] = lambda: 0.0,
) -> Cost:
    """The cost of *act*. After it, *elsewhere* tells the CPU of processes that live on, *kernels*
    that of the kernels of attempts, forked or not.
    """
    there, zygotes = _children(), _zygotes()
    reaped, own, begun = _usage(RUSAGE_CHILDREN), _usage(RUSAGE_SELF), perf_counter()
    act()
    wall, own = perf_counter() - begun, _usage(RUSAGE_SELF) - own
    _reap_orphans(there)
    reaped, now = _usage(RUSAGE_CHILDREN) - reaped, _zygotes()
    if zygotes.keys() - now.keys():
        raise ZygoteGone
    since = [each - zygotes.get(pid, _Used()) for pid, each in now.items()]
    used = sum(each.own for each in since)
    forked = _forked(kernels(), sum(each.kernels for each in since), len(since))
    return Cost(wall, own + reaped + used + forked + elsewhere(), own, used)


def _forked(told: float, reaped: float, zygotes: int) -> float:
    """The CPU of the kernels that zygotes reaped. The system tells it in hundredths of a second;
    what attempts *told* is finer, if it is of the same kernels and not of some that were started.
    """
    return told if abs(told - reaped) <= 0.02 * zygotes else reaped


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians."""
    parts = zip(*(astuple(each) for each in costs), strict=True)
    return Cost(*(statistics.median(each) for each in parts))


def adopt_orphans() -> None:
    """Become the parent of what commands leave behind, so that it is counted too."""
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def zygote_pids() -> list[int]:
    return list(_zygotes())


def pss(pid: int) -> int:
    """The memory of a process in bytes, each shared page divided by those who share it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/{pid}/smaps_rollup has no Pss")


def _usage(whose: int) -> float:
    used = getrusage(whose)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True)
class _Used:
    """Seconds of CPU that a zygote used itself, and those of the kernels that it reaped."""

    own: float = 0.0
    kernels: float = 0.0

    def __sub__(self, before: _Used) -> _Used:
        return _Used(self.own - before.own, self.kernels - before.kernels)


def _zygotes() -> dict[int, _Used]:
    """The zygotes of this process."""
    found = {}
    for pid in _children():
        with suppress(OSError):  # it has just ended
            if b"zygote.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found[pid] = _used(pid)
    return found


def _used(pid: int) -> _Used:
    threads = Path(f"/proc/{pid}/task").iterdir()
    own = sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return _Used(own, (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK"))


def _reap_orphans(known: Collection[int]) -> None:
    """Wait for what was left behind by those that were started. Zygotes that came stay."""
    stay = _zygotes().keys() | set(known)
    for pid in _children():
        if pid not in stay:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> list[int]:
    """The children of this process, with those that have ended and are not reaped yet."""
    found, us = [], str(os.getpid())
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            with suppress(OSError):  # it has just been reaped
                if (each / "stat").read_text().rpartition(")")[2].split()[1] == us:
                    found.append(int(each.name))
    return found

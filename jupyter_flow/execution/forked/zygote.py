"""The process that kernels are forked from. Single-threaded; runs no code of a notebook itself.

Run as ``python zygote.py FD PARENT MODULES``, MODULES being a JSON list of what to import. On FD,
a socket of whole packets, it takes JSON objects and answers with some, as `nursery` has it:

``{"op": "fork", "id", "folder", "set", "unset"}`` with six descriptors: the kernel's line, the
reading and writing ends behind its descriptors 1 and 2, and where those lead without a kernel.
``{"op": "signal", "id", "signal"}``: to the kernel's process group; ``{"op": "kill", "id"}``: to
all that it has started as well.

It says ``files`` (what must not change on disk) and ``ready``, or ``refused`` (a module that cannot
be loaded beforehand) or ``failed``; then ``forked``, and ``ended`` for each kernel, once nothing of
it is left. It adopts what kernels orphan, reaps everything, and ends with all its kernels when
PARENT is gone. If it is killed itself, so are they.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # this file's folder is on the path as no notebook expects it
    del sys.path[0]

import gc
import json
import os
import select
import signal
import socket
import time
import traceback
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_flow.execution.forked.environ import ShownEnvironment
from jupyter_flow.execution.forked.line import PACKET
from jupyter_flow.execution.forked.preloading import PreloadError, fingerprints, preload, warm_up
from jupyter_flow.execution.forked.trial import TrialError, make_trial
from jupyter_flow.execution.warden import (
    PATIENCE,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    children,
    descendants,
    enter,
    kill_descendants,
    prctl,
)

#: How many files are told of in one.
_FILES = 400
#: Tells whose a process is.
COOKIE = "JUPYTER_FLOW_KERNEL"


@dataclass
class Kid:
    """A kernel. ``last`` is what will be told of it once nothing that it started is left."""

    id: str
    last: dict[str, Any] | None = None
    patience: float = 0.0


class Zygote:
    """Forks kernels and sees to them until they are gone."""

    def __init__(
        self, control: socket.socket, parent: int, kernel: Any, shown: ShownEnvironment
    ) -> None:
        self.control = control
        self.shown = shown
        self.kernel = kernel
        self.kids: dict[int, Kid] = {}
        self.woken, self.wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self.parent = os.pidfd_open(parent)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Do as told until the parent is gone."""
        poller = select.poll()
        for fd in (self.control.fileno(), self.woken, self.parent):
            poller.register(fd, select.POLLIN)
        while True:
            leaving = any(kid.last is not None for kid in self.kids.values())
            for fd, _ in poller.poll(20 if leaving else None):
                if fd == self.woken:
                    os.read(fd, 4096)
                elif fd == self.parent or not self.obey():
                    return
            self.reap()

    def obey(self) -> bool:
        """Do what the next packet says; False when there will be none."""
        try:
            packet, fds, _, _ = socket.recv_fds(self.control, PACKET, 8)
        except ConnectionResetError:
            return False
        if not packet:
            return False
        order = json.loads(packet)
        if order["op"] == "fork":
            self.fork(order, fds)
        else:
            self.signal(order)
        for fd in fds:
            os.close(fd)
        return True

    def signal(self, order: dict[str, Any]) -> None:
        """Not to a stranger: the kernel's number is its own until it is reaped, here."""
        for pid, kid in self.kids.items():
            if kid.id == order["id"] and kid.last is None:
                if order["op"] == "kill":
                    for each in descendants(pid):
                        _kill(each, signal.SIGKILL)
                    order = {**order, "signal": signal.SIGKILL}
                _kill(pid, order["signal"], group=True)

    def fork(self, order: dict[str, Any], fds: list[int]) -> None:
        pid = self.bear(order, fds)
        tell(self.control, op="forked", id=order["id"], pid=pid)

    def bear(self, order: dict[str, Any], fds: list[int]) -> int:
        """Fork a kernel; the number of its process."""
        with warnings.catch_warnings():  # of threads: those that numpy's library has are fork-safe
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                self.become(order, fds)
            except BaseException:  # noqa: BLE001 - this process ends here, and says why
                os.write(fds[5], traceback.format_exc().encode())
            finally:
                os._exit(70)
        self.kids[pid] = Kid(order["id"])
        return pid

    def become(self, order: dict[str, Any], fds: list[int]) -> None:
        """In the fork: turn into the kernel. Never returns."""
        from jupyter_flow.execution.forked.kernel import finish

        line, out_read, out_write, err_read, err_write, original = fds
        zygote = os.getppid()
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != zygote:
            os._exit(1)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.control.close()
        for fd in (self.woken, self.wake, self.parent):
            os.close(fd)
        for fd in (line, out_read, err_read, original):
            os.set_inheritable(fd, False)  # what comes over a socket is, without this
        os.dup2(out_write, 1)
        os.dup2(err_write, 2)
        os.close(out_write)
        os.close(err_write)
        for name in order["unset"]:
            os.environ.pop(name, None)
        os.environ.update(order["set"], JPY_PARENT_PID=str(zygote), **{COOKIE: order["id"]})
        self.shown.show({k: v for k, v in os.environ.items() if k.startswith("JUPYTER_FLOW_")})
        time.tzset()
        os.chdir(order["folder"])
        finish(self.kernel.serve(line, (out_read, err_read), original))

    def reap(self) -> None:
        """Collect what has ended, and tell of the kernels of which nothing is left."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if ended is None:
                break
            self.bury(ended.si_pid)
        for pid, kid in [each for each in self.kids.items() if each[1].last is not None]:
            left = self.left_by(pid, kid)
            for each in left:
                _kill(each, signal.SIGKILL)
            if not left or time.monotonic() > kid.patience:
                del self.kids[pid]
                tell(self.control, **(kid.last or {}))

    def bury(self, pid: int) -> None:
        kid = self.kids.get(pid)
        if kid is not None:
            _kill(pid, signal.SIGKILL, group=True)  # while its number is still its own
        _, status, usage = os.wait4(pid, 0)
        if kid is not None:
            kid.patience = time.monotonic() + PATIENCE
            kid.last = {
                "op": "ended",
                "id": kid.id,
                "status": os.waitstatus_to_exitcode(status),
                "cpu": round(usage.ru_utime + usage.ru_stime, 6),
                "memory": usage.ru_maxrss * 1024,
            }

    def left_by(self, pid: int, kid: Kid) -> list[int]:
        """What is still there of what an ended kernel had started: its orphans are ours.

        An orphan that hides whose it is belongs to those who were there when it came: it goes when
        the last of them has gone.
        """
        strangers = [each for each in _children() if each not in self.kids]
        left = []
        for each in strangers:
            whose = _whose(each, pid)
            is_only = whose is None and all(other is kid for other in self.kids.values())
            if whose == kid.id or whose == str(pid) or is_only:
                left += [each, *descendants(each)]
        return left


def tell(control: socket.socket, **message: Any) -> None:
    """Say something to the nursery, if it is still there; if not, the next poll will show it."""
    with suppress(OSError):
        control.send(json.dumps(message).encode())


def _children() -> list[int]:
    """The children of this process."""
    try:
        return [int(each) for each in Path("/proc/thread-self/children").read_bytes().split()]
    except OSError:  # not all systems tell it so quickly
        return children(os.getpid())


def _whose(pid: int, kernel: int) -> str | None:
    """The id of the kernel that started *pid*, or *kernel*'s number if it is of its session."""
    try:
        if kernel in (os.getsid(pid), os.getpgid(pid)):
            return str(kernel)
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    start = f"{COOKIE}=".encode()
    return next((e[len(start) :].decode() for e in environment if e.startswith(start)), None)


def _kill(pid: int, number: int, *, group: bool = False) -> None:
    try:
        (os.killpg if group else os.kill)(pid, number)
    except ProcessLookupError:
        if group:
            _kill(pid, number)  # it has not made its group yet
    except PermissionError:
        return  # it has become another user's


def main(fd: int, parent: int, modules: list[str], group: str) -> None:
    """Get ready, say so, and serve; in the control group with the folder *group*, if one is."""
    if group:
        enter(group)
    shown = ShownEnvironment()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=fd)
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl+C will tell us
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    gc.disable()  # until everything is made that stays
    try:
        from jupyter_flow.execution.forked.kernel import PreparedKernel

        kernel = PreparedKernel()
        warm_up()
        for each in modules:
            preload(each)
    except PreloadError as error:
        tell(control, op="refused", module=error.module, why=str(error))
        return
    except BaseException:  # noqa: BLE001 - it is told, and this process ends
        tell(control, op="failed", why=traceback.format_exc())
        return
    gc.collect()
    gc.freeze()
    gc.enable()
    files = list(fingerprints().items())
    for at in range(0, len(files), _FILES):
        tell(control, op="files", files=dict(files[at : at + _FILES]))
    zygote = Zygote(control, parent, kernel, shown)
    try:
        make_trial(zygote)
    except TrialError as error:
        tell(control, op="failed", why=str(error))
    else:
        tell(control, op="ready", about=kernel.about)
        zygote.serve()
    while _children():
        kill_descendants()
        zygote.reap()
        select.select([zygote.woken], [], [], 0.02)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4])

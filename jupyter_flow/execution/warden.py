"""The warden: a tiny process that starts one kernel and outlives it, so that nothing is left over.

Run as ``python -I -S warden.py FD PARENT GROUP -- COMMAND …``; uses the standard library only and
as little of it as it can, because its start is part of every kernel's start. Linux only.

It adopts every process that the kernel orphans (`PR_SET_CHILD_SUBREAPER`), daemons in sessions of
their own too. When the kernel ends, or the process that wanted it (PARENT) is gone, even by
SIGKILL, it kills all that descends from it. If the warden itself is killed, the kernel is killed
with it (`PR_SET_PDEATHSIG`). Since only the warden reaps the kernel, no signal can reach a
stranger who got the same number.

GROUP is the folder of a control group that it enters, or empty: see `enclosures`.

On FD, a socket, it takes single letters (``i`` interrupt, ``t`` terminate, ``k`` kill all) and
says, one line each: ``started PID``, ``failed ERRNO`` or ``ended STATUS CPU MEMORY``, STATUS
being as `os.waitstatus_to_exitcode` has it, CPU in seconds, MEMORY in bytes.
It speaks no word of Jupyter's protocol.
"""

import ctypes
import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
#: How long to wait for killed processes to be gone: some cannot die while a disk makes them wait.
PATIENCE = 5.0

prctl = ctypes.CDLL(None, use_errno=True).prctl


class Warden:
    """Watches one kernel until it is gone with all that it started."""

    def __init__(self, control: int, parent: int) -> None:
        self.control = control
        self.parent = parent
        self.kernel = 0
        self.status: int | None = None
        self.cpu = 0.0
        self.memory = 0

    def tell(self, *words: object) -> None:
        line = " ".join(str(word) for word in words) + "\n"
        try:
            os.write(self.control, line.encode())
        except OSError:
            return  # nobody listens any more; what is to be done stays the same

    def start(self, command: list[str]) -> bool:
        """Fork and execute *command*; False, having said why, when that cannot be done."""
        told, tell = os.pipe()  # closed by a successful exec, else the errno comes through
        self.kernel = os.fork()
        if self.kernel == 0:
            _become(command, tell)
        os.close(tell)
        answer = os.read(told, 16)
        os.close(told)
        if answer:
            os.waitpid(self.kernel, 0)
            self.tell("failed", answer.decode())
            return False
        self.tell("started", self.kernel)
        return True

    def watch(self, woken: int) -> None:
        """Do as told until the kernel has ended."""
        poller = select.poll()
        for fd in (self.control, woken, *_pidfd(self.parent)):
            poller.register(fd, select.POLLIN)
        while self.status is None:
            for fd, _ in poller.poll():
                if fd == woken:
                    os.read(fd, 512)
                    continue
                orders = os.read(fd, 64) if fd == self.control else b""
                if not orders:
                    poller.unregister(fd)
                self.obey(orders)
            self.reap()

    def obey(self, orders: bytes) -> None:
        """An empty order is the end of the one who gives them."""
        for order in orders or b"k":
            if order == ord("i"):
                os.killpg(self.kernel, signal.SIGINT)
            elif order == ord("t"):
                os.killpg(self.kernel, signal.SIGTERM)
            else:
                kill_descendants()

    def reap(self) -> bool:
        """Collect what has ended. False when there is no child left at all."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.cpu += usage.ru_utime + usage.ru_stime
            self.memory = max(self.memory, usage.ru_maxrss * 1024)
            if pid == self.kernel:
                self.status = os.waitstatus_to_exitcode(status)

    def sweep(self, woken: int) -> None:
        """Kill until nothing is left: what dies may leave children behind, which are ours then."""
        patience = PATIENCE
        poller = select.poll()
        poller.register(woken, select.POLLIN)
        while self.reap() and patience > 0:
            kill_descendants()
            if poller.poll(20):
                os.read(woken, 512)
            else:
                patience -= 0.02


def kill_descendants() -> None:
    """SIGKILL to everything that descends from this process, as far as it can be seen now."""
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def descendants(root: int) -> list[int]:
    """The living children of *root*, their children, and so on."""
    below = _by_parent()
    found: list[int] = []
    wanted = [root]
    while wanted:
        children = below.get(wanted.pop(), [])
        found += children
        wanted += children
    return found


def children(root: int) -> list[int]:
    """The living children of *root*."""
    return _by_parent().get(root, [])


def _by_parent() -> dict[int, list[int]]:
    """The living processes by the number of their parent, from /proc."""
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib costs as much as the whole start
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields[0] != b"Z":
            found.setdefault(int(fields[1]), []).append(int(name))
    return found


def _become(command: list[str], tell: int) -> None:
    """In the child: turn into the kernel. Never returns."""
    try:
        warden = os.getppid()
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != warden:
            os._exit(1)
        # what is ignored stays ignored through exec, and a kernel must hear interrupts
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.environ["JPY_PARENT_PID"] = str(warden)  # by Jupyter's custom: whom to end with
        os.execvpe(command[0], command, os.environ)
    except OSError as error:
        os.write(tell, str(error.errno).encode())
    finally:
        os._exit(127)


def _pidfd(pid: int) -> list[int]:
    """A descriptor that is readable once *pid* has ended, or none where there is no such thing."""
    try:
        return [os.pidfd_open(pid)]
    except (AttributeError, OSError):
        return []  # the end of its socket tells the same, unless a fork of it holds that open


def enter(group: str) -> None:
    """Be in the control group with that folder, and with this process all that it starts."""
    try:
        with open(f"{group}/cgroup.procs", "w") as file:  # noqa: PTH123 - as above
            file.write("0")
    except OSError:
        return  # then it has to do without


def main(control: int, parent: int, group: str, command: list[str]) -> None:
    """Start *command*, watch it, clean up, and say how it ended."""
    if group:
        enter(group)
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.set_inheritable(control, False)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    warden = Warden(control, parent)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: warden.obey(b"k"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if warden.start(command):
        warden.watch(woken)
        warden.sweep(woken)
        warden.tell("ended", warden.status, round(warden.cpu, 6), warden.memory)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[5:])

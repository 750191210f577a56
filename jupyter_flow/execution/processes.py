"""A kernel's process, and everything that it may start.

On Linux it is started through the `warden`, so that nothing survives it. Elsewhere its process
group is all that can be held: a child that leaves the group may stay.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from jupyter_flow.ports.kernels import KernelExit

from .enclosures import enclosure

_WARDEN = Path(__file__).with_name("warden.py")
#: What a dying warden may take to sweep up, before its own group is taken to be gone.
_LAST_WORD = 10.0


class KernelProcess(Protocol):
    """A process with all its descendants. ``news`` is readable when `hear` has something to do."""

    news: int
    output: int
    pid: int | None
    exit: KernelExit | None

    def hear(self) -> None:
        """Take in what is new; sets ``exit`` when it is over."""

    def interrupt(self) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def close(self) -> KernelExit:
        """Kill, wait for the end, free everything."""


def start_process(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: int
) -> KernelProcess:
    """Start *command*; what it writes goes to the descriptor *output*. Raises OSError."""
    kind = WardedProcess if sys.platform == "linux" else GroupProcess
    return kind(command, env=env, cwd=cwd, output=output)


class WardedProcess:
    """A process behind its warden."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: int
    ) -> None:
        ours, theirs = socket.socketpair()
        self._enclosure = enclosure()
        group = str(self._enclosure.path) if self._enclosure is not None else ""
        with theirs:
            fd = theirs.fileno()
            warden = [sys.executable, "-I", "-S", str(_WARDEN), str(fd), str(os.getpid()), group]
            try:
                self._warden = subprocess.Popen(
                    [*warden, "--", *command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=dict(env),
                    cwd=cwd,
                    pass_fds=[fd],
                    start_new_session=True,
                )
            except OSError:
                ours.close()
                self._end_enclosure()
                raise
        self._socket = ours
        self._heard = b""
        self.news = ours.fileno()
        self.output = output
        self.pid: int | None = None
        self.exit: KernelExit | None = None
        self.error: OSError | None = None

    def hear(self) -> None:
        try:
            heard = self._socket.recv(4096)
        except OSError:
            heard = b""
        if not heard:
            self._bereaved()
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            word, *rest = line.decode().split()
            if word == "started":
                self.pid = int(rest[0])
            elif word == "failed":
                self.error = OSError(int(rest[0]), os.strerror(int(rest[0])))
                self.exit = KernelExit(status=127)
            else:
                status, cpu, memory = int(rest[0]), float(rest[1]), int(rest[2])
                self.exit = exit_of(status, cpu=cpu, memory=memory)

    def _bereaved(self) -> None:
        """The warden is gone without a word; the kernel died with it, its group must follow."""
        if self.exit is None:
            if self.pid is not None:
                _kill_group(self.pid)
            self._end_enclosure()
            self.exit = KernelExit()

    def _end_enclosure(self) -> None:
        if self._enclosure is not None:
            self._enclosure.end()

    def interrupt(self) -> None:
        self._order(b"i")

    def terminate(self) -> None:
        self._order(b"t")

    def kill(self) -> None:
        self._order(b"k")

    def _order(self, letter: bytes) -> None:
        if self.exit is None:
            try:
                self._socket.send(letter)
            except OSError:
                return  # the warden is gone, and its last word can still be heard

    def close(self) -> KernelExit:
        self.kill()
        self._socket.settimeout(_LAST_WORD)
        while self.exit is None:
            self.hear()
        self._socket.close()
        try:
            self._warden.wait(_LAST_WORD)
        except subprocess.TimeoutExpired:
            self._warden.kill()
            self._warden.wait()
        self._end_enclosure()
        return self.exit


class GroupProcess:
    """A process and its group, for systems without a warden."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: int
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**env, "JPY_PARENT_PID": str(os.getpid())},
            cwd=cwd,
            start_new_session=True,
        )
        self.news, self._told = os.pipe()
        self.output = output
        self.pid: int | None = self._process.pid
        self.exit: KernelExit | None = None
        self._ended: KernelExit | None = None
        self._waiter = threading.Thread(target=self._wait, name="kernel-waiter", daemon=True)
        self._waiter.start()

    def _wait(self) -> None:
        status = self._process.wait()
        _kill_group(self._process.pid)
        self._ended = exit_of(status)
        os.write(self._told, b"x")

    def hear(self) -> None:
        os.read(self.news, 1)
        self.exit = self._ended

    def interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return  # it ended this very moment, and the waiter will say so

    def close(self) -> KernelExit:
        if self.exit is None:
            self.kill()
            self.hear()
            self._waiter.join()
            os.close(self.news)
            os.close(self._told)
        return self.exit or KernelExit()


def exit_of(status: int, *, cpu: float | None = None, memory: int | None = None) -> KernelExit:
    """The exit that *status* means: negative for a signal, and 128 + n as shells say it."""
    if status < 0:
        return KernelExit(signal=-status, cpu=cpu, memory=memory)
    if status == 128 + signal.SIGKILL:
        return KernelExit(status=status, signal=int(signal.SIGKILL), cpu=cpu, memory=memory)
    return KernelExit(status=status, cpu=cpu, memory=memory)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nothing of it is left, or the number is another's by now

"""One zygote as its user sees it: a process that gives kernels, and tells how they ended.

Knows no message of Jupyter's and no notebook.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_flow.execution.enclosures import enclosure
from jupyter_flow.execution.processes import exit_of
from jupyter_flow.ports.kernels import KernelExit

from .changes import Changes, fingerprint
from .environ import with_room
from .libraries import packages_of, site_folders
from .line import PACKET

_ZYGOTE = Path(__file__).with_name("zygote.py")
#: Seconds that a zygote may take to be ready, and between two looks at all that it has loaded.
_PATIENCE, _LOOK = 60.0, 2.0


class NurseryError(Exception):
    """There is no kernel to be had from here. ``refused`` is the module to blame, if one is."""

    def __init__(self, why: str, refused: str | None = None) -> None:
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Birth:
    """What a kernel is to be given, and whom to tell of it. *fds* as the zygote wants them."""

    id: str
    folder: Path
    env: Mapping[str, str]
    fds: Sequence[int]
    born: Callable[[int], None]
    ended: Callable[[KernelExit], None]


class Nursery:
    """A zygote that has loaded *modules*. It is started at once and gets ready by itself.

    May be used from many threads. One thread of its own waits for what the zygote says.
    """

    def __init__(self, modules: frozenset[str], env: Mapping[str, str]) -> None:
        self.modules = modules
        #: The installed packages that it has loaded, as far as that is known by now.
        self.packages = frozenset(re.split("[.:]", each)[0] for each in modules)
        #: What a kernel_info_reply of its kernels says; empty until it is ready.
        self.about: Mapping[str, Any] = {}
        #: The environment that it was started in.
        self.env = env
        self._births: dict[str, Birth] = {}
        self._files: dict[str, tuple[int, int]] = {}
        self._changes: Changes | None = None
        self._looked = time.monotonic()
        self._settled = threading.Event()
        self._error: NurseryError | None = None
        self._is_retired = False
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            fd = theirs.fileno()
            self._enclosure = enclosure()
            group = str(self._enclosure.path) if self._enclosure is not None else ""
            command = [sys.executable, str(_ZYGOTE), str(fd), str(os.getpid())]
            self._process = subprocess.Popen(
                [*command, json.dumps(sorted(modules)), group],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=with_room(env),
                pass_fds=[fd],
                start_new_session=True,
            )
        threading.Thread(target=self._listen, name="zygote", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def was_ready(self) -> bool:
        """Whether it has ever been ready."""
        return bool(self.about)

    @property
    def error(self) -> NurseryError | None:
        """Why it gives no kernels, once it is known that it does not."""
        return self._error

    @property
    def is_stale(self) -> bool:
        """Whether something that it has loaded has changed on disk.

        Where the system does not tell, all of it is looked at now and then.
        """
        if self._changes is not None:
            return self._changes.any
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return False
        self._looked = now
        return any(fingerprint(path) != then for path, then in self._files.items())

    def wait(self) -> None:
        """Until it is ready. Raises NurseryError when it will not be."""
        if not self._settled.wait(_PATIENCE):
            raise NurseryError(f"the prepared process was not ready within {_PATIENCE:g} s")
        if self._error is not None:
            raise self._error

    def bear(self, birth: Birth) -> None:
        """Fork a kernel. Returns at once; *birth* tells whom to tell. Raises NurseryError."""
        self.wait()
        order = {
            "op": "fork",
            "id": birth.id,
            "folder": str(birth.folder),
            "set": {k: v for k, v in birth.env.items() if self.env.get(k) != v},
            "unset": [name for name in self.env if name not in birth.env],
        }
        packet = json.dumps(order).encode()
        if len(packet) > PACKET:
            raise NurseryError("the environment is too large")
        with self._lock:
            if self._error is not None:
                raise self._error
            self._births[birth.id] = birth
            try:
                socket.send_fds(self._socket, [packet], list(birth.fds))
            except OSError as error:
                del self._births[birth.id]
                self._fail(NurseryError(f"the prepared process is gone: {error}"))
                raise NurseryError(f"the prepared process is gone: {error}") from error

    def signal(self, id_: str, number: int) -> None:
        """Send a signal to the process group of a kernel."""
        self._order(op="signal", id=id_, signal=number)

    def kill(self, id_: str) -> None:
        """Kill a kernel and all that it has started."""
        self._order(op="kill", id=id_)

    def retire(self) -> None:
        """Bear no more; end when the last kernel has ended."""
        with self._lock:
            self._is_retired = True
            if not self._births:
                self._hang_up()

    def close(self) -> None:
        """End it, with all its kernels."""
        with self._lock:
            self._is_retired = True
            self._hang_up()
        self._process.wait()
        self._end_enclosure()

    def _end_enclosure(self) -> None:
        if self._enclosure is not None:
            self._enclosure.end()

    def _hang_up(self) -> None:
        with suppress(OSError):  # it is gone already
            self._socket.shutdown(socket.SHUT_RDWR)

    def _order(self, **order: Any) -> None:
        with suppress(OSError):  # it is gone, and its kernels with it
            self._socket.send(json.dumps(order).encode())

    def _listen(self) -> None:
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        while True:
            for fd, _ in poller.poll():
                if self._changes is not None and fd == self._changes.fd:
                    if self._changes.look():  # once is enough
                        poller.unregister(fd)
                    continue
                packet = self._receive()
                if not packet:
                    self._bereaved()
                    return
                if self._hear(json.loads(packet)) == "ready":
                    self._watch_files(poller)

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(2 * PACKET)
        except OSError:
            return b""

    def _watch_files(self, poller: select.poll) -> None:
        files = {path: then for path, then in self._files.items() if path not in site_folders()}
        with suppress(OSError):  # then they are looked at
            self._changes = Changes(files, site_folders())
            poller.register(self._changes.fd, select.POLLIN)

    def _hear(self, said: dict[str, Any]) -> str:
        """Do what *said* asks for; what it was."""
        op: str = said["op"]
        if op == "files":
            self._files.update({path: tuple(about) for path, about in said["files"].items()})
        elif op == "ready":
            self.packages |= packages_of(self._files)
            self.about = said["about"]
            self._settled.set()
        elif op == "refused":
            self._fail(NurseryError(said["why"], said["module"]))
        elif op == "failed":
            self._fail(NurseryError(said["why"].strip().splitlines()[-1]))
        elif op == "forked":
            birth = self._births.get(said["id"])
            if birth is not None:
                birth.born(said["pid"])
        else:
            self._ended(said["id"], exit_of(said["status"], cpu=said["cpu"], memory=said["memory"]))
        return op

    def _fail(self, error: NurseryError) -> None:
        self._error = self._error or error
        self._settled.set()

    def _ended(self, id_: str, ended: KernelExit) -> None:
        with self._lock:
            birth = self._births.pop(id_, None)
            if self._is_retired and not self._births:
                self._hang_up()
        if birth is not None:  # not the zygote's own trial
            birth.ended(ended)

    def _bereaved(self) -> None:
        """The zygote is gone, and its kernels with it."""
        self._end_enclosure()
        with self._lock:
            self._fail(NurseryError("the prepared process has ended"))
            births = list(self._births.values())
            self._births.clear()
        for each in births:
            each.ended(KernelExit())
        self._socket.close()
        if self._changes is not None:
            self._changes.close()
        self._process.wait()

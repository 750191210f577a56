"""Started kernels: each a process of its own, started as its kernelspec says.

The ordinary way to a kernel, for every language, environment and system.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import zmq

from jupyter_flow.core.errors import FlowError
from jupyter_flow.ports.kernels import Channel, Kernel, KernelExit, KernelRequest, Message

from .kernelspecs import Kernelspec, find_kernelspec
from .memory import MemoryWatch
from .processes import KernelProcess, start_process
from .wire import Wire

#: A socket's path may have 107 bytes; the rest of it is made here and needs about 20.
_LONGEST_FOLDER = 80
#: What a dead kernel said last may be on its way through our own socket for so many seconds.
_LAST = 0.02


class StartedKernels:
    """Starts kernels. A `KernelLauncher`; may be used from many threads at once.

    None is started ahead of its launch: only then are its folder and its environment known, which
    a process that runs cannot be given from outside in every language.
    """

    def __init__(self) -> None:
        self._context: zmq.Context[Any] | None = None
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def get_ready(self) -> None:
        """Nothing: all of it depends on the kernel."""

    def foresee(self, requests: Iterable[KernelRequest]) -> None:
        """Nothing: see above."""

    def launch(self, request: KernelRequest) -> Kernel:
        """Start the process and return at once. Raises FlowError (JF601, JF602, JF603)."""
        spec = find_kernelspec(request.name)
        with self._lock:
            if self._context is None or self._folder is None:
                self._context = zmq.Context()
                self._folder = _private_folder()
                # Also when nobody closes: at the end of a process that was interrupted.
                atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
            context, folder = self._context, self._folder
        connection_file = folder / f"{uuid.uuid4().hex[:12]}.json"
        connection = _connection(spec, connection_file)
        try:
            return StartedKernel(spec, request, context, connection_file, connection)
        except OSError as error:
            connection_file.unlink(missing_ok=True)
            raise FlowError(
                f"the kernel {spec.display_name!r} cannot be started: {error}",
                hint=f"Its command is {spec.argv[0]!r}, its folder {str(request.folder)!r}.",
                code="JF603",
            ) from error

    def close(self) -> None:
        with self._lock:
            if self._context is not None and self._folder is not None:
                self._context.destroy(linger=0)
                shutil.rmtree(self._folder, ignore_errors=True)
            self._context = self._folder = None


class StartedKernel:
    """One kernel that was started. A `Kernel`."""

    def __init__(
        self,
        spec: Kernelspec,
        request: KernelRequest,
        context: zmq.Context[Any],
        connection_file: Path,
        connection: Mapping[str, Any],
    ) -> None:
        self.name = spec.name
        self.display_name = spec.display_name
        self.language = spec.language
        self.way = "started"
        self.about: Mapping[str, Any] | None = None
        self._spec = spec
        self._connection_file = connection_file
        self._connection = connection
        self._output, write = os.pipe()
        os.set_blocking(self._output, False)
        try:
            self._process: KernelProcess = start_process(
                spec.command(connection_file),
                env=spec.environment(request.env),
                cwd=request.folder,
                output=write,
            )
        except OSError:
            os.close(self._output)
            raise
        finally:
            os.close(write)
        self._memory: MemoryWatch | None = None
        self._exit: KernelExit | None = None
        self._closed = False
        self._closing = threading.Lock()
        self._wire = Wire(context, connection)
        self._wire.watch(self._process.news)
        self._wire.watch(self._output)

    @property
    def exit(self) -> KernelExit | None:
        return self._exit

    def send(
        self,
        channel: Channel,
        msg_type: str,
        content: Mapping[str, Any],
        *,
        parent: Mapping[str, Any] | None = None,
    ) -> str:
        return self._wire.send(channel, msg_type, content, parent)

    def receive(self, timeout: float | None) -> Sequence[tuple[Channel, Message]]:
        arrived = self._receive(timeout if self._exit is None else _LAST)
        if self._exit is not None and not arrived:
            arrived = self._receive(_LAST)
        return arrived

    def _receive(self, timeout: float | None) -> list[tuple[Channel, Message]]:
        arrived, readable = self._wire.receive(timeout)
        if self._output in readable:
            arrived += self._overhear()
        if self._process.news in readable:
            self._hear()
        return arrived

    def _hear(self) -> None:
        self._process.hear()
        ended = self._process.exit
        if ended is not None:
            self._wire.unwatch(self._process.news)
            killed = self._memory is not None and self._memory.killed(ended)
            self._exit = replace(ended, out_of_memory=killed)
        elif self._process.pid is not None and self._memory is None:
            self._memory = MemoryWatch.of(self._process.pid)

    def _overhear(self) -> list[tuple[Channel, Message]]:
        try:
            text = os.read(self._output, 65536)
        except BlockingIOError:
            return []
        if not text:  # everyone who could write to it is gone
            self._wire.unwatch(self._output)
            return []
        return [("process", {"text": text.decode(errors="replace")})]

    def tell_address(self, path: Path) -> bool:
        address = {**self._connection, "kernel_name": self.name, "pid": self._process.pid}
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:  # noqa: PTH123
            json.dump(address, file)
        return True

    def wake(self) -> None:
        with self._closing:
            if not self._closed:
                self._wire.wake()

    def interrupt(self) -> None:
        if self._spec.interrupt_by_message:
            self.send("control", "interrupt_request", {})
        else:
            self._process.interrupt()

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> KernelExit:
        if not self._closed:
            ended = self._process.close()
            self._exit = self._exit or ended
            with self._closing:  # nobody may wake what is no longer there
                self._closed = True
                self._wire.close()
            os.close(self._output)
            self._connection_file.unlink(missing_ok=True)
            if self._connection["transport"] == "ipc":
                for channel in ("shell", "iopub", "stdin", "hb", "control"):
                    path = f"{self._connection['ip']}-{self._connection[f'{channel}_port']}"
                    Path(path).unlink(missing_ok=True)
        return self._exit or KernelExit()


def _private_folder() -> Path:
    """A folder of our own (0700) with a short path, for connection files and sockets."""
    usual = Path(tempfile.gettempdir())
    short = usual if len(os.fsencode(usual)) < _LONGEST_FOLDER else Path("/tmp")
    return Path(tempfile.mkdtemp(prefix="jf-", dir=short if short.is_dir() else usual))


def _connection(spec: Kernelspec, file: Path) -> Mapping[str, Any]:
    """Write the connection file. Sockets in our own folder where the kernel is known to take them:
    nobody else can reach those, and no two kernels can want the same port."""
    from jupyter_client.connect import write_connection_file

    local = file.with_suffix("")
    is_short = len(os.fsencode(local)) < _LONGEST_FOLDER + 20
    ipc = sys.platform == "linux" and spec.is_ipykernel and is_short
    _, connection = write_connection_file(
        str(file),
        ip=str(local) if ipc else "127.0.0.1",
        transport="ipc" if ipc else "tcp",
        key=uuid.uuid4().hex.encode(),
        kernel_name=spec.name,
    )
    return dict(connection)

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from select import select
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
#: How many seconds a kernel that was started ahead waits for its launch.
PATIENCE = 60.0
#: What a dead kernel said last may be on its way through our own socket for so many seconds.
_LAST = 0.02


class StartedKernels:
    """Starts kernels. A `KernelLauncher`; may be used from many threads at once.

    One may be started ahead of its launch, where its folder and its environment are known for
    certain: a process that runs cannot be given others from outside in every language.
    """

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._ahead: _Ahead | None = None
        self._context: zmq.Context[Any] | None = None
        self._folder: Path | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def get_ready(self) -> None:
        """Nothing: all of it depends on the kernel."""

    def foresee(self, requests: Iterable[KernelRequest]) -> None:
        """Nothing: see above."""

    def start_ahead(self, request: KernelRequest) -> bool:
        """Let the kernel of *request* boot, unless there is one already that nobody has taken."""
        with self._lock:
            if self._ahead is not None or self._is_closed:
                return False
            ahead = self._ahead = _Ahead(request)
        try:
            kernel = self._start(request)
        except FlowError:
            self._take_ahead()
            return False  # its launch will say why
        if not ahead.put(kernel, self._patience, self.forget_ahead):
            kernel.close()  # nobody wants it any more
        return True

    def forget_ahead(self) -> None:
        """Nobody will launch what was started ahead: close it."""
        ahead = self._take_ahead()
        kernel = ahead.take() if ahead is not None else None
        if kernel is not None:
            threading.Thread(target=kernel.close, name="close a kernel", daemon=True).start()

    def launch(self, request: KernelRequest) -> Kernel:
        """The kernel that was started ahead for it, or else a new process, which is started now.

        Returns at once. Raises FlowError (JF601, JF602, JF603).
        """
        return self._started_ahead(request) or self._start(request)

    def _started_ahead(self, request: KernelRequest) -> StartedKernel | None:
        ahead = self._ahead
        if ahead is None or ahead.request != request:
            return None
        self._take_ahead()
        kernel = ahead.take()
        if kernel is None:
            return None
        if kernel.fits(find_kernelspec(request.name), request):
            kernel.way = "started ahead"
            return kernel
        kernel.close()
        return None

    def _take_ahead(self) -> _Ahead | None:
        with self._lock:
            ahead, self._ahead = self._ahead, None
            return ahead

    def _start(self, request: KernelRequest) -> StartedKernel:
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
        self._is_closed = True
        ahead = self._take_ahead()
        kernel = ahead.take() if ahead is not None else None
        if kernel is not None:
            kernel.close()
        with self._lock:
            if self._context is not None and self._folder is not None:
                self._context.destroy(linger=0)
                shutil.rmtree(self._folder, ignore_errors=True)
            self._context = self._folder = None


class _Ahead:
    """A kernel that boots ahead of its launch, until it is taken: by that, or to be closed."""

    def __init__(self, request: KernelRequest) -> None:
        self.request = request
        self._lock = threading.Lock()
        self._kernel: StartedKernel | None = None
        self._timer: threading.Timer | None = None
        self._is_taken = False

    def put(self, kernel: StartedKernel, patience: float, forget: Callable[[], None]) -> bool:
        """It is there; *forget* is called when nobody takes it for *patience* seconds. False when
        it is not wanted any more."""
        with self._lock:
            if self._is_taken:
                return False
            self._kernel = kernel
            self._timer = threading.Timer(patience, forget)
            self._timer.daemon = True
            self._timer.start()
            return True

    def take(self) -> StartedKernel | None:
        """The kernel, for the first who asks; None when it is not there yet."""
        with self._lock:
            self._is_taken = True
            kernel, self._kernel = self._kernel, None
            if self._timer is not None:
                self._timer.cancel()
            return kernel


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
        self._environment = spec.environment(request.env)
        self._connection_file = connection_file
        self._connection = connection
        self._output, write = os.pipe()
        os.set_blocking(self._output, False)
        try:
            self._process: KernelProcess = start_process(
                spec.command(connection_file),
                env=self._environment,
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

    def fits(self, spec: Kernelspec, request: KernelRequest) -> bool:
        """Whether it lives, and is what would be started now for *request*."""
        if spec != self._spec or spec.environment(request.env) != self._environment:
            return False
        if select([self._process.news], [], [], 0)[0]:
            self._hear()
        return self._exit is None

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

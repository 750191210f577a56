"""The stock IPython kernel without sockets and threads: built before a fork, started after it.

All that touches ipykernel's insides is here and in `streams`; `SUPPORTED` says for which versions.
What a notebook can see is what ipykernel's own application would have made of it. Left out are the
parts that need another client: the debugger, subshells, ``%connect_info``.
"""

# ruff: noqa: SLF001
# mypy: disable-error-code="no-untyped-call,union-attr,attr-defined,misc"
from __future__ import annotations

import asyncio
import atexit
import gc
import io
import os
import sys
import threading
import uuid
from collections.abc import Mapping
from contextvars import copy_context
from pathlib import Path
from typing import Any

import zmq

# no debugger attaches to these kernels, and debugpy is a fifth of what a kernel imports
sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]
import ipykernel.debugger  # noqa: E402, F401

if sys.modules["debugpy"] is None:
    del sys.modules["debugpy"]

from ipykernel.displayhook import ZMQDisplayHook  # noqa: E402
from ipykernel.ipkernel import IPythonKernel  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from IPython.core.application import (  # noqa: E402
    ENV_CONFIG_DIRS,
    SYSTEM_CONFIG_DIRS,
    BaseIPythonApplication,
)
from tornado.ioloop import IOLoop  # noqa: E402
from traitlets import Any as AnyTrait  # noqa: E402

from .line import CHUNK, Unpacker  # noqa: E402
from .streams import Line, LineSocket, Publisher, Stream  # noqa: E402

#: As a started kernel is started, for those who look at ``sys.argv``.
_INLINE = "module://matplotlib_inline.backend_inline"
_ARGV = ["-f", "/dev/null", "--HistoryManager.hist_file=:memory:"]


class ForkableKernel(IPythonKernel):
    """The stock kernel, less what another client would need."""

    shell_stream = AnyTrait()
    control_stream = AnyTrait()
    iopub_thread = AnyTrait()
    _execute_sleep = 0.0
    _supports_kernel_subshells = False

    async def do_execute(self, *args: Any, **kwargs: Any) -> Any:
        self.iopub_thread.in_cell = True
        self.iopub_thread.flush()  # that it runs: from now on it can be interrupted
        try:
            return await super().do_execute(*args, **kwargs)
        finally:
            self.iopub_thread.in_cell = False

    def _process_children(self) -> list[Any]:
        """The same as ever; but where nothing was started, not all processes are looked through."""
        tasks = Path("/proc/self/task")
        try:
            if not any((each / "children").read_bytes().strip() for each in tasks.iterdir()):
                return []
        except OSError:
            pass  # this system does not tell, or a thread has ended
        return list(super()._process_children())


class _NoSubshells:
    """What the kernel asks its missing thread for subshells. Is false, as if it were not there."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class PreparedKernel:
    """A kernel that only needs to be forked. Make one per process, before any thread is there."""

    def __init__(self) -> None:
        sys.argv[:] = [_launcher(), *_ARGV]
        self._app = app = IPKernelApp.instance()
        if app.kernel_class is not IPythonKernel:
            raise RuntimeError(f"the configuration wants the kernel {app.kernel_class}")
        BaseIPythonApplication.initialize(app, _ARGV)
        app.init_pdb()
        app.init_blackhole()
        app.configure_tornado_logger()
        app.session.check_pid = False
        app.session.key = b""  # nobody else can write to the line
        self._line = Line()
        self._make_io()
        self._kernel = app.kernel = self._make_kernel()
        app.displayhook.get_execution_count = lambda: app.kernel.execution_count
        app.init_path()
        app.init_shell()
        self._has_code = _has_code(app)
        if not self._has_code:
            self._run_code()
        self._rehearse()

    @property
    def about(self) -> Mapping[str, Any]:
        """What a kernel_info_reply says."""
        return dict(self._kernel.kernel_info)

    def serve(self, line: int, outputs: tuple[int, int], original: int) -> int:
        """In a fork: run as a kernel until it is told to end; the status to end with.

        *line* is the socket to the client, *outputs* are the reading ends of what the descriptors
        1 and 2 write to, *original* is where they would lead without a kernel. The environment,
        the directory and the signals are the task's already.
        """
        app, kernel = self._app, self._kernel
        self._settle(original)
        self._line.open(line)
        streams = sys.stdout, sys.stderr = self._streams
        sys.displayhook = app.displayhook
        for stream in streams:
            stream.begin(original)
        self._publisher.begin(dict(zip(outputs, streams, strict=True)))
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        kernel.io_loop = IOLoop.current()
        kernel._control_lock = asyncio.Lock()
        loop.add_reader(line, _Reader(kernel, loop, line).read)
        if self._has_code:
            self._run_code()
        try:
            loop.run_forever()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else int(end.code is not None)
        return 0

    def _make_io(self) -> None:
        """What `IPKernelApp.init_io` and its sockets are otherwise."""
        app, session = self._app, self._app.session
        self._publisher = app.iopub_thread = app.iopub_socket = Publisher(self._line, session)
        self._streams = [Stream(session, self._publisher, name) for name in ("stdout", "stderr")]
        app.displayhook = ZMQDisplayHook(session, self._publisher)
        app.patch_io()

    def _make_kernel(self) -> ForkableKernel:
        app = self._app
        kernel = ForkableKernel.instance(
            parent=app,
            session=app.session,
            shell_channel_thread=_NoSubshells(),
            shell_stream=LineSocket("shell", self._line),
            iopub_thread=self._publisher,
            iopub_socket=self._publisher,
            log=app.log,
            profile_dir=app.profile_dir,
            user_ns=app.user_ns,
        )
        kernel._stdout, kernel._stderr = self._streams
        kernel.shell.exit_now = False
        return kernel

    def _run_code(self) -> None:
        """Extensions and what the profile wants to be run; in the fork, if any is the user's."""
        self._app.init_gui_pylab()
        self._app.init_extensions()
        self._app.init_code()

    def _rehearse(self) -> None:
        """Have made whatever is made at the first cell."""
        shell, session = self._kernel.shell, self._app.session
        shell.run_cell("pass", store_history=False, silent=True)
        shell.display_formatter.format(0)
        session.serialize(session.msg("status", {"execution_state": "idle"}))

    def _settle(self, original: int) -> None:
        """What was found out before the fork and is another's now."""
        app, kernel, shell = self._app, self._kernel, self._kernel.shell
        app.parent_handle = os.getppid()
        app.init_signal()
        app.session.session = str(uuid.uuid4())
        app.session.pid = os.getpid()
        kernel.ident = str(uuid.uuid4())
        shell.displayhook.topic = kernel._topic("execute_result")
        shell.init_environment()
        os.environ.setdefault("MPLBACKEND", _INLINE)
        shell.starting_dir = str(Path.cwd())
        shell.history_manager.dir_hist[:] = [Path.cwd()]
        for handler in app.log.handlers:
            if getattr(handler, "stream", None) is sys.__stderr__:
                handler.stream = io.TextIOWrapper(io.FileIO(original, "w", closefd=False))
        if "numpy.random" in sys.modules:
            # drawn from the system when it was imported, so the same in all forks
            sys.modules["numpy.random"].seed()


def _has_code(app: IPKernelApp) -> bool:
    """Whether the user's configuration has anything run before the first cell."""
    folders = [app.profile_dir.startup_dir]
    folders += [str(Path(each) / "startup") for each in (*ENV_CONFIG_DIRS, *SYSTEM_CONFIG_DIRS)]
    wishes = (app.extensions, app.extra_extensions, app.exec_lines, app.exec_files)
    return (
        any(wishes)
        or bool(app.gui or app.pylab or app.matplotlib)
        or bool(app.code_to_run or app.file_to_run or app.module_to_run)
        or "PYTHONSTARTUP" in os.environ
        or any(True for each in folders for _ in Path(each).glob("*.*py"))
    )


class _Reader:
    """Hands what the client sends to the kernel, one at a time and in order."""

    def __init__(self, kernel: ForkableKernel, loop: asyncio.AbstractEventLoop, line: int) -> None:
        self._kernel = kernel
        self._loop = loop
        self._line = line
        self._unpacker = Unpacker()
        self._tasks: set[asyncio.Task[None]] = set()
        #: One for all cells: a context variable that one sets is there in the next.
        self._context = copy_context()

    def read(self) -> None:
        data = os.read(self._line, CHUNK)
        if not data:
            os._exit(1)  # the client is gone
        for channel, *parts in self._unpacker.feed(data):
            work = self._end() if channel == b"control" else self._handle(parts)
            task = self._loop.create_task(work, context=self._context)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, parts: list[bytes]) -> None:
        await self._kernel.shell_main(None, [zmq.Frame(each) for each in parts])

    async def _end(self) -> None:
        """The only request on the control channel is that for the end."""
        async with self._kernel._main_asyncio_lock:
            await self._kernel._at_shutdown()
        self._loop.stop()


def finish(status: int) -> None:
    """End this process as Python would, but for taking apart what the fork has copied.

    Threads are waited for, exit handlers run, the notebook's objects are let go, open files are
    flushed. Never returns.
    """
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        _let_go()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout.pub_thread.flush()
    finally:
        os._exit(status)


def _let_go() -> None:
    """What IPython's own exit handler has let go of goes, and what it had open is written."""
    gc.collect()
    for each in gc.get_objects():
        if isinstance(each, (io.TextIOWrapper, io.BufferedWriter)) and not each.closed:
            try:
                each.flush()
            except (OSError, ValueError):
                continue  # its reader is gone, or it is closed by now


def _launcher() -> str:
    import importlib.util

    spec = importlib.util.find_spec("ipykernel_launcher")
    return spec.origin if spec is not None and spec.origin else "ipykernel_launcher.py"

"""Kernels that are kept after a failure, taken in among those of the Jupyter server.

Its kernel manager is asked for a kernel as for any other, and given a provisioner that attaches to
the one there is. So it is listed, connected to, interrupted and shut down as usual, and seen to be
dead when it has ended. Restarting it is to start another one, which is the server's own.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager

from jupyter_flow.app.kept import KeptKernel

_PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")


class Attaching:
    """Attaches *manager*, which is told so for its whole life, to kernels that are kept."""

    def __init__(self, manager: MappingKernelManager) -> None:
        self._manager: Any = manager
        self._make: Callable[..., Any] = manager.kernel_manager_factory
        self._awaited: dict[str, KeptKernel] = {}
        manager.kernel_manager_factory = self._make_or_attach

    async def attach(self, kept: KeptKernel, path: str) -> str:
        """The id of *kept* among the kernels of the server, for the notebook at *path*."""
        key = f"{kept.connection['key']} {kept.pid}"
        kernel_id = str(uuid5(NAMESPACE_OID, key))
        if kernel_id not in self._manager:
            self._awaited[kernel_id] = kept
            try:
                await self._manager.start_kernel(
                    kernel_id=kernel_id, kernel_name=self._name_of(kept), path=path
                )
            finally:
                self._awaited.pop(kernel_id, None)
        return kernel_id

    def _name_of(self, kept: KeptKernel) -> str:
        """Its kernelspec, if the server has it too."""
        specs = self._manager.kernel_spec_manager
        default = str(self._manager.default_kernel_name)
        try:
            return kept.name if kept.name and specs.get_kernel_spec(kept.name) else default
        except NoSuchKernel:
            return default

    def _make_or_attach(self, **about: Any) -> Any:
        """A manager of one kernel. Whose it is, its connection file tells: ``kernel-ID.json``."""
        made = self._make(**about)
        file = str(about.get("connection_file", ""))
        kept = next((each for id_, each in self._awaited.items() if id_ in file), None)
        if kept is not None:
            made.restarter_class = _Mourner
            made.provisioner = _Attached(kept, kernel_spec=made.kernel_spec, parent=made)
        return made


class _Mourner(AsyncIOLoopKernelRestarter):
    """Tells of a death, and brings nothing back: another kernel would not have the variables."""

    restart_limit = 0


class _Attached(LocalProvisioner):
    """Provides a kernel that runs already; if it is to be started again, one of its own."""

    def __init__(self, kept: KeptKernel, **about: Any) -> None:
        super().__init__(**about)
        self._kept: KeptKernel | None = kept

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        if self._kept is not None:
            return kwargs | {"cmd": []}
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        if self._kept is None:
            return await super().launch_kernel(cmd, **kwargs)
        process: Any = _Process(self._kept)
        self.process, self.pid = process, process.pid
        told = self._kept.connection
        return {**told, "key": told["key"].encode()}

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if restart and self._kept is not None:
            self._kept = None
            manager: Any = self.parent
            await manager.cleanup_resources(restart=False)
            manager.transport, manager.ip = "tcp", "127.0.0.1"
            for port in _PORTS:
                setattr(manager, port, 0)


class _Process:
    """A kept kernel, with what is asked of a `Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, kept: KeptKernel) -> None:
        self._kept = kept
        self.pid = kept.pid

    def poll(self) -> int | None:
        return None if self._kept.is_alive else 0

    def wait(self) -> int:
        return 0

    def send_signal(self, number: int) -> None:
        self._kept.signal(number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

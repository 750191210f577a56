"""How a kernel is had: its process, and the wire to it.

Two ways lie behind this port: kernels that are *started*, as Jupyter starts them, and kernels that
are *forked* from a prepared process. Whoever runs cells does not know which one it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

Channel = Literal["shell", "iopub", "control", "stdin", "process"]

#: One message of Jupyter's protocol: header, parent_header, metadata, content, buffers. On the
#: channel "process" it is what the process itself wrote, past the protocol: ``{"text": …}``.
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelRequest:
    """Which kernel is wanted, and where it runs.

    ``name`` is a kernelspec's; None means this environment's own Python. ``env`` is added to the
    environment of this process. With ``keep``, somebody else may want to talk to it later.
    ``libraries`` are those that its notebook imports, as far as they are worth having ready; with
    ``insists`` somebody has named them, and they are, however few want them. ``fresh`` says why it
    must be a process that was started for it alone, if it must.
    """

    name: str | None
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    keep: bool = False
    libraries: frozenset[str] = frozenset()
    insists: bool = False
    fresh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelExit:
    """How a kernel's process ended: a status, or the signal that killed it.

    Both are None when nobody could tell. ``cpu`` is in seconds, ``memory`` the peak in bytes, with
    everything that the kernel had started and that was waited for.
    """

    status: int | None = None
    signal: int | None = None
    cpu: float | None = None
    memory: int | None = None
    out_of_memory: bool = False


class Kernel(Protocol):
    """One kernel, used for one attempt and never again.

    Only `wake` may be called from another thread than the one that launched it.
    """

    name: str
    display_name: str
    language: str
    #: How it was had, in words for the log.
    way: str

    @property
    def about(self) -> Mapping[str, Any] | None:
        """What its kernel_info_reply says, if that is known without asking: then it is ready."""

    @property
    def exit(self) -> KernelExit | None:
        """How it ended; None while it lives. When it is set, nothing it had started is alive."""

    def send(
        self,
        channel: Channel,
        msg_type: str,
        content: Mapping[str, Any],
        *,
        parent: Mapping[str, Any] | None = None,
    ) -> str:
        """Send a message and return its id. A kernel that has died ignores it."""

    def receive(self, timeout: float | None) -> Sequence[tuple[Channel, Message]]:
        """What has arrived, in order within a channel; waits up to *timeout* seconds for the first.

        Returns nothing when the time is up, when `wake` was called, and when the kernel has died
        and all it said has been received.
        """

    def wake(self) -> None:
        """Make a `receive` that is waiting, or else the next one, return at once."""

    def tell_address(self, path: Path) -> bool:
        """Write a connection file to *path* by which others, of this user, can talk to it.

        It also has the kernel's ``pid``. False when nobody can: it was not asked for with ``keep``.
        """

    def interrupt(self) -> None:
        """What the stop button does: the signal or the message that its kernelspec wants."""

    def terminate(self) -> None:
        """Ask the process and its group to end."""

    def kill(self) -> None:
        """End the process and everything that it started, now."""

    def close(self) -> KernelExit:
        """Kill what is left, free everything, and say how it ended. May be called again."""


class KernelLauncher(Protocol):
    """Gives kernels."""

    def get_ready(self) -> None:
        """Kernels will be wanted soon: begin what takes time for any of them. Returns at once."""

    def foresee(self, requests: Iterable[KernelRequest]) -> None:
        """These kernels will probably be wanted soon, each once. Returns at once.

        Whoever launches one of them later has wanted it only once. What cannot be launched is
        told then, not here.
        """

    def start_ahead(self, request: KernelRequest) -> bool:
        """Let the kernel of *request* boot now, if that helps: whoever launches it, with a request
        that is equal, then has it. Any thread.

        At most one is kept so, for a limited time. False, and nothing done, when there is one
        already, or where it makes no difference. What cannot be started is told when it is
        launched.
        """

    def forget_ahead(self) -> None:
        """Nobody will launch what was started ahead: close it. Returns at once. Any thread."""

    def launch(self, request: KernelRequest) -> Kernel:
        """A new kernel, which may still be booting: it is ready when it answers.

        Raises FlowError (JF601 to JF605) when there is no such kernel or it cannot be started.
        """

    def close(self) -> None:
        """Free what is shared by the kernels. All of them have been closed before."""

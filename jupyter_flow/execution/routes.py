"""Which way to a kernel: a fork where that makes no difference, else a start.

The only place that knows both ways. A fork that fails is replaced by a start, and said once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from jupyter_flow.core.errors import FlowError
from jupyter_flow.ports.kernels import Kernel, KernelRequest

from .forked.fitness import unfit, unsupported
from .kernelspecs import find_kernelspec

if TYPE_CHECKING:
    from .forked.kernels import ForkedKernels
    from .kernels import StartedKernels

log = logging.getLogger(__name__)


class KernelRoutes:
    """Gives kernels by the best way. A `KernelLauncher`; may be used from many threads at once."""

    def __init__(self) -> None:
        self._starting: StartedKernels | None = None
        self._lock = threading.Lock()
        self._closed_for = unsupported()

    def get_ready(self) -> None:
        forked = self._forks()
        if forked is not None:
            forked.get_ready()

    def foresee(self, requests: Iterable[KernelRequest]) -> None:
        forked = self._forks()
        if forked is not None:
            found = [(find_kernelspec(each.name), each) for each in requests]
            fit = [each for each in found if unfit(*each, forked.env) is None]
            if fit:
                forked.get_ready()
                forked.foresee(fit)

    def start_ahead(self, request: KernelRequest) -> bool:
        """A fork is as quick without."""
        try:
            spec = find_kernelspec(request.name)
        except FlowError:
            return False  # its launch will say why
        forked = self._forks()
        if forked is not None and unfit(spec, request, forked.env) is None:
            return False
        return self._starts().start_ahead(request)

    def forget_ahead(self) -> None:
        if self._starting is not None:
            self._starting.forget_ahead()

    def launch(self, request: KernelRequest) -> Kernel:
        spec = find_kernelspec(request.name)
        forked = self._forks()
        why = self._closed_for
        if forked is not None:
            why = unfit(spec, request, forked.env)
            if why is None:
                from .forked.nursery import NurseryError

                try:
                    return forked.launch(spec, request)
                except NurseryError as error:
                    why = str(error)
                    self._close_route(why)
        kernel = self._starts().launch(request)
        kernel.way = f"{kernel.way}: {why}"
        return kernel

    def close(self) -> None:
        """Zygotes are the whole process's, and end with it."""
        if self._starting is not None:
            self._starting.close()

    def _starts(self) -> StartedKernels:
        """Made, and loaded, when the first kernel is to be started."""
        from .kernels import StartedKernels

        with self._lock:
            self._starting = self._starting or StartedKernels()
            return self._starting

    def _forks(self) -> ForkedKernels | None:
        if self._closed_for is not None:
            return None
        from .forked.kernels import forked_kernels

        return forked_kernels()

    def _close_route(self, why: str) -> None:
        with self._lock:
            if self._closed_for is None:
                self._closed_for = why
                log.warning(
                    "kernels are started one by one, for they cannot be forked: %s",
                    why,
                    extra={"action": "route_closed"},
                )

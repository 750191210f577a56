"""Which zygote a kernel comes from, and when there is another one."""

from __future__ import annotations

import atexit
import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from jupyter_flow.execution.kernelspecs import Kernelspec
from jupyter_flow.ports.kernels import KernelRequest

from .connection import ForkedKernel
from .fitness import changed_names
from .libraries import is_shadowed
from .nursery import Nursery, NurseryError

#: How often a library must have been wanted before it is loaded beforehand.
_OFTEN = 2
#: How many zygotes may be gone just when a kernel is wanted of them, before that is not by chance.
_DEATHS = 2


def forked_kernels() -> ForkedKernels:
    """Those of this process, whoever wants some. They end with it."""
    return _of_process(os.getpid())


@cache
def _of_process(pid: int) -> ForkedKernels:  # noqa: ARG001 - a fork has none of its parent's
    kernels = ForkedKernels()
    atexit.register(kernels.close)
    return kernels


class ForkedKernels:
    """Gives forked kernels, from two zygotes at most that get ready in the background.

    One is bare, the other has loaded the libraries that notebooks have wanted more than once, or
    insisted on. May be used from many threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bare: Nursery | None = None
        self._stocked: Nursery | None = None
        self._wanted: Counter[str] = Counter()
        self._foreseen: Counter[str] = Counter()
        #: The libraries that cannot be loaded beforehand, and why.
        self._refused: dict[str, str] = {}
        self._broken: Counter[frozenset[str]] = Counter()
        #: The environment in which the zygotes are started.
        self.env: Mapping[str, str] = dict(os.environ)

    @property
    def pids(self) -> list[int]:
        """The zygotes that are there, the bare one first."""
        return [each.pid for each in (self._bare, self._stocked) if each is not None]

    def get_ready(self) -> None:
        """Start the bare zygote if there is none."""
        with self._lock:
            self._bare = self._fresh(self._bare, frozenset())

    def try_out(self) -> None:
        """Wait for the bare zygote, which has tried a kernel by then. Raises NurseryError."""
        self.get_ready()
        with self._lock:
            bare = self._bare
        if bare is not None:
            bare.wait()

    def foresee(self, requests: Iterable[tuple[Kernelspec, KernelRequest]]) -> None:
        """Count what these will want, before they do, and load what pays."""
        with self._lock:
            for spec, request in requests:
                if _is_neutral(spec.environment(request.env), self.env):
                    self._foreseen.update(request.libraries)
                    self._wanted.update(_times(request))
            self._stock()

    def launch(self, spec: Kernelspec, request: KernelRequest) -> ForkedKernel:
        """A new kernel. Raises NurseryError when there is none to be had this way."""
        env = spec.environment(request.env)
        deaths = 0
        while True:
            nursery = self._nursery(request, env)
            try:
                return ForkedKernel(spec, nursery, request, env)
            except NurseryError as error:
                deaths += nursery.was_ready
                if deaths > _DEATHS or not (nursery.was_ready or nursery.modules):
                    raise
                if not nursery.was_ready:
                    self._blame(nursery, error)

    def _blame(self, nursery: Nursery, error: NurseryError) -> None:
        """*nursery* never got ready: do without the module that is to blame, or, if that happens
        again and none is named, without all of them."""
        with self._lock:
            self._broken[nursery.modules] += 1
            if error.refused is not None:
                self._refused[error.refused] = str(error)
            elif self._broken[nursery.modules] > 1:
                self._refused.update(dict.fromkeys(nursery.modules, str(error)))

    def close(self) -> None:
        with self._lock:
            for nursery in filter(None, (self._bare, self._stocked)):
                nursery.close()
            self._bare = self._stocked = None

    def _nursery(self, request: KernelRequest, env: Mapping[str, str]) -> Nursery:
        """The one that fits best. A library that has read the environment must have read this."""
        with self._lock:
            self._bare = self._fresh(self._bare, frozenset())
            modules = {each for each in request.libraries if ":" not in each}
            if not modules or not _is_neutral(env, self.env):
                return self._bare
            self._want(request)
            self._stock()
            stocked = self._stocked
            can_have = modules - self._refused.keys()
            if stocked is None or not can_have or not can_have <= stocked.modules:
                return self._bare
            if is_shadowed(stocked.packages - self._bare.packages, request.folder):
                return self._bare
            return stocked

    def _want(self, request: KernelRequest) -> None:
        """Count what *request* wants, but for what was foreseen and counted then."""
        foreseen = {each for each in request.libraries if self._foreseen[each] > 0}
        self._foreseen.subtract(foreseen)
        self._wanted.update({k: n for k, n in _times(request).items() if k not in foreseen})

    def _stock(self) -> None:
        """Have a zygote with all that is wanted often."""
        often = {name for name, times in self._wanted.items() if times >= _OFTEN}
        modules = frozenset(often - self._refused.keys())
        if any(":" not in each for each in modules):
            self._stocked = self._fresh(self._stocked, modules)

    def _fresh(self, nursery: Nursery | None, modules: frozenset[str]) -> Nursery:
        """*nursery* if it is there, of use, and has all of *modules*; else a new one."""
        if nursery is not None:
            if nursery.error is None and modules <= nursery.modules and not nursery.is_stale:
                return nursery
            nursery.retire()
        return Nursery(modules, self.env)


def _times(request: KernelRequest) -> dict[str, int]:
    """How often *request* counts as wanting each of its libraries."""
    return dict.fromkeys(request.libraries, _OFTEN if request.insists else 1)


def _is_neutral(env: Mapping[str, str], ours: Mapping[str, str]) -> bool:
    """Whether all that *env* changes are names that no library reads."""
    return all(name.startswith("JUPYTER_FLOW_") for name in changed_names(env, ours))

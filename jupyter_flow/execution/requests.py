"""Which kernel a notebook wants: what was said of its task, and what the notebook shows itself."""

from __future__ import annotations

from collections.abc import Mapping

from nbformat import NotebookNode

from jupyter_flow.ports.executor import Assignment, Prospect
from jupyter_flow.ports.kernels import KernelRequest

from .forked.fitness import needs_sockets
from .forked.libraries import is_library, libraries_of
from .kernelspecs import Kernelspec
from .parts import read
from .preparing import choose_kernel, environment_of

_FRESH = "kernel_start is 'fresh'"


def request_for(
    notebook: NotebookNode, spec: Kernelspec, given: Assignment | Prospect, env: Mapping[str, str]
) -> KernelRequest:
    """The kernel of *spec* for *notebook*, with *env* added to its environment."""
    libraries: frozenset[str] = frozenset()
    if given.preload is not None:
        libraries = frozenset(filter(is_library, given.preload))
    elif spec.language == "python":
        libraries = libraries_of(notebook, given.folder)
    return KernelRequest(
        name=spec.name or None,
        folder=given.folder,
        env=env,
        keep=given.keep_kernel,
        libraries=libraries,
        insists=given.preload is not None,
        fresh=_FRESH if given.fresh_kernel else needs_sockets(notebook),
    )


def foreseen(prospect: Prospect, *, home: str | None = None) -> KernelRequest | None:
    """What *prospect* will most likely want; None when that cannot be told.

    It is the very request that its attempt will make, if that is certain.
    """
    try:
        notebook = read(prospect.notebook.read_text(encoding="utf-8-sig"))
        spec = choose_kernel(notebook, prospect.kernel)
        is_certain = prospect.is_certain
        env = environment_of(prospect, home=home) if is_certain else prospect.env
        return request_for(notebook, spec, prospect, env)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, its attempt will tell
        return None


def not_libraries(preload: tuple[str, ...] | None) -> list[str]:
    """Those of *preload* that are not loaded beforehand, for nobody has installed them."""
    return [each for each in preload or () if not is_library(each)]

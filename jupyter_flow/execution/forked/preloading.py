"""What a zygote loads before it forks: what every kernel loads sooner or later, and libraries.

Only ever imports: a library that has computed something may not survive a fork, and one whose
import starts threads does not either. Only from site-packages, never what a project's author edits.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

from .changes import fingerprint
from .libraries import site_folders

#: What IPython's kernel imports at its first cell, its first error, its end, and so on.
_LATER = [
    "asyncio",
    "tornado.platform.asyncio",
    "concurrent.futures.thread",
    "encodings.idna",
    "faulthandler",
    "fractions",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.history",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.payloadpage",
    "IPython.extensions.storemagic",
    "IPython.paths",
    "IPython.utils.wildcard",
    "asttokens",
    "executing",
    "pdb",
    "psutil",
    "pure_eval",
    "pygments.formatters.terminal256",
    "sqlite3",
    "stack_data",
    "ipykernel.comm.manager",
]


class PreloadError(Exception):
    """A module cannot be loaded beforehand; this process is not to be forked any more."""

    def __init__(self, module: str, why: str) -> None:
        super().__init__(why)
        self.module = module


def warm_up() -> None:
    """Import what kernels import at some time. What an environment does not have is left out."""
    for name in _LATER:
        with suppress(ImportError):
            importlib.import_module(name)


def preload(module: str) -> None:
    """Import *module*, named as in `libraries`, if it is in site-packages. Raises PreloadError."""
    module = module.replace(":", ".")
    if module in sys.modules or not _is_installed(module):
        return
    threads, libraries = _threads(), _blas_libraries()
    try:
        importlib.import_module(module)
    except BaseException as error:
        raise PreloadError(module, f"{type(error).__name__}: {error}") from error
    # OpenBLAS, as numpy and scipy bring it along, stops and starts its threads around a fork
    allowed = (_blas_libraries() - libraries) * max(1, (os.cpu_count() or 1) - 1)
    started = _threads() - threads - allowed
    if started > 0:
        raise PreloadError(module, f"its import starts threads ({started})")


def fingerprints() -> dict[str, tuple[int, int]]:
    """The files of all modules that are loaded and the folders of packages: what would be stale.

    By path, the time of the last change in nanoseconds and the size.
    """
    files = [getattr(each, "__file__", None) for each in list(sys.modules.values())]
    paths = [*filter(None, files), *site_folders()]
    return {path: found for path in paths if (found := fingerprint(path)) is not None}


def _is_installed(module: str) -> bool:
    try:
        spec = importlib.util.find_spec(module.partition(".")[0])
        if spec is None or spec.origin is None or not spec.origin.startswith(site_folders()):
            return False
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - called for every module


def _blas_libraries() -> int:
    lines = Path("/proc/self/maps").read_text().splitlines()
    return len({line.split()[-1] for line in lines if "openblas" in line})

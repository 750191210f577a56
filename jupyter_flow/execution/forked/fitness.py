"""Whether a notebook's kernel can be a forked one, and if not, why. Decides; does nothing.

What a fork cannot make equal to a kernel that is started takes the other way, and is told.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from jupyter_flow.execution.kernelspecs import PYTHONS, Kernelspec
from jupyter_flow.ports.kernels import KernelRequest

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: The versions of ipykernel whose insides `kernel` and `streams` know: from, and up to.
SUPPORTED = (7, 0), (8, 0)
#: Read when Python or the C library starts, or by IPython before the first cell.
_EARLY = re.compile(
    r"PYTHON|LD_|DYLD_|LC_|LANG|MALLOC_|GLIBC_|IPYTHON|JUPYTER_(?!FLOW_)|HOME$|SSL_CERT|OPENSSL_"
)
#: What needs more of a kernel than one client and its cells.
_SOCKETS = re.compile(r"connect_info|get_connection_file|%qtconsole|%subshell|debugpy|\bpydevd")


def unfit(spec: Kernelspec, request: KernelRequest, ours: Mapping[str, str]) -> str | None:
    """Why *request* cannot have a forked kernel; None when it can.

    *ours* is the environment that the zygote was started in.
    """
    if request.fresh:
        return request.fresh
    if request.keep:
        return "it may be kept for others to talk to"
    if not request.folder.is_dir():
        return "its folder is not there"
    if not _is_this_python(spec):
        return f"{spec.display_name} is not this environment's Python kernel"
    version = unsupported()
    if version is not None:
        return version
    env = spec.environment(request.env)
    early = sorted(filter(_EARLY.match, changed_names(env, ours)))
    if early:
        return f"Python must be started with {', '.join(early)}"
    return None


def changed_names(env: Mapping[str, str], ours: Mapping[str, str]) -> set[str]:
    """The variables that are not the same in both environments."""
    return {name for name in env.keys() | ours.keys() if env.get(name) != ours.get(name)}


def needs_sockets(notebook: NotebookNode) -> str:
    """Why the code of *notebook* needs a kernel with sockets of its own; empty when it does not."""
    found = next(filter(None, (_SOCKETS.search(cell.source) for cell in notebook.cells)), None)
    return f"its code says {found[0]!r}" if found else ""


@cache
def unsupported() -> str | None:
    """Why this environment has no forked kernels at all; None when it can have them."""
    if sys.platform != "linux":
        return "only Linux can fork kernels"
    version = importlib.metadata.version("ipykernel")
    known = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if not SUPPORTED[0] <= known < SUPPORTED[1]:
        return f"ipykernel {version} is not known well enough"
    return None


def _is_this_python(spec: Kernelspec) -> bool:
    command, *rest = spec.argv
    plain = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    is_ours = command in PYTHONS or command == sys.executable
    # the switch is for debuggers, and only for how the standard library's frames are shown
    return is_ours and [each for each in rest if each != "-Xfrozen_modules=off"] == plain

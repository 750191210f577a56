"""Which command starts a kernel, in which environment. Reads kernelspecs, starts nothing."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from jupyter_flow.core.errors import FlowError, NotFoundError, suggestion

#: Kernels that ours started with, and that would make them watch the wrong parent.
_NOT_INHERITED = ("JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "JPY_SESSION_NAME", "PYTHONEXECUTABLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernelspec:
    """What is needed of a kernelspec. ``name`` is empty for this environment's own Python."""

    name: str
    display_name: str
    language: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    interrupt_by_message: bool = False
    resources: str = ""

    @property
    def is_ipykernel(self) -> bool:
        """Whether it starts ipykernel directly, and not through some wrapper."""
        return self.argv[1:3] == ("-m", "ipykernel_launcher") or (
            "ipykernel_launcher" in self.argv and "python" in Path(self.argv[0]).name
        )

    def command(self, connection_file: Path) -> list[str]:
        """The command line, with the file that tells the kernel where to listen."""
        known = {
            "connection_file": str(connection_file),
            "prefix": sys.prefix,
            "resource_dir": self.resources,
        }
        argv = list(self.argv)
        if argv[0] in PYTHONS:
            argv[0] = sys.executable
        if self.is_ipykernel:
            # a history database shared by parallel kernels makes them wait for each other
            argv.append("--HistoryManager.hist_file=:memory:")
        return [
            re.sub(r"{([A-Za-z0-9_]+)}", lambda found: known.get(found[1], found[0]), each)
            for each in argv
        ]

    def environment(self, added: Mapping[str, str]) -> dict[str, str]:
        """This process's environment, the kernelspec's over it, and *added* over both."""
        env = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        ours = {name: Template(value).safe_substitute(env) for name, value in self.env.items()}
        return env | ours | dict(added)


#: What a kernelspec may call the Python that reads it.
PYTHONS = ("python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info))

#: For notebooks that name no kernel.
THIS_PYTHON = Kernelspec(
    name="",
    display_name=f"Python ({sys.executable})",
    language="python",
    argv=(sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
)

#: What says where kernelspecs are, and for how many seconds one is as it was found.
_PLACES = ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PREFER_ENV_PATH", "HOME")
_FRESH = 5.0
_found: dict[tuple[str | None, ...], tuple[Kernelspec, float]] = {}


def find_kernelspec(name: str | None) -> Kernelspec:
    """The installed kernelspec *name*, or this environment's Python for None.

    Raises NotFoundError (JF601) when it is not installed, FlowError (JF602) when it is started by
    a provisioner of its own.
    """
    if name is None:
        return THIS_PYTHON
    now = time.monotonic()
    key = (name, *map(os.environ.get, _PLACES))
    spec, until = _found.get(key, (THIS_PYTHON, now))
    if now >= until:
        spec = _read_kernelspec(name)
        _found[key] = spec, now + _FRESH
    return spec


def _read_kernelspec(name: str) -> Kernelspec:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    specs = KernelSpecManager()
    try:
        spec = specs.get_kernel_spec(name)
    except NoSuchKernel:
        known = list(specs.find_kernel_specs())
        raise NotFoundError(
            f"the kernel {name!r} is not installed",
            hint=f"{suggestion(name, known, noun='kernel')} Install it, or choose another with "
            "the option kernel=.",
            code="JF601",
        ) from None
    provisioner = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name")
    if provisioner not in (None, "local-provisioner"):
        raise FlowError(
            f"the kernel {name!r} is started by the provisioner {provisioner!r}",
            hint="Only kernels that run on this machine can be used; choose one with kernel=.",
            code="JF602",
        )
    return Kernelspec(
        name=name,
        display_name=spec.display_name,
        language=spec.language or "python",
        argv=tuple(spec.argv),
        env=spec.env,
        interrupt_by_message=spec.interrupt_mode == "message",
        resources=spec.resource_dir,
    )

"""Which command starts a kernel, in which environment. Reads kernelspecs, starts nothing."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
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

#: The name that a notebook gives its kernel when it was made in any Python's JupyterLab.
_NATIVE = "python3"
#: What says where kernelspecs are, and for how many seconds one is as it was found.
_PLACES = ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PREFER_ENV_PATH", "IPYTHONDIR", "HOME")
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


def kernelspec_folders() -> dict[str, Path | None]:
    """Where the installed kernelspecs are, by name, as `jupyter_client` finds them, which takes
    long to load. None is this environment's own kernel, which is there without being installed.
    """
    from jupyter_core.paths import jupyter_path

    homes = [*map(Path, jupyter_path("kernels")), _ipython_folder() / "kernels"]
    files = (file for home in homes for file in sorted(home.glob("*/kernel.json")))
    found: dict[str, Path | None] = {}
    for file in files:
        found.setdefault(file.parent.name.lower(), file.parent)
    if find_spec("ipykernel") is not None:
        found.setdefault(_NATIVE, None)
    return found


def _ipython_folder() -> Path:
    return Path(os.environ.get("IPYTHONDIR", "~/.ipython")).expanduser()


def _read_kernelspec(name: str) -> Kernelspec:
    known = kernelspec_folders()
    if name.lower() not in known:
        raise NotFoundError(
            f"the kernel {name!r} is not installed",
            hint=f"{suggestion(name, list(known), noun='kernel')} Install it, or choose another "
            "with the option kernel=.",
            code="JF601",
        )
    folder = known[name.lower()]
    if folder is None:
        return replace(THIS_PYTHON, name=name, display_name="Python 3 (ipykernel)")
    about = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
    provisioner = about.get("metadata", {}).get("kernel_provisioner", {}).get("provisioner_name")
    if provisioner not in (None, "local-provisioner"):
        raise FlowError(
            f"the kernel {name!r} is started by the provisioner {provisioner!r}",
            hint="Only kernels that run on this machine can be used; choose one with kernel=.",
            code="JF602",
        )
    return Kernelspec(
        name=name,
        display_name=about.get("display_name", ""),
        language=about.get("language") or "python",
        argv=tuple(about.get("argv", ())),
        env=about.get("env", {}),
        interrupt_by_message=about.get("interrupt_mode") == "message",
        resources=str(folder),
    )

"""What is installed for a kernel, told by the names of what lies in its folders.

Nothing is started or imported: of a Python the folders of its packages have names with versions,
of R the folders in its libraries have times. For another language its program must do.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

_RECORDS = (".dist-info", ".egg-info")


class Kernelspec(Protocol):
    """What must be known of a kernel."""

    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def argv(self) -> tuple[str, ...]: ...


def installed(spec: Kernelspec) -> tuple[str, ...]:
    """What is installed for the kernel *spec*: one line each, in a fixed order."""
    program = _program(spec.argv)
    lines = [_about(program)]
    if _is_this_python(program):
        lines = [f"Python {sys.version}", *_packages(map(Path, _own_folders()))]
    elif spec.language == "python":
        lines += _packages(_folders_of(program))
    elif spec.language.lower() == "r":
        lines += _libraries(program)
    return tuple(lines)


def editable_folders(spec: Kernelspec) -> tuple[Path, ...]:
    """The folders from which a Python kernel imports what is installed there for editing."""
    program = _program(spec.argv)
    own = _is_this_python(program)
    folders = map(Path, _own_folders()) if own else _folders_of(program)
    return tuple(path for folder in folders for path in _linked(folder))


def _program(argv: Sequence[str]) -> Path:
    name = argv[0] if argv else sys.executable
    if re.fullmatch(r"python(\d(\.\d+)?)?", name):
        return Path(sys.executable)
    return Path(shutil.which(name) or name)


def _is_this_python(program: Path) -> bool:
    # Not resolved: the Pythons of two environments are often links to one.
    return os.path.abspath(program) == os.path.abspath(sys.executable)  # noqa: PTH100


def _about(program: Path) -> str:
    try:
        about = program.stat()
    except OSError:
        return f"{program}"
    return f"{program} {about.st_size} bytes of {about.st_mtime_ns}"


def _own_folders() -> list[str]:
    import site

    user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return sorted({*ours, *site.getsitepackages(), *user} & {*sys.path, *ours})


def _folders_of(program: Path) -> list[Path]:
    """Where the packages of another Python are."""
    prefix = program.parent.parent
    return [*sorted(prefix.glob("lib*/python3*/site-packages")), prefix / "Lib" / "site-packages"]


def _packages(folders: Iterable[Path]) -> list[str]:
    names = (name for folder in folders for name in _names_in(folder))
    return sorted(
        name.removesuffix(suffix).replace("-", " ", 1)
        for name in names
        for suffix in _RECORDS
        if name.endswith(suffix)
    )


def _libraries(program: Path) -> list[str]:
    """The packages of R, each with the time of its folder: an upgrade makes that anew."""
    home = program.resolve().parent.parent
    named = ("R_LIBS", "R_LIBS_USER", "R_LIBS_SITE")
    paths = [path for name in named for path in os.environ.get(name, "").split(os.pathsep) if path]
    folders = [home / "library", home / "site-library", Path("/usr/local/lib/R/site-library")]
    packages = [
        folder / name
        for folder in dict.fromkeys([*map(Path, paths), *folders])
        for name in _names_in(folder)
    ]
    return sorted(f"{each.name} of {each.stat().st_mtime_ns}" for each in packages)


def _names_in(folder: Path) -> list[str]:
    try:
        return [each.name for each in os.scandir(folder)]
    except OSError:
        return []


def _linked(folder: Path) -> Iterator[Path]:
    for name in sorted(_names_in(folder)):
        if name.endswith(".pth"):
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
            yield from (Path(line) for line in lines if line and Path(line).is_dir())
        elif name.startswith("__editable___") and name.endswith(".py"):
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
            mapping = re.search(r"^MAPPING\b.*", text, re.MULTILINE)
            mapped = re.findall(r": '([^']+)'", mapping[0]) if mapping else ()
            yield from (Path(each).parent for each in mapped)

"""The files that attempts hand on: into the artifact store at the end, and out of it at a start.

A kernel says of a file no more than its name, be it Python's or another's; what it says of the
content is checked. A notebook is given code that loads the file, or its path.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_flow.core.artifacts import KEY, Arrival, ArtifactRef, is_artifact, is_format
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.notebooks.parameter_types import PathText
from jupyter_flow.ports.artifacts import ArtifactStore

from .kernelspecs import PYTHONS, Kernelspec

#: What says whether another environment's Python can load artifacts, by its exit status.
_PROBE = (
    "import importlib.util as u, sys; sys.exit(u.find_spec('jupyter_flow.serializers') is None)"
)


class Code(str):
    """Python that stands for a value in a parameters cell."""

    __slots__ = ()


def stored(
    values: Mapping[str, Any], folder: Path, artifacts: ArtifactStore | None
) -> dict[str, Any]:
    """*values* with each file in them stored and fully told; they lie in *folder*.

    Raises FlowError: JF606 when a file is not what is said of it, and what the store raises.
    """

    def of(place: str, value: Any) -> Any:
        match value:
            case _ if is_artifact(value):
                return _stored(place, value[KEY], folder, artifacts).as_json()
            case dict():
                return {key: of(f"{place}[{key!r}]", each) for key, each in value.items()}
            case list():
                return [of(f"{place}[{index}]", each) for index, each in enumerate(value)]
            case _:
                return value

    return {name: of(name, value) for name, value in values.items()}


def without_files(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of *values* that need no file: all that counts of an attempt that failed."""
    return {name: value for name, value in values.items() if not _has_file(value)}


def _has_file(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return is_artifact(value) or any(map(_has_file, parts))


def _stored(
    place: str, said: Mapping[str, Any], folder: Path, artifacts: ArtifactStore | None
) -> ArtifactRef:
    path = _file_of(place, said.get("name"), folder)
    ending = path.name.partition(".")[2].lower()
    form = said.get("format") or (ending if is_format(ending) else "bin")
    preview = said.get("preview")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        ref = ArtifactRef(
            digest=digest,
            format=form,
            size=path.stat().st_size,
            type=str(said.get("type") or ""),
            name=path.relative_to(folder.resolve()).as_posix(),
            preview=preview if isinstance(preview, Mapping) else {},
        )
    except (OSError, ValueError, TypeError) as error:
        raise _wrong(place, str(error)) from error
    for what, found in (("digest", ref.digest), ("size", ref.size)):
        if said.get(what, found) != found:
            message = f"its {what} is {found} and not {said[what]}: it was written to after that"
            raise _wrong(place, message)
    if artifacts is None:
        raise _wrong(place, "there is no store for artifacts here")
    artifacts.put(path, ref.file)
    return ref


def _file_of(place: str, name: object, folder: Path) -> Path:
    """The file *name* of an attempt. A link may lead to another file of it, and not out."""
    if not isinstance(name, str) or not name or PurePosixPath(name).is_absolute():
        raise _wrong(place, f"{name!r} is no relative path of a file")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _wrong(place, f"{name!r} leads out of the attempt's folder for files")
    if not path.is_file():
        raise _wrong(place, f"there is no file {name!r} in the attempt's folder for files")
    return path


def _wrong(place: str, why: str) -> FlowError:
    return FlowError(
        f"the artifact {place} cannot be stored: {why}",
        hint="Write the file below $JUPYTER_FLOW_ARTIFACTS, and say its name when it is complete.",
        code="JF606",
    )


def bringer(
    artifacts: ArtifactStore | None, spec: Kernelspec, *, load_limit: int
) -> Callable[[Arrival], Any]:
    """What makes of an arrival the value or the `Code` that a notebook of *spec* is given.

    The file is fetched by then. Artifacts of more than *load_limit* bytes arrive unloaded.
    """

    def bring(arrival: Arrival) -> Any:
        ref, way = arrival.ref, arrival.way
        if artifacts is None:
            raise _wrong(ref.name, "there is no store for artifacts here")
        path = str(artifacts.fetch(ref.file))
        if way == "path":
            return PathText(path)
        if way == "text" or not can_load(spec):
            return path
        said = f"{path!r}, {ref.type!r}" if ref.type else repr(path)
        if way == "object" and ref.size <= load_limit:
            return Code(f'__import__("jupyter_flow").load_artifact({said})')
        more = f", preview={dict(ref.preview)!r}" if ref.preview else ""
        return Code(f'__import__("jupyter_flow").Artifact({said}{more})')

    return bring


def can_load(spec: Kernelspec) -> bool:
    """Whether a kernel of *spec* is a Python that has this package."""
    if spec.language.lower() != "python" or not spec.argv:
        return False
    command = spec.argv[0]
    return command in (*PYTHONS, sys.executable) or (spec.is_ipykernel and _has_us(command))


@lru_cache(maxsize=64)
def _has_us(python: str) -> bool:
    probe = [python, "-c", _PROBE]
    try:
        # elsewhere, for what lies in the current folder is not installed
        subprocess.run(probe, cwd=sys.prefix, capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True

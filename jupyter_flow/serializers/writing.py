"""Objects to files of the attempt, and what stands for them among the values."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any

from jupyter_flow.core.artifacts import ArtifactRef, is_format
from jupyter_flow.whole import whole

from . import GROUP, serializer_for, type_of
from .loading import Artifact

#: Shown by the line that tells of them alone: as displays they would be a flood.
_PLAIN = (str, bytes, bytearray, list, dict, Artifact)


def write(
    name: str,
    value: Any,
    place: str,
    path_of: Callable[[str], Path],
    objects: list[Any],
) -> dict[str, Any]:
    """Write *value* to a file that is whole when it is there, and say what it is, as JSON.

    *path_of* gives the path of a file of this attempt, *place* is where in the value *name* it
    stands. What is worth a display is added to *objects*.

    Raises TypeError when no serializer takes it.
    """
    if isinstance(value, Artifact):
        form, of = value.format if is_format(value.format) else "bin", value.type
        preview: Mapping[str, Any] = value.preview
        put: Callable[[Path], None] = partial(_link, value.path)
    else:
        serializer = serializer_for(value)
        if serializer is None:
            raise TypeError(_refusal(name, value, place))
        form, of, preview = serializer.format, type_of(value), serializer.preview(value)
        put = partial(serializer.write, value)
    file = f"values/{_file_name(place)}.{form}"
    path = path_of(file)
    try:
        with whole(path) as draft:
            put(draft)
    except Exception as error:
        error.add_note(f"in writing {place}, a {of}, as {form}")
        raise
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if not isinstance(value, _PLAIN):
        objects.append(value)
    ref = ArtifactRef(
        digest=digest,
        format=form,
        size=path.stat().st_size,
        type=of,
        name=file,
        preview=preview,
    )
    return ref.as_json()


def _link(source: Path, path: Path) -> None:
    path.unlink(missing_ok=True)
    try:
        os.link(source, path)
    except OSError:  # another file system, or one without links
        copyfile(source, path)


def _file_name(place: str) -> str:
    """*place* as a name of a file: another one for each place."""
    name = re.sub(r"[^\w-]+", "_", place)[:60].strip("_")
    return name if name == place else f"{name}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"


def _refusal(name: str, value: Any, place: str) -> str:
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    return (
        f"{place} is a {kind}, which is neither JSON nor of a type that can be handed on as a "
        f"file: write it to a file yourself, at artifact({name!r}), and hand on what is small. "
        f"A package can teach more types, by the entry point {GROUP}"
    )

"""What a notebook calls to hand on what it made: `output` for values, `artifact` for files.

Both work in a task and when a person runs the notebook by hand. Imports the standard library only:
it is part of every notebook's start. How objects are written is in `jupyter_flow.serializers`,
loaded for the first of them.
"""

from __future__ import annotations

import html
import json
import math
import os
import sys
from datetime import date, time
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

#: How values travel: a display whose content is a JSON object, one member a value.
VALUE_MIME = "application/vnd.jupyter-flow.value+json"
#: How many bytes of JSON one value may have.
VALUE_LIMIT = 64 * 1024


def output(**values: Any) -> None:
    """Hand on values, by name, to the tasks downstream, and show them.

    A value is what JSON knows: texts, numbers, true and false, None, and lists and dicts of those.
    NumPy's numbers are taken as numbers, paths as texts, dates and times as texts in ISO format.
    Calling it again adds values; the last one of a name counts.

    A frame, an array, a fitted model, a figure, bytes, and JSON of more than 64 KiB are written to
    files of this attempt; where they are parameters downstream, they arrive as what they were.

    Raises TypeError for anything else (write it to ``artifact(name)``), and ValueError for nan and
    infinity, which JSON does not know.
    """
    objects: list[Any] = []
    plain = {}
    for name, value in values.items():
        plain[name], found = _handed(name, value)
        objects += found
    text = "\n".join(f"{name} = {_short(value)}" for name, value in plain.items())
    shell = shell_of_kernel()
    if shell is None:
        print(text)  # noqa: T201 - there is no other way to show it outside a kernel
        return
    for each in {id(each): each for each in objects}.values():
        _display(each)
    rows = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'><code>{html.escape(_short(value))}</code></td></tr>"
        for name, value in plain.items()
    )
    bundle = {VALUE_MIME: plain, "text/plain": text, "text/html": f"<table>{rows}</table>"}
    shell.display_pub.publish(bundle)


def artifact(name: str | PurePath) -> Path:
    """The path at which this attempt keeps the file *name*; the folders above it are made.

    By hand it is a scratch path, ``.jupyter_flow/scratch/`` below the current folder.
    Raises ValueError for an absolute path and for one that leads out (``..``).
    """
    parts = PurePosixPath(str(name).replace(os.sep, "/")).parts
    is_rooted = PureWindowsPath(name).is_absolute() or PurePosixPath(name).is_absolute()
    if not parts or is_rooted or ".." in parts:
        raise ValueError(
            f"{str(name)!r} is no name of an artifact: give a relative path without '..', "
            "as in artifact('plots/roc.png')"
        )
    folder = os.environ.get("JUPYTER_FLOW_ARTIFACTS")
    root = Path(folder) if folder else Path.cwd() / ".jupyter_flow" / "scratch"
    path = root.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _handed(name: str, value: Any) -> tuple[Any, list[Any]]:
    """*value* as JSON, and what in it became a file and is worth a display.

    JSON that is too large for a value becomes a file as a whole.
    """
    objects: list[Any] = []
    plain = _json_value(name, value, name, objects)
    text = json.dumps(plain)
    if len(text) <= VALUE_LIMIT:  # json.dumps writes ASCII
        return plain, objects
    if isinstance(plain, str | list | dict) and '{"$artifact": {' not in text:
        return _as_file(name, plain, name, objects), objects
    raise ValueError(
        f"the value {name!r} has {len(text):,} bytes, and a value may have {VALUE_LIMIT:,}: "
        "write it to a file, with artifact()"
    )


def _json_value(name: str, value: Any, place: str, objects: list[Any]) -> Any:
    """*value* as JSON has it; *place* says where in the value *name* it stands.

    What becomes a file is added to *objects*.
    """
    match value:
        case None | bool():
            return value
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{place} is {value}, which JSON does not know: pass None instead")
            return float(value)
        case str() | int():
            return str(value) if isinstance(value, str) else int(value)
        case list() | tuple():
            return [_json_value(name, v, f"{place}[{i}]", objects) for i, v in enumerate(value)]
        case dict():
            if list(value) == ["$artifact"]:
                raise ValueError(f"{place} has the key '$artifact', which is kept for files")
            return {
                _key(name, key, place): _json_value(name, each, f"{place}[{key!r}]", objects)
                for key, each in value.items()
            }
        case PurePath() | date() | time():
            return str(value) if isinstance(value, PurePath) else value.isoformat()
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return _json_value(name, value.item(), place, objects)
    return _as_file(name, value, place, objects)


def _as_file(name: str, value: Any, place: str, objects: list[Any]) -> Any:
    """*value* written to a file of this attempt: how that file stands among the values."""
    from .serializers.writing import write

    return write(name, value, place, artifact, objects)


def _key(name: str, key: Any, place: str) -> str:
    if type(key).__module__ == "numpy" and getattr(key, "ndim", None) == 0:
        key = key.item()
    if isinstance(key, str):
        return str(key)
    raise TypeError(
        f"{place} has the key {key!r} ({type(key).__name__}), and the keys of a JSON object are "
        f"texts: pass {{str(k): v for k, v in {name}.items()}}"
    )


def _short(value: Any) -> str:
    if "$artifact" in (text := json.dumps(value, ensure_ascii=False)):
        from .core.artifacts import ArtifactRef, in_one_line

        ref = ArtifactRef.read(value)
        text = ref.line if ref else json.dumps(in_one_line(value), ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _display(value: Any) -> None:
    """Show *value* as a cell does whose last line it is."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    number = getattr(value, "number", None)
    is_inline = pyplot is not None and "inline" in pyplot.get_backend()
    if pyplot is not None and is_inline and number is not None and pyplot.fignum_exists(number):
        return  # it is shown at the end of the cell
    display: Any = sys.modules["IPython"].display.display
    display(value)


def shell_of_kernel() -> Any:
    """The kernel's IPython shell, or None outside a kernel."""
    if "IPython" not in sys.modules:
        return None
    shell = sys.modules["IPython"].get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None

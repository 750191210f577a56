"""What a notebook calls to hand on what it made: `output` for values, `artifact` for files.

Both work in a task and when a person runs the notebook by hand. Imports the standard library only:
it is part of every notebook's start.
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
    """Hand on small values, by name, to the tasks downstream, and show them.

    A value is what JSON knows: texts, numbers, true and false, None, and lists and dicts of those.
    NumPy's numbers are taken as numbers, paths as texts, dates and times as texts in ISO format.
    Calling it again adds values; the last one of a name counts.

    Raises TypeError for anything else (a frame, a model: write it to ``artifact(name)``), and
    ValueError for nan and infinity, which JSON does not know, and for more than 64 KiB.
    """
    plain = {name: _json_value(name, value, name) for name, value in values.items()}
    for name, value in plain.items():
        size = len(json.dumps(value).encode())
        if size > VALUE_LIMIT:
            raise ValueError(
                f"the value {name!r} has {size:,} bytes, and a value may have {VALUE_LIMIT:,}: "
                "write it to a file, with artifact()"
            )
    text = "\n".join(f"{name} = {_short(value)}" for name, value in plain.items())
    shell = _shell()
    if shell is None:
        print(text)  # noqa: T201 - there is no other way to show it outside a kernel
        return
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


def _json_value(name: str, value: Any, place: str) -> Any:
    """*value* as JSON has it; *place* says where in the value *name* it stands."""
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
            return [_json_value(name, v, f"{place}[{i}]") for i, v in enumerate(value)]
        case dict():
            return {
                _key(name, key, place): _json_value(name, each, f"{place}[{key!r}]")
                for key, each in value.items()
            }
        case PurePath() | date() | time():
            return str(value) if isinstance(value, PurePath) else value.isoformat()
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return _json_value(name, value.item(), place)
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise TypeError(
        f"{place} is a {kind}, and a value must be JSON: write it to a file, "
        f"at artifact({name!r}), and hand on what is small"
    )


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
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _shell() -> Any:
    """The kernel's IPython shell, or None outside a kernel."""
    if "IPython" not in sys.modules:
        return None
    shell = sys.modules["IPython"].get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None

"""Where the notebook is that this kernel belongs to, as far as the kernel can know.

JupyterLab says it in the environment, VS Code in the user's namespace; elsewhere only the
kernel's folder is known. The file need not be saved yet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SUFFIX = ".ipynb"


def notebook_path(user_namespace: Mapping[str, Any], environ: Mapping[str, str]) -> Path | None:
    """The notebook's path, absolute; None when nobody tells."""
    told = (
        user_namespace.get("__vsc_ipynb_file__"),
        user_namespace.get("__session__"),
        environ.get("JPY_SESSION_NAME"),
    )
    for each in told:
        if isinstance(each, str) and each.endswith(_SUFFIX):
            path = Path(each)
            # A server may tell the path below its own root, which a kernel cannot resolve.
            return path if path.is_absolute() else Path.cwd() / path.name
    return None


def cell_number(path: Path | None, cell_id: str | None) -> int | None:
    """Which cell, counted from 1, has *cell_id* in the saved notebook; None if it is not there."""
    if path is None or cell_id is None or not path.is_file():
        return None
    try:
        cells = json.loads(path.read_text("utf-8")).get("cells", [])
    except (OSError, ValueError):
        return None
    ids = [cell.get("id") for cell in cells]
    return ids.index(cell_id) + 1 if cell_id in ids else None


def running_cell(shell: Any) -> str | None:
    """The id of the cell that is being executed, where the front end says it."""
    parent = getattr(shell, "parent_header", None) or {}
    get_parent = getattr(shell, "get_parent", None)
    parent = get_parent() if callable(get_parent) else parent
    found = (parent or {}).get("metadata", {}).get("cellId")
    return found if isinstance(found, str) else None


def may_have_widgets(user_namespace: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Whether somebody may be looking with a front end that draws widgets."""
    told = ("JPY_SESSION_NAME", "COLAB_RELEASE_TAG")
    return "__vsc_ipynb_file__" in user_namespace or any(environ.get(each) for each in told)


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ


def short(path: str) -> str:
    """*path* from the kernel's folder, where that is shorter."""
    if not path:
        return path
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return relative if len(relative) < len(path) else path

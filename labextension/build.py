"""Builds the front end when the Python package is built: what hatch calls (see pyproject.toml).

A wheel is never made without the front end. An editable install is, where there is no Node.js:
flows then run in notebooks and terminals, and the views in JupyterLab are missing.
"""

from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

from hatch_jupyter_builder import npm_builder

OLDEST_NODE = 20
OUTPUTS = (
    Path("jupyter_flow/labextension/package.json"),
    Path("jupyter_flow/panel/static/panel.js"),
)
WITHOUT = "To install without it: HATCH_JUPYTER_BUILDER_SKIP_NPM=1 pip install -e ."


def build_front_end(target_name: str, version: str, **options: Any) -> None:
    """Install what the build needs with npm and build, or say what is missing."""
    for output in OUTPUTS:
        # hatch wants the folders that it is to share, even when there is nothing in them
        output.parent.mkdir(parents=True, exist_ok=True)
    lack = missing()
    if lack and version == "editable":
        logging.getLogger(__name__).warning("Without the front end: %s.", lack)
        return
    if lack:
        raise SystemExit(f"jupyter_flow's front end cannot be built: {lack}.")
    try:
        npm_builder(target_name, version, force=not all(map(Path.exists, OUTPUTS)), **options)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"jupyter_flow's front end was not built: {error} {WITHOUT}") from error


def missing() -> str:
    """What a build lacks, in words; nothing when all is there."""
    node = which("node")
    if node is None or which("npm") is None:
        return f"it needs Node.js {OLDEST_NODE} or newer with npm"
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", text)
    if found is None or int(found[1]) < OLDEST_NODE:
        return f"it needs Node.js {OLDEST_NODE} or newer, and {node} is {text.strip()}"
    return ""

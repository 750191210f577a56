"""The settings of the JupyterLab extension, from the schema that JupyterLab reads."""

from __future__ import annotations

import json
from pathlib import Path

from .tables import table

_SCHEMA = Path(__file__).parents[2] / "labextension" / "schema" / "plugin.json"


def settings() -> str:
    """Each setting with its meaning and its default."""
    properties = json.loads(_SCHEMA.read_text(encoding="utf-8"))["properties"]
    rows = (
        (f"`{name}`", each["title"], each["description"], f"`{each['default']}`")
        for name, each in properties.items()
    )
    return table(("name", "title", "meaning", "default"), rows)

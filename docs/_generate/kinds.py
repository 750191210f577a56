"""The kinds of task that are no notebooks of the user's, from the notebooks that ship for them."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_flow.core.flow import Kind
from jupyter_flow.core.language.kinds import CALLS
from jupyter_flow.execution.kinds import notebooks_of_kinds
from jupyter_flow.project.reading import NotebookReader

from .tables import table


def kinds() -> str:
    """What each shipped notebook says of itself, how it is called, and its parameters."""
    return "\n\n".join(_kind(Kind(name), path) for name, path in notebooks_of_kinds().items())


def _kind(kind: Kind, path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    about = "".join(cells[0]["source"]).partition("\n")[2].strip()
    parameters = NotebookReader().read(path).contract.parameters
    rows = (
        (
            f"`{parameter.name}`",
            f"`{parameter.type}`",
            "required" if parameter.is_required else f"`{parameter.default}`",
            parameter.help,
        )
        for parameter in parameters
    )
    return "\n\n".join(
        (
            f"### `{kind}`",
            f"```python\n{CALLS[kind].example}\n```",
            about,
            table(("parameter", "type", "default", "meaning"), rows),
        )
    )

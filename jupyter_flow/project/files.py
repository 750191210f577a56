"""Replacing files that are the user's own: links, permissions and a power cut are thought of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jupyter_flow.whole import whole


def replace_file(path: Path, content: bytes) -> None:
    """Put *content* at *path*. Links stay links, permissions stay what they were."""
    target = path.resolve()
    with whole(target) as draft:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, draft)

"""Names for the shell to complete. Cheap: no flow is parsed and no store is opened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

#: No more files than these are looked into while somebody waits for a completion.
MOST_FILES = 400
_FLOW = re.compile(r"%%flow[ \t]+([^\W\d]\w*(?:-\w+)*)")
_TASK = re.compile(r'"jupyter_flow"\s*:\s*\{[^{}]*"task"\s*:\s*"(\w+)"')


def flow_names(incomplete: str) -> list[str]:
    """Flows below the current folder whose names begin with *incomplete*."""
    return _names(_FLOW, incomplete)


def task_names(incomplete: str) -> list[str]:
    """Tagged tasks below the current folder whose names begin with *incomplete*."""
    return _names(_TASK, incomplete)


def _names(pattern: re.Pattern[str], incomplete: str) -> list[str]:
    found: set[str] = set()
    for path in islice(_notebooks(Path.cwd()), MOST_FILES):
        try:
            text = path.read_text("utf-8", errors="replace")
        except OSError:
            continue
        found.update(pattern.findall(text))
    return sorted(name for name in found if name.startswith(incomplete))


def _notebooks(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        yield from (Path(root, each) for each in sorted(files) if each.endswith(".ipynb"))

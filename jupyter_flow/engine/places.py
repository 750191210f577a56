"""Where the files of a project's runs are. Names only: this module opens nothing.

<home>/flow.db                                          the store, unless configured
<home>/snapshots/<digest>.ipynb                         notebooks as runs started with them
<home>/runs/<flow>/<run>/<task>[/<map index>]/<n>.ipynb attempt n, executed
<home>/runs/<flow>/<run>/<task>[/<map index>]/<n>.log   its log
<home>/runs/<flow>/<run>/<task>[/<map index>]/<n>/      its artifacts
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_flow.core.ids import RunId, TaskKey


@dataclass(frozen=True, slots=True)
class Places:
    """The layout below one home folder (``.jupyter_flow/`` in the project, unless configured)."""

    home: Path

    def run(self, flow: str, run: RunId) -> Path:
        return self.home / "runs" / flow / run

    def snapshot(self, digest: str) -> Path:
        return self.home / "snapshots" / f"{digest}.ipynb"

    def executed(self, flow: str, run: RunId, key: TaskKey, number: int) -> Path:
        return self._attempt(flow, run, key, number).with_suffix(".ipynb")

    def log(self, flow: str, run: RunId, key: TaskKey, number: int) -> Path:
        return self._attempt(flow, run, key, number).with_suffix(".log")

    def artifacts(self, flow: str, run: RunId, key: TaskKey, number: int) -> Path:
        return self._attempt(flow, run, key, number)

    def relative(self, path: Path) -> str:
        """*path* as it is kept in the store: below home, with forward slashes."""
        return path.relative_to(self.home).as_posix()

    def _attempt(self, flow: str, run: RunId, key: TaskKey, number: int) -> Path:
        folder = self.run(flow, run) / key.task
        if key.index is not None:
            folder /= str(key.index)
        return folder / str(number)

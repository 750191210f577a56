"""A project of two notebooks and a flow, with a real store; time is the test's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_flow.app import wiring
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.settings import Settings
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.notebooks import write_notebook

#: A Monday.
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Project:
    """The folder, the use-cases in it, and their clock."""

    folder: Path
    clock: FakeClock
    flows: Flows

    def define(self, line: str = "", body: str = "first >> second") -> None:
        """Write the flow *sketch* anew."""
        write_notebook(self.folder / "flow.ipynb", f"%%flow sketch {line}\n{body}")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    clock = FakeClock(NOON, autojump=False)
    monkeypatch.setattr(wiring, "SystemClock", lambda: clock)
    for name in ("first", "second"):
        write_notebook(tmp_path / f"{name}.ipynb", f"print('{name}')", task=name)
    flows = wiring.wire(Settings.read(tmp_path, {}))
    project = Project(tmp_path, clock, flows)
    project.define()
    yield project
    flows.close()

"""The kernel of the next task boots while the one before runs, and is its very own."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.app import wiring
from jupyter_flow.app.settings import Settings
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.execution import ahead
from jupyter_flow.testing.notebooks import write_notebook


def test_a_chain_of_started_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    look = "import os\nprint(os.environ['JUPYTER_FLOW_TASK'], os.environ['MINE'])"
    for name in ("first", "second", "third"):
        write_notebook(tmp_path / f"{name}.ipynb", look, task=name)
    line = "%%flow chain --kernel-start fresh --env MINE=1"
    write_notebook(tmp_path / "flow.ipynb", f"{line}\nfirst >> second >> third")
    flows = wiring.wire(Settings.read(tmp_path, {}))
    try:
        run = flows.drive(flows.start(flows.flow("chain"), here=True))
        assert run.state == "succeeded"
        for name in ("second", "third"):
            attempt = run.task_runs[TaskKey(name)].attempt
            assert attempt is not None
            log = (flows.settings.home / attempt.log).read_text()
            assert "the kernel is started ahead: kernel_start is 'fresh'" in log
            assert f"{name} 1" in log
    finally:
        flows.close()

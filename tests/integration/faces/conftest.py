"""A small project of real notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.testing.notebooks import write_notebook

FLOW = """%%flow churn
"Counts and trains"
params(n=3)
load(n=params.n) >> train(rows=load.rows) >> report
load >> side
"""


@pytest.fixture
def flow() -> str:
    """The cell that defines the flow."""
    return FLOW


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``load >> train >> report`` and ``load >> side``; train fails while ``broken`` is there."""
    monkeypatch.chdir(tmp_path)
    write_notebook(
        tmp_path / "load.ipynb",
        "import jupyter_flow\njupyter_flow.output(rows=n * 2)",
        parameters="n: int = 1",
        task="load",
    )
    write_notebook(
        tmp_path / "train.ipynb",
        "from pathlib import Path",
        "def check():\n    if Path('broken').exists():\n        raise ValueError('no rows today')",
        "print('training on', rows)\ncheck()",
        parameters="rows: int = 0",
        task="train",
    )
    write_notebook(tmp_path / "report.ipynb", "print('done')", task="report")
    write_notebook(tmp_path / "side.ipynb", "1 + 1", task="side")
    write_notebook(tmp_path / "flow.ipynb", "%load_ext jupyter_flow", FLOW, "%flow run --wait")
    return tmp_path

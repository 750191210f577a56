"""Pipelines of other tools run as flows, by the commands that a user gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_flow.testing.notebooks import write_notebook

LOAD = """# + tags=["parameters"]
upstream = None
product = None
rows = 1

# +
from pathlib import Path
Path(product["table"]).write_text("x" * rows)
"""
FUNCTIONS = """from pathlib import Path

def double(product, upstream):
    Path(product).write_text(Path(upstream["load"]["table"]).read_text() * 2)
"""
SCORE = """from pathlib import Path
Path(product["score"]).write_text(f"{kind} {len(Path(upstream['double']).read_text())}")
"""
REPORT = """# %% tags=["parameters"]
upstream = ["score-*"]
product = None
# %%
from pathlib import Path
scores = [Path(each["score"]).read_text() for each in upstream["score-*"].values()]
Path(product).write_text(", ".join(scores))
"""
PIPELINE = """
tasks:
  - source: load.py
    product: {nb: "{{out}}/load.ipynb", table: "{{out}}/deep/table.txt"}
    params: {rows: "{{rows}}"}
  - source: functions.double
    product: "{{out}}/double.txt"
  - source: score.ipynb
    name: score-
    product: {nb: "{{out}}/score.ipynb", score: "{{out}}/score.txt"}
    grid: {kind: [a, b]}
  - source: report.py
    product: "{{out}}/report.txt"
"""


def call(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "jupyter_flow", *words]
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def everything_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pipeline_of_ploomber(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    write_notebook(
        project / "score.ipynb",
        SCORE,
        parameters='upstream = ["double"]\nproduct = None\nkind = None',
    )
    for name, text in {
        "load.py": LOAD,
        "functions.py": FUNCTIONS,
        "report.py": REPORT,
        "pipeline.yaml": PIPELINE,
        "env.yaml": "out: made\nrows: 2\n",
    }.items():
        (project / name).write_text(text, "utf-8")
    before = everything_in(project)

    said = call(project, "import", "ploomber", "pipeline.yaml")
    call(project, "run", "shop", "-p", "rows=4", "-p", "out=other")

    assert "executed notebook is in the folder of the run" in said
    assert (project / "other/report.txt").read_text() == "a 8, b 8"
    assert {path: path.read_bytes() for path in before} == before


def test_a_pipeline_of_elyra(tmp_path: Path) -> None:
    write = "import os\nopen('rows.txt', 'w').write(os.environ['WORD'])"
    write_notebook(tmp_path / "load.ipynb", write)
    (tmp_path / "deep").mkdir()
    report = "print(open('../rows.txt').read() * 2)"
    (tmp_path / "deep/report.py").write_text(report, "utf-8")
    (tmp_path / "my.pipeline").write_text(json.dumps(elyra_pipeline()), "utf-8")
    before = everything_in(tmp_path)

    call(tmp_path, "import", "elyra", "my.pipeline")
    here = json.loads(call(tmp_path, "run", "my", "--json"))
    call(tmp_path, "import", "elyra", "my.pipeline", "-o", "else/where")
    there = json.loads(call(tmp_path / "else/where", "run", "my", "-p", "WORD=ho", "--json"))

    assert output_of(here, "report") == "hehe"
    assert output_of(there, "report") == "hoho"
    assert {path: path.read_bytes() for path in before} == before


def output_of(told: dict[str, Any], task: str) -> str:
    found = next(each for each in told["tasks"] if each["task"] == task)
    return str(found["values"]["output"])


def elyra_pipeline() -> dict[str, Any]:
    link = {"id": "1", "node_id_ref": "first", "port_id_ref": "outPort"}
    load = {"filename": "load.ipynb", "pipeline_parameters": ["WORD"], "runtime_image": "a/b:1"}
    boxes = [
        {
            "id": "last",
            "type": "execution_node",
            "op": "execute-python-node",
            "app_data": {"component_parameters": {"filename": "deep/report.py"}},
            "inputs": [{"id": "inPort", "links": [link]}],
        },
        {
            "id": "first",
            "type": "execution_node",
            "op": "execute-notebook-node",
            "app_data": {"component_parameters": load},
            "outputs": [{"id": "outPort"}],
        },
    ]
    word = {"name": "WORD", "default_value": {"type": "String", "value": "he"}}
    app = {"version": 8, "properties": {"pipeline_parameters": [word]}}
    primary = {"id": "p", "nodes": boxes, "app_data": app}
    return {"version": "3.0", "primary_pipeline": "p", "pipelines": [primary]}

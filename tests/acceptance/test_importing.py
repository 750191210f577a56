"""Pipelines of other tools run as flows, by the commands that a user gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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


TABLES = """
clients: {SQLScript: db.get_client, SQLDump: db.get_client, SQLUpload: db.get_client}
meta: {extract_upstream: false}
tasks:
  - source: work/make.py
    name: make
    local_execution: true
    product: {table: "{{out}}/items.csv"}
    params: {rows: {dotted_path: "numbers_of.rows", most: 3}}
  - source: "{{out}}/items.csv"
    class: SQLUpload
    name: upload
    upstream: make
    product: [items, table]
    to_sql_kwargs: {if_exists: replace}
  - source: sum.sql
    upstream: upload
    product: [sums, table]
  - source: all.sql
    name: dump
    upstream: sum
    product: "{{out}}/sums.csv"
    chunksize: null
  - source: last.show
    upstream: dump
    product: "{{out}}/last.txt"
"""
TABLE_FILES = {
    "pipeline.yaml": TABLES,
    "env.yaml": "out: made\n",
    "work/beside.py": "HEAD = 'n'\n",
    "work/make.py": """# %% tags=["parameters"]
upstream = None
product = None
# %%
from pathlib import Path
from beside import HEAD
Path(product["table"]).write_text("\\n".join([HEAD, *map(str, range(rows))]))
""",
    "numbers_of.py": "def rows(most):\n    return most + 1\n",
    "sum.sql": "drop table if exists {{product}};\n"
    "create table {{product}} as select sum(n) as total from {{upstream['upload']}}",
    "all.sql": "select * from {{upstream['sum']}}",
    "last.py": "def show(product, upstream):\n"
    "    open(product, 'w').write(open(upstream['dump']).read())\n",
}


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


def test_tables_of_ploomber(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file into a table, through SQL, and into a file that a function reads."""
    pytest.importorskip("pandas")
    monkeypatch.setenv("JUPYTER_FLOW_CONN_DB", f"sqlite:///{tmp_path / 'tables.db'}")
    project = tmp_path / "tables"
    for name, text in TABLE_FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")

    call(project, "import", "ploomber", "pipeline.yaml")
    call(project, "run", "tables", "-p", "out=other")

    assert (project / "other/last.txt").read_text().split() == ["total", "6"]


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

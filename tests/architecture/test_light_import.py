"""`import jupyter_flow` costs next to nothing: what is heavy loads when it is used."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {
    "IPython",
    "alembic",
    "asyncio",
    "croniter",
    "httpx",
    "ipykernel",
    "ipywidgets",
    "jinja2",
    "jupyter_client",
    "jupyter_core",
    "jupyterlab",
    "nbclient",
    "nbformat",
    "networkx",
    "numpy",
    "pandas",
    "papermill",
    "pydantic",
    "rich",
    "rpds",
    "sqlalchemy",
    "tornado",
    "traitlets",
    "typer",
    "zmq",
}

PROBE = """
import json, sys
before = set(sys.modules)
import jupyter_flow
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def test_importing_the_package_loads_nothing_heavy() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True
    )
    loaded = json.loads(answer.stdout)

    assert "jupyter_flow" in loaded
    assert not set(loaded) & HEAVY

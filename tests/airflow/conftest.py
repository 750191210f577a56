"""An Airflow of its own: made by ``.ci/airflow``, which says where it is in ``FLOW_AIRFLOW``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ENVIRONMENT = os.environ.get("FLOW_AIRFLOW", "")
INSIDE = Path(__file__).with_name("inside.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, and leave it out where there is no Airflow."""
    missing = pytest.mark.skip(reason="needs Airflow: run .ci/airflow")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.airflow)
            item.add_marker(pytest.mark.timeout(1200))
            if not ENVIRONMENT:
                item.add_marker(missing)


@dataclass(frozen=True)
class Airflow:
    """Airflow's commands on a database of their own; DAG files are in ``dags``.

    All that the commands say is in ``said.log``, too, in the folder that pytest keeps.
    """

    home: Path
    dags: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._call("airflow", *arguments)

    def inside(self, *arguments: str) -> Any:
        """What ``inside.py`` answers."""
        answer = self._call("python", str(INSIDE), *arguments)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return json.loads(answer.stdout.splitlines()[-1])

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {
            **os.environ,
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "JUPYTER_FLOW": f"{sys.executable} -m jupyter_flow",
            "PYTHONWARNINGS": "ignore",
        }
        answer = subprocess.run(
            [Path(ENVIRONMENT) / "bin" / program, *arguments],
            env=environ,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        with (self.home / "said.log").open("a", encoding="utf-8") as said:
            said.write(answer.stdout + answer.stderr)
        return answer


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Airflow with a database that has nothing in it yet."""
    home = tmp_path_factory.mktemp("airflow")
    made = Airflow(home, home / "dags")
    made.dags.mkdir()
    answer = made.command("db", "migrate")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return made

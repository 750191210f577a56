"""The benchmark of execution runs, and its meter leaves nothing out. No time is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")

#: Two processes of a fifth of a second of CPU each: a command, and what it leaves behind.
BURN = """
import subprocess, sys, time
burn = "import time\\nwhile time.process_time() < 0.2: pass"
orphan = [sys.executable, "-c", "import os; os.setsid()\\n" + burn]
if sys.argv[1] == "orphan":
    subprocess.Popen(orphan)
else:
    subprocess.run(orphan)
exec(burn)
"""
METER = """
import subprocess, sys
from benchmarks.execution.meters import adopt_orphans, measure
adopt_orphans()
act = lambda: subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[2]], check=True)
print(measure(act, elsewhere=lambda: 1.0).cpu)
"""

KERNELS = """
import sys
from benchmarks.execution import ways, works
from benchmarks.execution.meters import adopt_orphans
from jupyter_flow.execution.kernels import StartedKernels
from jupyter_flow.execution.local import LocalExecutor
adopt_orphans()
if sys.argv[1] == "started":
    ways.LocalExecutor = lambda: LocalExecutor(launcher=StartedKernels())
work = works.one("burn", "import time\\nwhile time.process_time() < 0.3: pass")
with ways.alone().open(work) as doing:
    doing.act()
    print(doing.measure().cpu / doing.kernels())
"""


def python(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_small_round_prints_a_table_with_its_goals() -> None:
    shown = python("-m", "benchmarks.execution", "--small", "--markdown")

    lines = [line for line in shown.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {7}
    titles = [line.split("|")[1].strip() for line in lines[2:]]
    assert list(filter(None, titles)) == [
        "one trivial cell",
        "20 tasks that do nothing, in a chain",
        "a cold start: one notebook",
    ]
    assert any("goal: wall ≤ 1/25 of papermill API" in line for line in lines)


def test_a_row_that_is_not_there_is_told_with_those_that_are() -> None:
    command = [sys.executable, "-m", "benchmarks.execution", "--only", "trivia"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "no row trivia; known: trivial, prints" in done.stderr


@pytest.mark.parametrize("kind", ["child", "orphan"])
def test_the_meter_counts_each_process_once(kind: str) -> None:
    cpu = float(python("-c", METER, BURN, kind))

    # twice a fifth, one second from elsewhere, and the starts of two interpreters
    assert 1.4 <= cpu < 1.4 + 0.35


@pytest.mark.parametrize("kind", ["forked", "started"])
def test_the_meter_counts_each_kernel_once(kind: str) -> None:
    of_what_the_attempts_tell = float(python("-c", KERNELS, kind))

    assert 1.0 < of_what_the_attempts_tell < 1.5

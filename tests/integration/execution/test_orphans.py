"""Nothing outlives its attempt: not what a kernel started, whoever is killed first."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from jupyter_flow.core.states import Outcome

from .conftest import BOTH_ROUTES, Attempt, gone

pytestmark = [
    BOTH_ROUTES,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux can promise that"),
]

#: What keeps a kernel from hearing anything: a loop, C code that holds the lock, workers.
BUSY = (
    "while True: pass",
    "import ctypes; ctypes.PyDLL(None).sleep(300)",
    "import joblib, time; joblib.Parallel(n_jobs=2)(joblib.delayed(time.sleep)(300) for _ in '12')",
)

PARENTS = """
import json, subprocess, sys
daemon = '''
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.close(1)
        time.sleep(300)
    os._exit(0)
'''
pids = [subprocess.Popen(["sleep", "300"]).pid]
pids.append(subprocess.Popen(["sleep", "300"], start_new_session=True).pid)
pids.append(int(subprocess.check_output([sys.executable, "-c", daemon])))
print(json.dumps(pids), flush=True)
"""


@pytest.mark.parametrize(
    "end", ["", "import os; os.kill(os.getpid(), 9)", "import os; os._exit(1)", "1 / 0"]
)
def test_nothing_that_a_notebook_started_survives_it(attempt: Attempt, end: str) -> None:
    trial = attempt(PARENTS, end)
    trial.end  # noqa: B018
    pids = json.loads(trial.text(0))
    assert len(pids) == 3
    assert gone(pids)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("busy", BUSY)
def test_nothing_survives_a_sigkill_of_the_process_that_runs_it(
    tmp_path: Path, route: str, busy: str
) -> None:
    script = tmp_path / "drive.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, time
            from pathlib import Path
            from jupyter_flow.execution.kernels import StartedKernels
            from jupyter_flow.execution.routes import KernelRoutes
            from jupyter_flow.ports.kernels import KernelRequest

            ways = {"started": StartedKernels, "forked": KernelRoutes}
            kernel = ways[sys.argv[1]]().launch(KernelRequest(name=None, folder=Path.cwd()))
            assert kernel.way == sys.argv[1]
            code = sys.stdin.read()
            ask = {"code": code, "silent": False, "allow_stdin": False}
            kernel.send("shell", "execute_request", ask)
            while True:
                kernel.receive(None)
            """
        )
    )
    told = tmp_path / "told"
    os.mkfifo(told)  # for what is printed may not be sent any more once the lock is held
    code = "import os\n" + PARENTS.replace(
        "print(json.dumps(pids), flush=True)",
        f"open({str(told)!r}, 'w').write(json.dumps([*pids, os.getpid(), os.getppid()]))",
    )
    with subprocess.Popen(
        [sys.executable, script, route], stdin=subprocess.PIPE, cwd=tmp_path
    ) as driver:
        assert driver.stdin is not None
        driver.stdin.write((f"{code}\n{busy}\n").encode())
        driver.stdin.close()
        pids = json.loads(told.read_text())
        watches = [os.pidfd_open(pid) for pid in pids]
        driver.kill()
    _await_end(watches)
    assert gone(pids)


def test_a_kernel_dies_with_its_parent(attempt: Attempt) -> None:
    trial = attempt("import os\nos.kill(os.getppid(), 9)\nimport time; time.sleep(60)")
    assert trial.end.outcome is Outcome.KERNEL_DIED
    assert trial.statuses == ["failed"]


def test_what_a_notebook_started_ends_though_the_kernels_parent_was_killed(
    attempt: Attempt,
) -> None:
    trial = attempt(PARENTS, "import os\nos.kill(os.getppid(), 9)\nimport time; time.sleep(60)")
    trial.end  # noqa: B018
    assert gone(json.loads(trial.text(0)))


def _await_end(pidfds: list[int]) -> None:
    """Wait until each of these processes has ended."""

    for fd in pidfds:
        ready, _, _ = select.select([fd], [], [], 20)
        assert ready
        os.close(fd)

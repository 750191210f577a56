"""Forked kernels: what is theirs alone, what is the same as in a started one, and what if not."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.forked import nursery
from jupyter_flow.execution.forked.kernels import ForkedKernels, forked_kernels
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.routes import KernelRoutes
from jupyter_flow.ports.kernels import KernelRequest

from .conftest import Attempt, zygotes_of_its_own

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

FORKED = "the kernel is forked"
_STARTS_THREADS = """
import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""


def test_it_has_no_descriptor_but_its_own(attempt: Attempt) -> None:
    trial = attempt(
        "import os\nprint(sorted(map(int, os.listdir('/proc/self/fd'))))",
        "os.system('ls /proc/self/fd')",
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert FORKED in trial.log
    # 0 to 2, its line, what 1 and 2 lead to, where they led, an event loop's, the publisher's
    assert len(trial.text(0).split(",")) <= 13
    # and what it starts has none of them: 3 is the folder that is listed
    assert trial.text(1).split() == ["0", "1", "2", "3"]


def test_no_two_draw_the_same_numbers(attempt: Attempt) -> None:
    cell = (
        "import random, uuid, tempfile\nimport numpy.random\n"
        "print(random.random(), uuid.uuid4(), numpy.random.rand(), "
        "numpy.random.default_rng().random(), next(tempfile._get_candidate_names()))"
    )
    with zygotes_of_its_own():
        trials = [attempt(cell, preload=("numpy.random",)) for _ in range(3)]
        drawn = [trial.text(0).split() for trial in trials]
    assert all("libraries ready" in each.log for each in trials)
    assert all(len(set(column)) == 3 for column in zip(*drawn, strict=True))


def test_its_environment_folder_and_time_zone_are_the_tasks(
    attempt: Attempt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONE_BY_THEN", "1")
    forked_kernels().get_ready()
    monkeypatch.delenv("GONE_BY_THEN")
    (tmp_path / "there").mkdir()
    trial = attempt(
        "import os, time\nprint(os.getcwd(), os.environ.get('GONE_BY_THEN'), os.environ['MINE'],"
        " time.localtime(0).tm_hour)\nos.system('echo $MINE')",
        folder=tmp_path / "there",
        env={"MINE": "yes", "TZ": "Asia/Tokyo"},
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert FORKED in trial.log
    assert trial.text(0).split() == [str(tmp_path / "there"), "None", "yes", "9", "yes"]


def test_what_the_system_shows_of_it_is_its_own(attempt: Attempt) -> None:
    trial = attempt("print(open('/proc/self/environ').read().replace('\\0', '\\n'))", key="mine")
    assert "JUPYTER_FLOW_TASK=mine\n" in trial.text(0), trial.log


@pytest.mark.parametrize(
    ("env", "name"), [({"PYTHONHASHSEED": "1"}, "PYTHONHASHSEED"), ({"LC_ALL": "C"}, "LC_ALL")]
)
def test_what_is_read_when_python_starts_needs_a_started_one(
    attempt: Attempt, env: dict[str, str], name: str
) -> None:
    trial = attempt(f"import os\nprint(os.environ[{name!r}])", env=env)
    assert trial.text(0).strip() == env[name]
    assert f"the kernel is started: Python must be started with {name}" in trial.log


def test_a_folder_that_is_not_there_is_told(attempt: Attempt, tmp_path: Path) -> None:
    trial = attempt("1", folder=tmp_path / "nowhere")
    assert trial.failure.name == "JF603"
    assert "nowhere" in trial.log


def test_code_that_wants_the_kernels_sockets_gets_some(attempt: Attempt) -> None:
    trial = attempt("from ipykernel.connect import get_connection_file\nget_connection_file()")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert "the kernel is started: its code says 'get_connection_file'" in trial.log


def test_its_end_is_that_of_a_process(attempt: Attempt, tmp_path: Path) -> None:
    trial = attempt(
        "import atexit, threading, time\n"
        "open_file = open('never-closed', 'w')\n_ = open_file.write('written')\n"
        "atexit.register(lambda: open('at-exit', 'w').write('done'))\n"
        "class Mine:\n    def __del__(self): open('let-go', 'w').write('done')\nkept = Mine()\n"
        "def late():\n    time.sleep(0.2)\n    open('thread', 'w').write('done')\n"
        "threading.Thread(target=late).start()"
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert FORKED in trial.log
    said = {name: (tmp_path / name).read_text() for name in ("never-closed", "at-exit", "thread")}
    assert said == {"never-closed": "written", "at-exit": "done", "thread": "done"}
    assert (tmp_path / "let-go").exists()


def test_what_is_written_past_python_stands_where_it_was_written(attempt: Attempt) -> None:
    cell = "import os\nprint('one')\nos.system('echo two')\nprint('three')\nos.write(1, b'four\\n')"
    trial = attempt(*[cell] * 20)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert {trial.text(index) for index in range(20)} == {"one\ntwo\nthree\nfour\n"}


def test_a_long_message_reaches_one_that_is_talking(attempt: Attempt) -> None:
    talker = (
        "import threading\ndef talk():\n"
        "    for _ in range(200):\n        print('x' * 20_000, flush=True)\n"
        "thread = threading.Thread(target=talk); thread.start()"
    )
    long = "text = '" + "y" * 2_000_000 + "'\nthread.join()\nlen(text)"
    trial = attempt(talker, long)
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.executed.cells[1].outputs[-1]["data"]["text/plain"] == "2000000"


def test_after_the_death_of_the_zygote_there_is_another(attempt: Attempt) -> None:
    assert attempt("1").end.outcome is Outcome.SUCCEEDED
    os.kill(forked_kernels().pids[0], signal.SIGKILL)
    trial = attempt("1")
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert FORKED in trial.log


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkedKernels]:
    """Kernels from a zygote that does not come up."""
    script = tmp_path / "zygote.py"
    script.write_text("raise SystemExit(1)")
    monkeypatch.setattr(nursery, "_ZYGOTE", script)
    kernels = ForkedKernels()
    monkeypatch.setattr("jupyter_flow.execution.forked.kernels.forked_kernels", lambda: kernels)
    yield kernels
    kernels.close()


@pytest.mark.usefixtures("broken")
def test_where_none_can_be_forked_they_are_started_and_it_is_said_once(
    attempt: Attempt, caplog: pytest.LogCaptureFixture
) -> None:
    executor = LocalExecutor(launcher=KernelRoutes())
    with caplog.at_level(logging.WARNING):
        trials = [attempt("1", on=executor) for _ in range(2)]
        assert all(trial.end.outcome is Outcome.SUCCEEDED for trial in trials)
    executor.close()
    assert all("the kernel is started" in trial.log for trial in trials)
    said = [each for each in caplog.records if "cannot be forked" in each.getMessage()]
    assert len(said) == 1


@pytest.mark.usefixtures("broken")
def test_a_request_to_nobody_ends(tmp_path: Path) -> None:
    routes = KernelRoutes()
    kernel = routes.launch(KernelRequest(name=None, folder=tmp_path))
    assert kernel.way.startswith("started: ")
    kernel.close()
    routes.close()


@pytest.mark.parametrize(
    ("module", "code", "why"),
    [
        ("starts_threads", _STARTS_THREADS, "starts threads"),
        ("raises", "raise OSError('no licence')", "OSError: no licence"),
        ("well", "x = 1", ""),
    ],
)  # fmt: skip
def test_what_may_not_be_loaded_beforehand_is_told(
    tmp_path: Path, module: str, code: str, why: str
) -> None:
    (tmp_path / f"{module}.py").write_text(code)
    script = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from jupyter_flow.execution.forked import preloading
        preloading.site_folders = lambda: ({str(tmp_path)!r},)
        try:
            preloading.preload({module!r})
        except preloading.PreloadError as error:
            print(error.module, error)
        import os
        os._exit(0)
        """
    command = [sys.executable, "-u", "-c", textwrap.dedent(script)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert (why in said and said.startswith(module)) if why else not said

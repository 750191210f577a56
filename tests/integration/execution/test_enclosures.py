"""What is enclosed ends with one stroke, wherever it has hidden. Where control groups are."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_flow.execution import enclosures
from jupyter_flow.execution.enclosures import enclosure, end_abandoned
from jupyter_flow.execution.processes import start_process

from .conftest import BOTH_ROUTES, Attempt

pytestmark = [
    pytest.mark.skipif(enclosures._base() is None, reason="control groups cannot be written"),
    pytest.mark.timeout(60),
]

#: Leaves the session and the group, clears its environment, and is nobody's child.
HIDE = """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        nothing = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nothing, fd)
        os.execve("/bin/sleep", ["sleep", "300"], {})
    os._exit(0)
"""


def ends(pid: int) -> bool:
    """Whether that process ends within some seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    found = select.select([watch], [], [], 20)[0]
    os.close(watch)
    return bool(found)


def hidden(group: Path) -> int:
    """A process that hides, in the enclosure with that folder."""
    enter = f"open('{group}/cgroup.procs', 'w').write('0')\n"
    done = subprocess.run(
        [sys.executable, "-c", enter + HIDE], capture_output=True, text=True, check=True, timeout=30
    )
    return int(done.stdout)


def test_what_hides_ends_with_its_enclosure() -> None:
    made = enclosure()
    assert made is not None
    pid = hidden(made.path)
    made.end()

    assert ends(pid)
    assert not made.path.exists()
    made.end()


def test_an_enclosure_in_an_enclosure_goes_too() -> None:
    made = enclosure()
    assert made is not None
    inner = made.path / "inner"
    inner.mkdir()
    pid = hidden(inner)
    made.end()

    assert ends(pid)
    assert not made.path.exists()


def test_those_whose_makers_have_died_are_ended_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    around = enclosure()
    assert around is not None
    monkeypatch.setattr(enclosures, "_base", lambda: around.path)
    mine = enclosure()
    assert mine is not None
    # A number that may be another's by now, but not with that time of its start.
    theirs = around.path / f"jupyter-flow-{os.getpid()}-1-1"
    theirs.mkdir()
    pid = hidden(theirs)
    end_abandoned()

    assert ends(pid)
    assert not theirs.exists()
    assert mine.path.exists()
    around.end()


def test_a_kernel_whose_warden_is_killed_leaves_nothing(tmp_path: Path) -> None:
    read, write = os.pipe()
    hide_and_stay = [sys.executable, "-c", HIDE + "import time; time.sleep(300)"]
    process = start_process(hide_and_stay, env=dict(os.environ), cwd=tmp_path, output=write)
    os.close(write)
    pid = int(os.read(read, 100))
    warden = process._warden  # type: ignore[attr-defined]
    warden.kill()
    while process.exit is None:
        process.hear()

    assert ends(pid)
    process.close()
    os.close(read)


def empty() -> set[Path]:
    """The enclosures of this process in which nothing is."""
    base = enclosures._base()
    assert base is not None
    own = base.glob(f"jupyter-flow-{enclosures._name_of(os.getpid())}-*")
    return {each for each in own if "populated 0" in (each / "cgroup.events").read_text()}


@BOTH_ROUTES
def test_no_enclosure_is_left_by_an_attempt(attempt: Attempt, route: str) -> None:
    base = enclosures._base()
    assert base is not None
    own = f"jupyter-flow-{enclosures._name_of(os.getpid())}-*"
    before = {
        path for path in base.glob(own) if "populated 0" in (path / "cgroup.events").read_text()
    }
    attempt("1").end  # noqa: B018

    after = {
        path for path in base.glob(own) if "populated 0" in (path / "cgroup.events").read_text()
    }
    assert after <= before

"""The owner of a lease can be told dead or alive, and is never thought dead while it may live."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from jupyter_flow.app.owner import is_gone, this_process


def test_this_process_is_not_gone() -> None:
    assert not is_gone(this_process())


def test_two_owners_of_one_process_differ() -> None:
    assert this_process() != this_process()


def test_a_process_that_ended_is_gone() -> None:
    ask = "from jupyter_flow.app.owner import this_process; print(this_process())"
    owner = subprocess.run(
        [sys.executable, "-c", ask], check=True, capture_output=True, text=True
    ).stdout.strip()

    assert is_gone(owner)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_process_that_nobody_has_collected_yet_is_gone() -> None:
    ask = "from jupyter_flow.app.owner import this_process; print(this_process(), flush=True)"
    process = subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    owner = process.stdout.read().strip()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert is_gone(owner)
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_process_number_that_was_given_again_is_gone() -> None:
    host, pid, started, port, word = this_process().rsplit(":", 4)

    assert is_gone(f"{host}:{pid}:{int(started) + 1}:{port}:{word}")


@pytest.mark.parametrize("owner", ["another-host/4026531836:1:5:0:x", "no owner at all", ""])
def test_of_others_nothing_is_known(owner: str) -> None:
    assert not is_gone(owner)


def test_a_process_that_is_numbered_in_another_space_is_not_known() -> None:
    """Two containers may have one name; their processes have other numbers."""
    here, _, started, port, word = this_process().rsplit(":", 4)
    host = here.rpartition("/")[0]

    assert not is_gone(f"{host}/1:999999999:{started}:{port}:{word}")
    assert is_gone(f"{here}:999999999:{started}:{port}:{word}")

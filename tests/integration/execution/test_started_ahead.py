"""Kernels that boot ahead of their launch: had by the very request, and never left over."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_flow.execution.kernels import StartedKernel, StartedKernels
from jupyter_flow.ports.kernels import KernelRequest

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def kernels() -> Iterator[StartedKernels]:
    made = StartedKernels()
    yield made
    made.close()


@pytest.fixture
def request_(tmp_path: Path) -> KernelRequest:
    return KernelRequest(name=None, folder=tmp_path, env={"TASK": "a"})


def pid_of(kernel: object) -> int:
    assert isinstance(kernel, StartedKernel)
    while kernel._process.pid is None:
        kernel._process.hear()
    return kernel._process.pid


def ends(pid: int) -> bool:
    """Whether that process ends within some seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    found = select.select([watch], [], [], 20)[0]
    os.close(watch)
    return bool(found)


def waiting(kernels: StartedKernels) -> int:
    """The process of the one that waits."""
    assert kernels._ahead is not None
    return pid_of(kernels._ahead._kernel)


def test_the_very_request_gets_it(kernels: StartedKernels, request_: KernelRequest) -> None:
    assert kernels.start_ahead(request_)
    pid = waiting(kernels)
    kernel = kernels.launch(replace(request_))

    assert kernel.way == "started ahead"
    assert pid_of(kernel) == pid
    kernel.close()


@pytest.mark.parametrize("change", [{"env": {"TASK": "b"}}, {"folder": Path("/")}])
def test_another_one_gets_its_own(
    kernels: StartedKernels, request_: KernelRequest, change: dict[str, object]
) -> None:
    kernels.start_ahead(request_)
    other = kernels.launch(replace(request_, **change))  # type: ignore[arg-type]

    mine = kernels.launch(request_)
    assert (other.way, mine.way) == ("started", "started ahead")
    other.close()
    mine.close()


def test_another_environment_of_this_process_makes_it_useless(
    kernels: StartedKernels, request_: KernelRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels.start_ahead(request_)
    pid = waiting(kernels)
    monkeypatch.setenv("CHANGED_SINCE", "1")

    kernel = kernels.launch(request_)
    assert kernel.way == "started"
    assert ends(pid)
    kernel.close()


def test_one_that_died_is_not_used(kernels: StartedKernels, request_: KernelRequest) -> None:
    kernels.start_ahead(request_)
    pid = waiting(kernels)
    os.kill(pid, signal.SIGKILL)
    assert ends(pid)
    assert kernels._ahead is not None
    assert kernels._ahead._kernel is not None
    news = kernels._ahead._kernel._process.news
    assert select.select([news], [], [], 20)[0]

    kernel = kernels.launch(request_)
    assert kernel.way == "started"
    kernel.close()


def test_there_is_one_at_a_time(kernels: StartedKernels, request_: KernelRequest) -> None:
    assert kernels.start_ahead(request_)
    assert not kernels.start_ahead(replace(request_, env={}))


def test_what_cannot_be_started_is_told_at_its_launch(
    kernels: StartedKernels, request_: KernelRequest
) -> None:
    assert not kernels.start_ahead(replace(request_, name="no-such-kernel"))
    assert kernels.start_ahead(request_)


@pytest.mark.parametrize("end", ["forget", "close", "patience"])
def test_one_that_nobody_takes_is_closed(request_: KernelRequest, end: str) -> None:
    kernels = StartedKernels(patience=0.5 if end == "patience" else 60)
    kernels.start_ahead(request_)
    pid = waiting(kernels)
    if end != "patience":
        kernels.forget_ahead() if end == "forget" else kernels.close()

    assert ends(pid)
    kernels.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can promise that")
def test_none_survives_a_sigkill_of_the_process_that_started_it(tmp_path: Path) -> None:
    script = """
        import sys, time
        from pathlib import Path
        from jupyter_flow.execution.kernels import StartedKernels
        from jupyter_flow.ports.kernels import KernelRequest

        kernels = StartedKernels()
        kernels.start_ahead(KernelRequest(name=None, folder=Path.cwd()))
        process = kernels._ahead._kernel._process
        while process.pid is None:
            process.hear()
        print(process.pid, flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()

    assert ends(pid)

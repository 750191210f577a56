"""A writer may be killed at any moment: what was recorded is there, what was not is not."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from jupyter_flow.ports.runs import RunStore
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, run_of

PRELUDE = """
import sys
from jupyter_flow.core.events import RunStarted
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, attempt_of, run_of, task_run_of
store = open_store(sys.argv[1]).runs
run = store.load(run_of().id)
lease = store.lease(run.id, "doomed", now=NOON, duration=MINUTE)

def record(number):
    changed = [task_run_of(LOAD, attempt_of(cell=number), tries=number)]
    after = number - 1
    store.record(lease, run, RunStarted(), changed=changed, moves=(), after=after, now=NOON)
"""

WRITE_ON_AND_ON = """
number = 0
while True:
    number += 1
    record(number)
    print(number, flush=True)
"""

STOP_HALF_WAY = """
record(1)
half = type(store)._put

def put_and_wait(*args):
    half(*args)
    print("half", flush=True)
    sys.stdin.read()

type(store)._put = put_and_wait
record(2)
"""


@contextmanager
def doomed(program: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes, and is killed on the way out."""
    command = [sys.executable, "-c", PRELUDE + program, str(path)]
    command[-1] = f"sqlite:///{path}"
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
    assert process.returncode == -signal.SIGKILL


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("at_least", [1, 20, 150])
def test_a_killed_writer_loses_nothing_that_it_recorded(
    store: RunStore, path: Path, at_least: int
) -> None:
    store.create(run_of())
    with doomed(WRITE_ON_AND_ON, path) as process:
        told = [read(process) for _ in range(at_least)]

    assert told == [str(number) for number in range(1, at_least + 1)]
    journal = [entry.seq for entry in store.journal(run_of().id)]
    assert len(journal) >= at_least
    assert journal == list(range(1, len(journal) + 1))
    kept = store.load(run_of().id).task_runs[LOAD]
    assert kept.attempt is not None
    assert kept.tries == kept.attempt.cell == len(journal)


def test_what_a_killed_writer_had_half_written_is_gone(store: RunStore, path: Path) -> None:
    store.create(run_of())
    with doomed(STOP_HALF_WAY, path) as process:
        assert read(process) == "half"
        # Readers do not wait for a writer, and see what was there before.
        assert store.load(run_of().id).task_runs[LOAD].tries == 1

    assert [entry.seq for entry in store.journal(run_of().id)] == [1]
    assert store.load(run_of().id).task_runs[LOAD].tries == 1


def test_the_run_of_a_killed_writer_goes_to_another(store: RunStore, path: Path) -> None:
    store.create(run_of())
    with doomed(STOP_HALF_WAY, path) as process:
        read(process)

    assert store.lease(run_of().id, "heir", now=NOON, duration=MINUTE) is None
    heir = store.lease(run_of().id, "heir", now=NOON + MINUTE, duration=MINUTE)
    assert heir is not None
    with closing(open_store(path)) as again:
        assert again.runs.holder(run_of().id, now=NOON + MINUTE) == heir

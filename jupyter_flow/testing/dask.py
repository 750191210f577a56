"""A Dask cluster of this machine for tests: a scheduler, and workers in processes of their own.

As it is on several machines: each worker has a folder of its own, its scheduler is reached by its
address, and workers can be killed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class DaskCluster:
    """The processes of a cluster. ``address`` is that of its scheduler."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, *words: str, env: Mapping[str, str] | None = None) -> int:
        """Begin one more worker, with a folder and one thread of its own; its place in the list.

        *words* are further words of its command.
        """
        number = len(self.workers)
        own = self.folder / f"worker-{number}"
        own.mkdir(parents=True)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address]
        command += ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--name", f"w{number}"]
        command += ["--local-directory", str(own), *words]
        with (own / "log").open("wb") as out:
            self.workers.append(
                subprocess.Popen(command, cwd=own, env=env, stdout=out, stderr=subprocess.STDOUT)
            )
        return number

    def kill_worker(self, number: int) -> None:
        """SIGKILL."""
        self.workers[number].kill()
        self.workers[number].wait()

    def client(self) -> Any:
        """A connection of one's own; to be closed."""
        from distributed import Client

        return Client(self.address, set_as_default=False)  # type: ignore[no-untyped-call]

    def wait_for_workers(self, count: int) -> None:
        """Until so many are there."""
        with self.client() as client:
            client.wait_for_workers(count, timeout=60)


@contextmanager
def dask_cluster(folder: Path, *, workers: int = 2) -> Iterator[DaskCluster]:
    """A cluster with so many workers; below *folder* they write. All ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    command += ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    scheduler = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    cluster = DaskCluster(_address_of(scheduler), folder, scheduler)
    # What else it says must not fill the pipe.
    rest = threading.Thread(target=_read_all, args=(scheduler, folder / "scheduler.log"))
    rest.start()
    try:
        for _ in range(workers):
            cluster.add_worker()
        cluster.wait_for_workers(workers)
        yield cluster
    finally:
        for each in [*cluster.workers, scheduler]:
            each.terminate()
        for each in [*cluster.workers, scheduler]:
            try:
                each.wait(timeout=10)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        rest.join()


def _address_of(scheduler: subprocess.Popen[bytes]) -> str:
    """Where it listens, as it says itself."""
    assert scheduler.stdout is not None
    said = []
    for line in scheduler.stdout:
        said.append(line.decode())
        if "Scheduler at:" in said[-1]:
            return said[-1].rpartition("Scheduler at:")[2].strip()
    raise RuntimeError(f"the scheduler did not start: {''.join(said)}")


def _read_all(scheduler: subprocess.Popen[bytes], log: Path) -> None:
    assert scheduler.stdout is not None
    with scheduler.stdout, log.open("wb") as file:
        shutil.copyfileobj(scheduler.stdout, file)

"""A project folder with its services: real processes that may be killed at any moment.

Knows every process that it started, and finds those that belong to the attempts of its project by
their environment. It ends nothing else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TypeVar

import psutil

from jupyter_flow.app.flows import Flows
from jupyter_flow.app.settings import HOME, Settings
from jupyter_flow.app.wiring import wire
from jupyter_flow.core.errors import StoreUnreachableError

LEASE = 2.0
#: A service that is asked to end may take so long: for the tasks that run, and for its alerts.
PATIENCE = 60.0
_SETTINGS = """\
lease = {lease}
max_parallel = 2
memory_reserve = 0
database = "{database}"
"""

T = TypeVar("T")


@dataclass(slots=True)
class Served:
    """A service that was started. ``is_stopped`` while it is held by SIGSTOP."""

    process: subprocess.Popen[bytes]
    log: Path
    is_stopped: bool = False
    is_killed: bool = False

    @property
    def is_there(self) -> bool:
        return self.process.poll() is None

    @property
    def has_begun(self) -> bool:
        return b'"service_started"' in self.log.read_bytes()

    def send(self, number: signal.Signals) -> None:
        if self.is_there:
            self.process.send_signal(number)


class Arena:
    """The project in *folder*, its runs in *database*; *watched* is the same for the onlooker."""

    def __init__(self, folder: Path, database: str, watched: str | None = None) -> None:
        self.folder = folder
        self.ledger = folder / "ledger.jsonl"
        (folder / "marks").mkdir(parents=True)
        self.ledger.touch()
        told = _SETTINGS.format(lease=LEASE, database=database)
        (folder / "jupyter_flow.toml").write_text(told)
        settings = Settings.read(folder)
        self.home = settings.home
        assert self.home == folder / HOME
        self.flows: Flows = wire(replace(settings, database=watched or database))
        self.served: list[Served] = []

    def serve(self) -> Served:
        """Start another service."""
        return self._started(())

    def serve_all(self, number: int) -> None:
        """Start so many services and wait until each is there."""
        pipes = [os.pipe() for _ in range(number)]
        for _, tell in pipes:
            self._started([tell])
            os.close(tell)
        for told, _ in pipes:
            assert os.read(told, 16) == b"ready", "a service does not start"
            os.close(told)

    def _started(self, tell: Sequence[int]) -> Served:
        ready = [word for fd in tell for word in ("--ready-fd", str(fd))]
        log = self.folder / f"service-{len(self.served)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_flow", "serve", "--log-json", *ready],
                cwd=self.folder,
                env=os.environ | {"PYTHONFAULTHANDLER": "1"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                pass_fds=tell,
            )
        served = Served(process, log)
        self.served.append(served)
        return served

    @property
    def serving(self) -> list[Served]:
        """The services that are there and not stopped."""
        return [each for each in self.served if each.is_there and not each.is_stopped]

    @property
    def busy(self) -> list[Served]:
        """Those of them that make attempts now."""
        parents = {each.info["ppid"] for each in self.wardens()}
        return [each for each in self.serving if each.process.pid in parents]

    # -- what attempts started -----------------------------------------------------------------

    def left(self) -> list[psutil.Process]:
        """The living processes that some attempt of this project started."""
        return [process for process, _ in self._of_attempts()]

    def wardens(self) -> list[psutil.Process]:
        return [process for process, words in self._of_attempts() if _is_warden(words)]

    def kernels(self) -> list[psutil.Process]:
        wanted = "ipykernel_launcher"
        found = self._of_attempts()
        return [each for each, words in found if wanted in words and not _is_warden(words)]

    def _of_attempts(self) -> Iterator[tuple[psutil.Process, list[str]]]:
        home = str(self.home)
        for process in psutil.process_iter(["ppid"]):
            try:
                environ, words = process.environ(), process.cmdline()
                is_alive = process.status() != psutil.STATUS_ZOMBIE
            except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
                continue
            is_ours = environ.get("JUPYTER_FLOW_HOME") == home and "JUPYTER_FLOW_RUN" in environ
            if is_ours and is_alive:
                yield process, words

    # -- the end -------------------------------------------------------------------------------

    def end_gracefully(self) -> list[int]:
        """Ask all services to end and wait for them: the statuses with which they left.

        Not 0 as well: one that did not end, and was made to say in its log what its threads do.
        """
        asked = [each for each in self.served if each.is_there]
        for each in asked:
            each.send(signal.SIGCONT)
            each.send(signal.SIGTERM)
        return [_status_of(each) for each in asked]

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        for each in self.served:
            each.send(signal.SIGKILL)
        for each in self.served:
            each.process.wait()
        _, alive = psutil.wait_procs(self.left(), timeout=10)
        for each in alive:
            each.kill()
        self.flows.close()


def _status_of(served: Served) -> int:
    """The status with which it leaves, or is made to leave."""
    try:
        return served.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        served.send(signal.SIGABRT)
        return served.process.wait(PATIENCE)


def patiently(ask: Callable[[], T], tries: int = 50) -> T:
    """What *ask* gives, from a store that may be cut off while it is asked."""
    for _ in range(tries - 1):
        try:
            return ask()
        except StoreUnreachableError:
            pause(0.2)
    return ask()


def pause(seconds: float) -> None:
    """Let *seconds* pass: chaos happens to processes that do not wait for it."""
    Event().wait(seconds)


def _is_warden(words: list[str]) -> bool:
    return any(word.endswith("warden.py") for word in words[:5])

"""Starting a service in the background: a process of its own, which outlives whoever wanted it.

It belongs to no terminal and to no kernel, writes to ``<home>/service.log``, and ends by itself
when there is nothing to do. Of many who start one at the same moment, one stays.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import select

from jupyter_flow.core.errors import FlowError

from .settings import Settings

#: How long a service may take until it says that it is there, in seconds.
PATIENCE = 60.0
#: What belongs to a kernel, or to an attempt, and not to a service that one of them starts.
_NOT_ITS_OWN = ("JPY_", "JUPYTER_FLOW_RUN", "JUPYTER_FLOW_TASK", "JUPYTER_FLOW_INDEX")
_NOR_THESE = ("JUPYTER_FLOW_ATTEMPT", "JUPYTER_FLOW_ARTIFACTS", "JUPYTER_FLOW_FLOW", "MPLBACKEND")
_LONGEST_LOG = 10 * 2**20
#: How often, and how many times, one that is about to begin or to end is looked at; in seconds.
_GLANCE, _MOST_LOOKS = 0.1, 300


def log_of(home: Path) -> Path:
    """Where a service in the background writes."""
    return home / "service.log"


def start_service(settings: Settings) -> None:
    """Start a service for the store of *settings* and wait until it is registered.

    Raises FlowError (JF321) when it cannot be started; the text has its last words.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    path = log_of(settings.home)
    if path.exists() and path.stat().st_size > _LONGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    before = path.stat().st_size if path.exists() else 0
    told, tell = os.pipe()
    command = [sys.executable, "-m", "jupyter_flow", "--folder", str(settings.folder)]
    command += ["serve", "--background", "--ready-fd", str(tell)]
    try:
        with path.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=settings.folder,
                env=_environment(os.environ, settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[tell],
                start_new_session=True,
            )
        os.close(tell)
        readable, _, _ = select([told], [], [], PATIENCE)
        is_ready = bool(readable) and os.read(told, 16) == b"ready"
    finally:
        os.close(told)
    # It may outlive us, or we it: then it is collected, so that nobody takes it for alive.
    threading.Thread(target=process.wait, name="service", daemon=True).start()
    if not is_ready:
        said = path.read_bytes()[before:].decode("utf-8", "replace").strip()
        raise FlowError(
            f"the service could not be started: {_last_words(said) or 'no word'}",
            hint=f"See {path}, or start it by hand to see more: jupyter flow serve",
            code="JF321",
        )


def _last_words(said: str) -> str:
    """The last thing that was said: a line, and those that belong to it as they are indented."""
    words: list[str] = []
    for line in reversed(said.splitlines()):
        words.insert(0, line.strip())
        if not line.startswith(" "):
            break
    return " ".join(words)


@contextmanager
def the_only_one(
    home: Path, *, wanted: bool, is_served: Callable[[], bool]
) -> Iterator[Callable[[], None] | None]:
    """None if another service in the background is there for *home*. Else none begins within.

    What is given then lets another one begin. Whether one that keeps others out serves, or is about
    to begin or to end, is told by *is_served*. Without *wanted*, nobody is kept out.
    """
    if not wanted or sys.platform == "win32":
        yield lambda: None
        return
    import fcntl

    home.mkdir(parents=True, exist_ok=True)
    with (home / "service.lock").open("ab") as file:
        for _ in range(_MOST_LOOKS):
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if is_served():
                    break
                time.sleep(_GLANCE)
            else:
                yield lambda: fcntl.flock(file.fileno(), fcntl.LOCK_UN)
                return
        yield None


def _environment(environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    own = {
        name: value
        for name, value in environ.items()
        if not name.startswith(_NOT_ITS_OWN) and name not in _NOR_THESE
    }
    # Whatever it reads by itself, it must be the same store.
    return own | {
        "JUPYTER_FLOW_HOME": str(settings.home),
        "JUPYTER_FLOW_DATABASE": settings.database,
    }

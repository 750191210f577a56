"""Watchers: processes that follow runs which other processes write, and are nudged at each entry.

A watcher listens for nudges (`jupyter_flow.app.nudges`) and registers as an empty file in
``<home>/watchers`` that bears its name as an owner. Whoever writes nudges all that are registered.
As always, a nudge only says: look. A watcher that hears nothing looks by itself now and then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from .nudges import Nudges, send
from .owner import is_gone, read_owner, this_process

#: So old may the list of watchers be that a writer knows, in seconds.
_FRESH = 1.0


class Watcher:
    """This process as a watcher of the runs below *home*; `close` it.

    *heard* is called, from a thread, with the run of each nudge ("": none named).
    """

    def __init__(self, home: Path, heard: Callable[[str], None]) -> None:
        self._nudges = Nudges()
        self._nudges.listen(heard)
        self._file = _folder(home) / quote(this_process(self._nudges.port), safe="")
        # Where nothing may be written it is not known, and looks by itself.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch()

    def close(self) -> None:
        """Hear nothing any more."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        self._nudges.close()


class Watchers:
    """The watchers of the runs below *home*, as those who write see them. For many threads.

    *seconds* counts the time that goes by.
    """

    def __init__(self, home: Path, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._folder = _folder(home)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._ports: tuple[int, ...] = ()
        self._looked_at: float | None = None

    def tell(self, run: str = "") -> None:
        """Nudge all watchers on this machine about *run*."""
        for port in self._known():
            send(port, run)

    def _known(self) -> tuple[int, ...]:
        with self._lock:
            now = self._seconds()
            if self._looked_at is None or now - self._looked_at >= _FRESH:
                self._ports, self._looked_at = self._look(), now
            return self._ports

    def _look(self) -> tuple[int, ...]:
        """Who is registered on this machine; the dead are taken away."""
        try:
            files = list(self._folder.iterdir())
        except OSError:
            return ()
        ports = []
        for file in files:
            name = unquote(file.name)
            owner = read_owner(name)
            if is_gone(name):
                with suppress(OSError):
                    file.unlink(missing_ok=True)
            elif owner is not None and owner.is_here and owner.port:
                ports.append(owner.port)
        return tuple(ports)


def _folder(home: Path) -> Path:
    return home / "watchers"

"""A run as it goes on, for faces that show it: never more often than can be read.

Listens to the journal and loads the run when something was written. Decides nothing, and slows
itself down when loading is slow, so that watching a large run does not cost its tasks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run

from .flows import Flows

#: How often the journal is asked again while nobody drives the run yet, in seconds.
_BEFORE = 0.1


def watch(
    flows: Flows,
    run: RunId,
    *,
    every: float = 0.2,
    tick: float | None = None,
    until: threading.Event | None = None,
) -> Iterator[Run]:
    """*run* now, after each change (at most once in *every* seconds), and at its end.

    With *tick*, the same run again when so many seconds went by without a change: time passes.
    It ends when nobody drives the run; with *until*, not before that is set, and without a pause
    from then on.
    """
    over = until or threading.Event()
    news: SimpleQueue[bool | BaseException] = SimpleQueue()
    listener = threading.Thread(
        target=_listen, args=(flows, run, news, until), name=f"watch {run}", daemon=True
    )
    current = flows.run(run)
    yield current
    listener.start()
    going = True
    while going:
        going, changed = _news(news, tick)
        began = time.monotonic()
        if changed or not going:
            current = flows.run(run)
        yield current
        # Loading and showing may take a fifth of the time, not more.
        pause = max(every, 4 * (time.monotonic() - began))
        if going and changed:
            over.wait(min(pause, 5.0))


def _news(news: SimpleQueue[bool | BaseException], tick: float | None) -> tuple[bool, bool]:
    """Wait for something to happen; whether it goes on, and whether anything was written."""
    try:
        item = news.get(timeout=tick)
    except Empty:
        return True, False
    going, changed = True, False
    while True:
        if isinstance(item, BaseException):
            raise item
        going, changed = going and item, changed or item
        try:
            item = news.get_nowait()
        except Empty:
            return going, changed


def _listen(
    flows: Flows,
    run: RunId,
    news: SimpleQueue[bool | BaseException],
    until: threading.Event | None,
) -> None:
    seen = 0
    try:
        while True:
            over = until is None or until.is_set()
            for entry in flows.follow(run, after=seen):
                seen = entry.seq
                news.put(True)
            if over:
                break
            if until is not None:
                until.wait(_BEFORE)
    except BaseException as error:  # noqa: BLE001  the thread's boundary: handed to who watches
        news.put(error)
    news.put(False)

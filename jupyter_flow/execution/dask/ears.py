"""What a cluster tells is taken in by one thread, in its order; it also minds the time.

What is told, and what is to be done about it, `DaskExecutor` knows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any

from .worker import SILENCE

log = logging.getLogger(__name__)

Word = Mapping[str, Any]
#: An attempt, and the cell that it is at.
_Place = tuple[str, int]


class Ears:
    """Calls *take_in* with each word that is heard, and *look_after* every few seconds."""

    def __init__(self, take_in: Callable[[Word], object], look_after: Callable[[], object]) -> None:
        self._take_in = take_in
        self._look_after = look_after
        self._words: SimpleQueue[Word | _Place | None] = SimpleQueue()
        self._latest: dict[_Place, Word] = {}
        self._thread = threading.Thread(target=self._listen, name="dask words", daemon=True)
        self._is_open = False
        self._lock = threading.Lock()

    def open(self) -> None:
        """Listen from now on. Nothing happens if they do."""
        with self._lock:
            if not self._is_open:
                self._is_open = True
                self._thread.start()

    def heard(self, event: tuple[float, Word]) -> None:
        """Called by Dask with what workers tell, and what becomes of them. Returns at once.

        Of what is told of a cell only the latest counts, so no more than that is kept.
        """
        word = event[1]
        if not isinstance(word, Mapping):  # anybody's: what goes on in a cluster is told to all
            return
        if "attempt" not in word:
            self._words.put(word)
            return
        place = word["attempt"], word["cell"]
        with self._lock:
            is_waiting = place in self._latest
            self._latest[place] = word
        if not is_waiting:
            self._words.put(place)

    def close(self) -> None:
        """Take in what was told until now, and no more."""
        if self._is_open:
            self._words.put(None)
            self._thread.join()

    def _listen(self) -> None:
        look_at = time.monotonic() + SILENCE
        while True:
            if time.monotonic() >= look_at:
                self._look_after()
                look_at = time.monotonic() + SILENCE
            try:
                word = self._words.get(timeout=max(look_at - time.monotonic(), 0))
            except Empty:
                continue
            if word is None:
                return
            if isinstance(word, tuple):
                with self._lock:
                    word = self._latest.pop(word)
            try:
                self._take_in(word)
            except Exception as error:  # noqa: BLE001 - a look that fails is followed by others
                log.debug("what a worker told could not be taken in: %s", error)

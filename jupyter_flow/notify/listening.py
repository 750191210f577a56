"""What a library says in its log while it does something for us: caught, and kept out of ours.

apprise answers with True or False and tells the reasons to its log only. While somebody listens,
the records that their own call causes go to them and nowhere else; those of others are treated as
if nobody listened. Formats nothing and masks nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_heard: ContextVar[list[logging.LogRecord] | None] = ContextVar("heard", default=None)


class Ear(logging.Filter):
    """Listens to one logger. Calls that a library makes in threads of its own are heard as well,
    as long as it hands its context on to them.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._logger = logging.getLogger(name)
        self._lock = threading.Lock()
        self._listeners = 0
        self._level_before = logging.NOTSET
        self._lowest = logging.NOTSET

    @contextmanager
    def listening(self) -> Iterator[list[logging.LogRecord]]:
        """All records that the calls within the block cause, the quietest ones too."""
        records: list[logging.LogRecord] = []
        self._open()
        token = _heard.set(records)
        try:
            yield records
        finally:
            _heard.reset(token)
            self._close()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether *record* goes on to the log."""
        records = _heard.get()
        if records is None:
            return record.levelno >= self._lowest
        records.append(record)
        return False

    def _open(self) -> None:
        with self._lock:
            self._listeners += 1
            if self._listeners == 1:
                self._level_before = self._logger.level
                self._lowest = self._logger.getEffectiveLevel()
                self._logger.setLevel(logging.DEBUG)
                self._logger.addFilter(self)

    def _close(self) -> None:
        with self._lock:
            self._listeners -= 1
            if self._listeners == 0:
                self._logger.removeFilter(self)
                self._logger.setLevel(self._level_before)

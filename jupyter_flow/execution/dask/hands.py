"""What is to be done about attempts is done in threads, one thing at a time for each attempt.

What cannot be done because the scheduler is out of reach is put off and tried again. What it is
that is done, `DaskExecutor` says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from jupyter_flow.core.errors import UnreachableError

from .followed import Followed

log = logging.getLogger(__name__)

#: For so many seconds a scheduler may be out of reach; then its attempts are given up.
_LONGEST_CUT = 300.0
_HANDS = 4

Act = Callable[[Followed], object]


class Hands:
    """Does what is to be done about attempts. Any thread may call.

    *give_up* is called, with why, for an attempt about which something went wrong: that is its end.
    """

    def __init__(self, give_up: Callable[[Followed, Exception], object]) -> None:
        self._give_up = give_up
        self._threads = ThreadPoolExecutor(_HANDS, thread_name_prefix="dask")
        self._is_closing = False

    def first(self, act: Act, followed: Followed) -> None:
        """Do it in another thread. All else that is to be done about *followed* waits for that."""
        followed.lock.acquire()

        def do() -> None:
            try:
                if not followed.is_over:
                    self._do(act, followed)
            finally:
                followed.lock.release()

        self._threads.submit(do)

    def soon(self, act: Act, followed: Followed, *, or_later: bool = True) -> None:
        """Do it in another thread, unless the attempt is over by then.

        Without *or_later* it is left undone when the scheduler is out of reach.
        """

        def do() -> None:
            with followed.lock:
                if not followed.is_over:
                    self._do(act, followed, or_later=or_later)

        with suppress(RuntimeError):  # closed: nobody wants to know any more
            self._threads.submit(do)

    def once(self, act: Callable[[], object]) -> None:
        """Do what is about no attempt, in another thread; nobody is told how it went."""
        self._threads.submit(quietly, act)

    def again(self, attempts: Iterable[Followed]) -> None:
        """Do what was put off."""
        for each in attempts:
            while each.put_off:
                self.soon(each.put_off.pop(0), each)

    def put_off_no_more(self) -> None:
        """From now on an attempt is given up when the scheduler cannot be reached."""
        self._is_closing = True

    def close(self) -> None:
        """Wait until all is done."""
        self._threads.shutdown()

    def _do(self, act: Act, followed: Followed, *, or_later: bool = True) -> None:
        try:
            act(followed)
            followed.cut_since = None
        except UnreachableError as error:
            if not self._has_time(followed, error.what):
                self._give_up(followed, error)
            elif or_later:
                followed.put_off.append(act)
        except Exception as error:  # noqa: BLE001 - its end must be told, whatever happens
            self._give_up(followed, error)

    def _has_time(self, followed: Followed, why: str) -> bool:
        """Whether the scheduler has not been out of reach for too long."""
        now = time.monotonic()
        if followed.cut_since is None:
            followed.cut_since = now
            about = {"action": "cluster_unreachable", "attempt": followed.name, "why": why}
            log.warning("the Dask scheduler cannot be reached", extra=about)
        return not self._is_closing and now - followed.cut_since <= _LONGEST_CUT


def quietly(act: Callable[[], object]) -> None:
    """Do it; what goes wrong is for whoever looks for it."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whoever starts an attempt is told
        log.debug("Dask did not do it: %s", error)

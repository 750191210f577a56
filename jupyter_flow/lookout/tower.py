"""A `Lookout`: one thread with one event loop, from which everything is looked for.

Requests are made by the loop itself; what blocks (folders, databases) goes to a few threads, as
many for a thousand watches as for one. Nothing is kept: after a restart it is looked again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jupyter_flow.core.commands import Answer, Await, Files, Query
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.lookout import Sight

from .answers import Asking
from .files import FileSearch
from .looks import Look, in_pool
from .queries import RowSearch

log = logging.getLogger(__name__)

#: How long one look may take.
LIMIT = timedelta(seconds=30)
#: So many threads look at folders, so many at databases, and so many requests are under way.
_FOLDERS, _DATABASES, _REQUESTS = 2, 4, 20


class Tower:
    """Keeps watch. *home* is the folder of the project's runs: connections are looked for there."""

    def __init__(self, clock: Clock, home: Path | None = None, *, limit: timedelta = LIMIT) -> None:
        self._clock = clock
        self._home = home
        self._limit = limit
        self._lock = threading.Lock()
        self._crew: _Crew | None = None
        self._is_closed = False

    def watch(self, wait: Await, tell: Callable[[Sight], None]) -> Callable[[], None]:
        """See `Lookout.watch`."""
        with self._lock:
            if self._is_closed:
                return _nothing
            if self._crew is None:
                self._crew = _Crew(self._home)
            crew = self._crew
        look, room = crew.look_for(wait)
        is_over = threading.Event()
        tasks: list[asyncio.Task[None]] = []

        def begin() -> None:
            if not is_over.is_set():
                tasks.append(crew.loop.create_task(self._keep(wait, tell, look, room, is_over)))

        def end() -> None:
            is_over.set()
            crew.call(lambda: [task.cancel() for task in tasks])

        crew.call(begin)
        return end

    def close(self) -> None:
        """See `Lookout.close`."""
        with self._lock:
            self._is_closed, crew = True, self._crew
        if crew is not None:
            crew.close()

    async def _keep(
        self,
        wait: Await,
        tell: Callable[[Sight], None],
        look: Look,
        room: asyncio.Semaphore,
        is_over: threading.Event,
    ) -> None:
        """Look again and again, until there is no use in it or its time has passed."""
        pause, before = wait.every, None
        while True:
            is_late = wait.until is not None and self._clock.now() >= wait.until
            async with room:
                sight = await self._look(look)
            if is_over.is_set():
                return
            if sight.is_there or sight.is_hopeless or is_late:
                tell(replace(sight, is_last=True))
                return
            if sight.seen != before:
                tell(sight)
            before = sight.seen
            rest = pause if wait.until is None else min(pause, wait.until - self._clock.now())
            await asyncio.sleep(max(rest.total_seconds(), 0))
            pause = pause if wait.longest is None else min(pause * wait.backoff, wait.longest)

    async def _look(self, look: Look) -> Sight:
        """One look, whatever comes of it."""
        try:
            return await asyncio.wait_for(look(), self._limit.total_seconds())
        except TimeoutError:
            return Sight(seen=f"nothing was heard within {self._limit.total_seconds():g} s")
        except Exception as error:
            # A look says itself what it expects to go wrong; its words may have secrets in them.
            log.exception("a look failed", extra={"action": "wait_failed"})
            return Sight(seen=f"looking failed ({type(error).__name__})")


class _Crew:
    """The thread with the loop, and the threads that it sends for what blocks."""

    def __init__(self, home: Path | None) -> None:
        self.loop = asyncio.new_event_loop()
        self._folders = ThreadPoolExecutor(_FOLDERS, thread_name_prefix="lookout-files")
        self._databases = ThreadPoolExecutor(_DATABASES, thread_name_prefix="lookout-rows")
        # Its time begins when a look has its thread, not when it stands in a queue for one.
        self._rooms = {
            Files: asyncio.Semaphore(_FOLDERS),
            Query: asyncio.Semaphore(_DATABASES),
            Answer: asyncio.Semaphore(_REQUESTS),
        }
        self._home = home
        self._asking = Asking(home)
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
        self._thread.start()

    def look_for(self, wait: Await) -> tuple[Look, asyncio.Semaphore]:
        match wait.what:
            case Files() as files:
                look = in_pool(self._folders, FileSearch(files).look)
            case Query() as query:
                look = in_pool(self._databases, RowSearch(query, self._home).look)
            case Answer() as answer:
                look = self._asking.look_for(answer)
            case other:
                raise TypeError(f"nobody has to look for {other!r}")
        return look, self._rooms[type(wait.what)]

    def call(self, act: Callable[[], object]) -> None:
        """Have the loop do this, unless it is closed."""
        try:
            self.loop.call_soon_threadsafe(act)
        except RuntimeError:
            if not self.loop.is_closed():
                raise

    def close(self) -> None:
        self.call(self.loop.stop)
        self._thread.join()
        for pool in (self._folders, self._databases):
            pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            gathered = asyncio.gather(*tasks, return_exceptions=True)
            if tasks:
                self.loop.run_until_complete(gathered)
            self.loop.run_until_complete(self._asking.close())
            self.loop.close()


def _nothing() -> None:
    """There is nothing to end."""

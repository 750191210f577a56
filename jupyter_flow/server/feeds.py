"""Feeds: what is sent about one thing that a page watches, from where it was on.

Each has a cursor, and reads from the store or a file what comes after it, when it is asked. Nudges
say when that is worth while; without one it looks by itself, now and then.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jupyter_flow.app.following import Fold
from jupyter_flow.app.logs import part_of
from jupyter_flow.app.showing import summary_view
from jupyter_flow.app.telling import event_view
from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.wire import api
from jupyter_flow.wire.exchange import encode_view

from .acts.looking import Document
from .serving import Served

#: So many seconds without a nudge, and one looks by itself.
_GLANCE, _GLANCE_AT_FILES = 2.0, 1.0
#: So many entries, and bytes of a log, are sent at once.
_ENTRIES, _BYTES = 500, 2**16
#: The list of runs is sent at most so often, in seconds.
_PAUSE = 0.25
#: No journal and no log is longer.
_FURTHEST = 2**53

Name = tuple[Any, ...]


class Feed(ABC):
    """One thing that is watched. Entered while it is."""

    #: Nothing more will come.
    is_over = False
    #: There is more to be had at once.
    has_more = False
    glance = _GLANCE

    def __init__(self, served: Served, run: str = "", start: int = 0) -> None:
        """What *run* is about is read from the place *start* on, and has been sent up to there."""
        self._served, self._run = served, run
        self.place = self.sent = min(max(0, start), _FURTHEST)
        self._stirred = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()

        def heard(run: str) -> None:
            if not (run and self._run) or run == self._run:
                with suppress(RuntimeError):  # the loop may have ended
                    loop.call_soon_threadsafe(self._stirred.set)

        following = await self._served.call(lambda: self._served.flows.following)
        await self._served.call(following.watch)
        self._listening = following.listening(heard)
        self._listening.__enter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.__exit__(None, None, None)

    async def news(self) -> Sequence[tuple[Any, str]]:
        """The events that have come since, and their texts. Raises FlowError."""
        # Before reading: what is written while it is read is looked for again.
        self._stirred.clear()
        return await self._served.call(lambda: [(each, encode_view(each)) for each in self.read()])

    async def wait(self) -> None:
        """Return when it is worth while to look again."""
        if self.has_more or self.is_over:
            return
        try:
            async with asyncio.timeout(self.glance):
                await self._stirred.wait()
        except TimeoutError:
            return

    def follow_up(self, before: Feed) -> None:
        """Take the place of a feed about the same thing: what that had not sent is not left out.

        A page may watch a thing for two views, of which one has seen more; it skips repeats.
        """
        self.place = self.sent = min(self.place, before.sent)

    @abstractmethod
    def read(self) -> Sequence[Any]:
        """What has come since, read in a thread. One call at a time."""


class RunFeed(Feed):
    """The events of a run, each once, in their order."""

    def __init__(self, served: Served, request: api.WatchRun) -> None:
        super().__init__(served, request.run, request.after)
        self._fold: Fold | None = None

    def read(self) -> Sequence[Any]:
        following, run = self._served.flows.following, RunId(self._run)
        entries = following.entries(run, after=self.place, limit=_ENTRIES)
        self.has_more = len(entries) == _ENTRIES
        if not entries:
            return ()
        if self._fold is None:
            self._fold = Fold(lambda: following.read(run))
        below = self._served.below
        events = [event_view(each, self._fold.take(each), below) for each in entries]
        self.place = entries[-1].seq
        return events


class RunsFeed(Feed):
    """The newest runs, then those that are new or different."""

    def __init__(self, served: Served, request: api.WatchRuns) -> None:
        super().__init__(served)
        self.limit = min(max(1, request.limit), 1000)
        self._sent: dict[str, api.RunView] | None = None

    def follow_up(self, before: Feed) -> None:
        if isinstance(before, RunsFeed):
            self.limit = max(self.limit, before.limit)

    async def wait(self) -> None:
        await super().wait()
        await asyncio.sleep(_PAUSE)

    def read(self) -> Sequence[Any]:
        flows, below = self._served.flows, self._served.below
        found = flows.runs(limit=self.limit)
        left = flows.services.left(found)
        views = [summary_view(each, below, is_left=each.id in left) for each in found]
        before = self._sent or {}
        news = [each for each in views if before.get(each.id) != each]
        is_first, self._sent = self._sent is None, {each.id: each for each in views}
        return [api.RunsEvent(runs=news)] if news or is_first else ()


class AttemptFeed(Feed):
    """The log of an attempt as it grows, and word of each save of its executed notebook."""

    glance = _GLANCE_AT_FILES

    def __init__(self, served: Served, request: api.WatchAttempt) -> None:
        super().__init__(served, request.run, request.start)
        self._key = TaskKey(request.task, request.index)
        self._number = request.number
        self._tag = ""
        self._fold: Fold | None = None

    def read(self) -> Sequence[Any]:
        flows = self._served.flows
        # Asked before reading: what is written in between is then still read.
        fold = self._caught_up()
        has_ended = self._has_ended(fold)
        log = flows.files.path_of(fold.run, self._key, attempt=self._number, what="log")
        saved = flows.files.path_of(fold.run, self._key, attempt=self._number)
        text, following, size = part_of(log, self.place, _BYTES, is_over=has_ended)
        self.has_more = bool(text) and following < size
        self.is_over = has_ended and not self.has_more
        start, self.place = min(self.place, size), following
        events = [self._log(start, text)] if text or self.is_over else []
        return [*events, *self._saved(saved)]

    def _log(self, start: int, text: str) -> api.LogEvent:
        return api.LogEvent(
            run=self._run,
            task=self._key.task,
            index=self._key.index,
            number=self._number,
            start=start,
            next=self.place,
            text=text,
            is_over=self.is_over,
        )

    def _caught_up(self) -> Fold:
        following, run = self._served.flows.following, RunId(self._run)
        if self._fold is None:
            self._fold = Fold(lambda: following.read(run))
            return self._fold
        while entries := following.entries(run, after=self._fold.seq):
            for entry in entries:
                self._fold.take(entry)
        return self._fold

    def _has_ended(self, fold: Fold) -> bool:
        attempts = fold.run.task_runs[self._key].attempts
        return any(each.number == self._number and each.outcome is not None for each in attempts)

    def _saved(self, path: Path) -> list[api.NotebookEvent]:
        try:
            tag = Document.at(path).tag
        except NotFoundError:
            return []
        if tag == self._tag:
            return []
        self._tag = tag
        return [
            api.NotebookEvent(
                run=self._run,
                task=self._key.task,
                index=self._key.index,
                number=self._number,
                tag=tag,
            )
        ]


def feed_for(request: Any, served: Served) -> Feed:
    """The feed that *request* asks for."""
    match request:
        case api.WatchRun():
            return RunFeed(served, request)
        case api.WatchAttempt():
            return AttemptFeed(served, request)
        case _:
            return RunsFeed(served, request)


def name_of(request: Any) -> Name:
    """What *request* is about: one thing is watched once by a page."""
    match request:
        case api.WatchRuns() | api.Unwatch(run=None):
            return ("runs",)
        case api.WatchAttempt(run=run, task=task, index=index, number=number):
            return ("attempt", run, task, index, number)
        case api.Unwatch(run=run, task=str(task), index=index, number=number):
            return ("attempt", run, task, index, number)
        case _:
            return ("run", request.run)


def place_after(event: Any, before: int) -> int:
    """Up to where all has been sent once *event* has; *before*, if it says nothing of that."""
    match event:
        case api.RunEvent(seq=seq):
            return seq
        case api.LogEvent(next=following):
            return following
        case _:
            return before

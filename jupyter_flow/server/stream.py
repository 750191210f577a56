"""The stream: one WebSocket a page, over which all that it watches comes.

A page says what it wants to see (`StreamRequest`), from where on; each thing is sent by a `Feed` of
its own, which reads on only when what it sent before has left. So a slow page delays nobody, keeps
nothing in memory, and misses nothing; one that takes nothing at all is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_flow.core.errors import FlowError, StoreUnreachableError, UsageError
from jupyter_flow.wire import api
from jupyter_flow.wire.exchange import decode_request, encode_view

from .base import RESOURCE, guarded
from .feeds import Feed, Name, feed_for, name_of, place_after
from .serving import served_by

#: A page that has taken nothing for so many seconds is dropped.
_PATIENCE = 30.0
#: So many things may be watched by a page.
_MOST = 64
#: A store that cannot be reached is asked again after so many seconds.
_LATER = 2.0
#: What close codes mean: the page is too slow; it may connect again and resume.
_TOO_SLOW = 4008


class StreamHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One page's connection."""

    auth_resource = RESOURCE

    def initialize(self) -> None:
        self._feeds: dict[Name, Feed] = {}
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    @guarded("read", authenticated=ws_authenticated)
    async def get(self, *args: Any, **kwargs: Any) -> None:
        await super().get(*args, **kwargs)

    def on_message(self, message: str | bytes) -> None:
        try:
            request = decode_request(message, api.StreamRequest)
            if isinstance(request, api.Unwatch):
                self._stop(name_of(request))
            else:
                self._watch(request)
        except FlowError as error:
            self._begin(object(), self._tell(error))

    def on_close(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()
        super().on_close()

    # -- within --------------------------------------------------------------------------------

    def _watch(self, request: Any) -> None:
        name, feed = name_of(request), feed_for(request, served_by(self.settings))
        before = self._stop(name)
        if before is not None:
            feed.follow_up(before)
        if len(self._feeds) >= _MOST:
            raise UsageError(f"more than {_MOST} things cannot be watched at once")
        self._feeds[name] = feed
        self._begin(feed, self._send_all(name, feed))

    def _stop(self, name: Name) -> Feed | None:
        """Send no more of what is called *name*; the feed of it, if there was one."""
        feed = self._feeds.pop(name, None)
        if feed in self._tasks:
            self._tasks[feed].cancel()
        return feed

    def _begin(self, key: object, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: object, task: asyncio.Task[None]) -> None:
        del self._tasks[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.log.error("a stream failed", exc_info=error)
            self.close(1011, "it went wrong; the server's log says more")

    async def _send_all(self, name: Name, feed: Feed) -> None:
        """Send what *feed* has, for as long as it lasts."""
        try:
            async with feed:
                while not feed.is_over:
                    try:
                        for event, text in await feed.news():
                            await self._send(text)
                            feed.sent = place_after(event, feed.sent)
                    except StoreUnreachableError:
                        await asyncio.sleep(_LATER)
                    else:
                        await feed.wait()
        except FlowError as error:
            await self._tell(error)
        finally:
            if self._feeds.get(name) is feed:
                del self._feeds[name]

    async def _tell(self, error: FlowError) -> None:
        problem = api.ProblemEvent(code=error.code, what=error.what, hint=error.hint)
        await self._send(encode_view(problem))

    async def _send(self, text: str) -> None:
        async with self._sending:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self.write_message(text)
            except TimeoutError:
                self.close(_TOO_SLOW, "too slow")
                self._drop()
            except WebSocketClosedError:
                raise asyncio.CancelledError from None

    def _drop(self) -> None:
        """End a connection that takes nothing, so neither a farewell."""
        if self.ws_connection is not None and self.ws_connection.stream is not None:
            self.ws_connection.stream.close()

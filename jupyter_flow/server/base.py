"""A request in, a view or an error out: what all handlers have in common.

Whoever asks must be authenticated, and allowed to do it to the resource ``jupyter-flow``. Nothing
that blocks is done in the event loop.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Awaitable, Callable, Mapping
from http.client import responses
from inspect import isawaitable
from typing import Any, TypeVar
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_flow.app.showing import problem_view
from jupyter_flow.core.errors import DefinitionError, FlowError, UsageError
from jupyter_flow.wire import api
from jupyter_flow.wire.exchange import decode_request, encode_view

from .acts.looking import Document, Download
from .routes import Action, Route
from .serving import Served, served_by

#: What people are allowed, or not, is said about this.
RESOURCE = "jupyter-flow"

#: So many bytes of a file are in memory at once.
_PIECE = 2**20
#: A text of so many bytes is packed for whoever can unpack it: a run's page to a twentieth.
_WORTH_PACKING = 2**16

_NOT_KNOWN = (
    "Say who you are, as to any part of Jupyter: log in again in the browser, or send the header "
    "'Authorization: token …' with the token that `jupyter server list` shows."
)
_STALE = "Load the page again. A program sends 'Authorization: token …' instead of a cookie."
_NOT_ALLOWED = (
    f"You are known, but may not do this to {RESOURCE!r} here. Ask whoever runs the server: its "
    "authorizer decides."
)

T = TypeVar("T", bound=Callable[..., Any])

Answering = Callable[..., Awaitable[None]]


def guarded(action: Action, *, authenticated: Any = web.authenticated) -> Callable[[T], T]:
    """Let a method of a handler be called by nobody but who is known, and may do *action*."""
    allowed: Any = authorized(action=action)

    def guard(method: T) -> T:
        made: T = authenticated(allowed(method))
        return made

    return guard


class FlowHandler(APIHandler):
    """Answers with views; errors are an `ErrorView` and the status that they have."""

    auth_resource = RESOURCE
    _tag = ""

    @property
    def served(self) -> Served:
        return served_by(self.settings)

    def compute_etag(self) -> str | None:
        return self._tag or super().compute_etag()

    def refuse(self, error: FlowError) -> None:
        """Answer with *error*."""
        problems = error.problems if isinstance(error, DefinitionError) else ()
        view = api.ErrorView(
            code=error.code,
            message=error.what,
            hint=error.hint,
            problems=[problem_view(each, self.served.below) for each in problems],
        )
        self.set_status(error.http_status)
        self.finish(encode_view(view))

    def write_error(self, status_code: int, **about: Any) -> None:
        """Answer in our shape also when something else went wrong; the log has the rest."""
        error = about["exc_info"][1] if "exc_info" in about else None
        said = error.log_message if isinstance(error, web.HTTPError) else None
        view = api.ErrorView(
            code=f"HTTP{status_code}",
            message=said or responses.get(status_code, "it went wrong"),
            hint=self._hint(status_code, said or ""),
        )
        self.finish(encode_view(view))

    def _hint(self, status_code: int, said: str) -> str:
        if status_code >= 500:
            return "The log of the Jupyter server may say more."
        if status_code not in (401, 403):
            return ""
        if not self.current_user:
            return _NOT_KNOWN
        return _STALE if "xsrf" in said.lower() else _NOT_ALLOWED

    async def send_view(self, view: Any) -> None:
        """Send a view, or a list of them, as JSON."""
        body = await self.served.call(lambda: encode_view(view).encode())
        if len(body) >= _WORTH_PACKING:
            self.set_header("Vary", "Accept-Encoding")
            if "gzip" in self.request.headers.get("Accept-Encoding", ""):
                self.set_header("Content-Encoding", "gzip")
                # Quickly, and without the time in it: equal views are equal bytes, and one tag.
                body = await self.served.call(gzip.compress, body, 1, mtime=0)
        self.finish(body)

    async def send_document(self, document: Document) -> None:
        """Send a file as it is, unless the browser has it."""
        self._tag = document.tag
        self.set_etag_header()
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        self._tag, content = await self.served.call(document.read)
        self.finish(content)

    async def send_file(self, download: Download) -> None:
        """Send a file piece by piece, however large it is; a browser saves it and shows nothing."""
        file = await self.served.call(download.path.open, "rb")
        with file:
            size = os.fstat(file.fileno()).st_size
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Length", str(size))
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header(
                "Content-Disposition",
                f"attachment; filename*=UTF-8''{quote(download.name, safe='')}",
            )
            while part := await self.served.call(file.read, _PIECE):
                self.write(part)
                await self.flush()
        self.finish()


def answering(route: Route) -> Answering:
    """The method of a handler that answers *route*."""

    async def answer(self: FlowHandler, **variables: str) -> None:
        try:
            asked = _asked(route, self, variables)
            found = await self.served.call(route.act, self.served, *asked[0], **asked[1])
            if isawaitable(found):  # what it still has to do is for the event loop
                found = await found
        except FlowError as error:
            self.refuse(error)
            return
        if isinstance(found, Document):
            await self.send_document(found)
        elif isinstance(found, Download):
            await self.send_file(found)
        elif route.answer is None:
            self.set_status(204)
            self.finish()
        else:
            await self.send_view(found)

    answer.__doc__ = route.act.__doc__
    return guarded(route.action)(answer)


def _asked(
    route: Route, handler: FlowHandler, variables: Mapping[str, str]
) -> tuple[list[Any], dict[str, Any]]:
    """The body, if the route has one, and the variables of the path and the query."""
    body = []
    if route.request is not None:
        body = [decode_request(handler.request.body or b"{}", route.request)]
    named: dict[str, Any] = dict(variables)
    if "number" in named:
        named["number"] = int(named["number"])
    if route.tells_who:
        named["by"] = _name_of(handler.current_user)
    named |= {each.name: each.read(_argument(handler, each.name)) for each in route.query}
    return body, named


def _name_of(user: Any) -> str:
    """What people call *user*, whatever the identity provider knows."""
    names = (getattr(user, each, "") for each in ("display_name", "name", "username"))
    return next(filter(None, names), "")


def _argument(handler: FlowHandler, name: str) -> str | None:
    try:
        return handler.get_query_argument(name, None)
    except web.HTTPError as error:
        raise UsageError(f"'{name}' is not in UTF-8") from error

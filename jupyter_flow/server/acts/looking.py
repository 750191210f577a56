"""Requests about one task: its log, its executed notebook, why it does not run, and its past."""

from __future__ import annotations

import os
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_flow.app.kept import KeptKernel
from jupyter_flow.app.logs import part_of
from jupyter_flow.app.showing_history import past_view
from jupyter_flow.app.whys import why
from jupyter_flow.core.artifacts import is_file
from jupyter_flow.core.asking import task_key
from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.server.serving import Served
from jupyter_flow.wire import api, history

from .running import cursor, known, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of JSON that is sent as it is. ``tag`` is another each time that it is written."""

    path: Path
    tag: str

    @classmethod
    def at(cls, path: Path) -> Document:
        """The document at *path*. Raises NotFoundError when it is not there (yet)."""
        try:
            return cls(path=path, tag=_tag(path.stat()))
        except OSError as error:
            raise NotFoundError(
                "the executed notebook is not there",
                hint="It is written when the first cell begins, and kept until its run is pruned.",
            ) from error

    def read(self) -> tuple[str, bytes]:
        """Its tag and what is in it, of one moment. Raises OSError when it is gone by now."""
        with self.path.open("rb") as file:
            return _tag(os.fstat(file.fileno())), file.read()


def _tag(status: os.stat_result) -> str:
    return f'"{status.st_mtime_ns:x}-{status.st_ino:x}-{status.st_size:x}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that is sent piece by piece, to be saved under *name*."""

    path: Path
    name: str


def artifact(served: Served, *, file: str, name: str) -> Download:
    """A file that tasks handed on, by its digest and format; *name* is what to save it as."""
    if not is_file(file):
        raise NotFoundError(f"there is no artifact {file!r}", code="JF608")
    return Download(path=served.flows.artifacts.fetch(file), name=name or file)


def log(served: Served, *, run: str, key: str, number: int, start: int, limit: int) -> api.LogPage:
    """A part of an attempt's log, from a byte on."""
    found, named = read(served, run), task_key(key)
    path = served.flows.files.path_of(found, named, attempt=number, what="log")
    attempt = next(each for each in found.task_runs[named].attempts if each.number == number)
    # Asked before reading: what is written in between is then still read.
    is_over = attempt.outcome is not None or served.flows.services.is_left(found.id, found.state)
    text, following, size = part_of(path, start, limit, is_over=is_over)
    return api.LogPage(
        start=min(start, size),
        next=following,
        size=size,
        text=text,
        is_over=is_over and following >= size,
    )


def notebook(served: Served, *, run: str, key: str, number: int) -> Document:
    """The executed notebook of an attempt, as it is so far."""
    path = served.flows.files.path_of(read(served, run), task_key(key), attempt=number)
    return Document.at(path)


def debug(served: Served, *, run: str, key: str, number: int) -> Awaitable[api.DebugCopy]:
    """A copy of what an attempt ran, with its parameters, beside the source; and its kernel."""
    found, named = read(served, run), task_key(key)
    path, cell = served.flows.files.copy_to_debug(found, named, number)
    kept = served.flows.files.kept_kernel(found, named, number)
    return _attached(served, kept, api.DebugCopy(path=served.below.shown(path), cell=cell))


async def _attached(served: Served, kept: KeptKernel | None, copy: api.DebugCopy) -> api.DebugCopy:
    """*copy*, with the kernel that is kept of the attempt taken in among those of the server."""
    if kept is None or served.attaching is None:
        return copy
    return replace(copy, kernel=await served.attaching.attach(kept, copy.path))


def why_not(served: Served, *, run: str, key: str) -> api.WhyView:
    """Why a task is not running, in words."""
    found = read(served, run)
    (named,) = known(found, [key])
    return why(served.flows, found, named)


def past(
    served: Served, *, flow: str, task: str, older_than: str, limit: int
) -> list[history.PastView]:
    """What a task came to in the newest runs of its flow, the newest first."""
    flows, below = served.flows, served.below
    found = flows.past(flow, task, older_than=cursor(older_than), limit=limit)
    left = flows.services.left(each.run for each in found)
    return [past_view(each, below, is_left=each.run.id in left) for each in found]

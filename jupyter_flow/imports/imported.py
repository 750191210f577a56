"""What is read of another tool's pipeline, before anything is written. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_flow.core.flow import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was not carried over, or that is done in another way here.

    ``tasks`` are those that it is about; none when it is about the whole pipeline.
    """

    what: str
    tasks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{', '.join(self.tasks)}: {self.what}" if self.tasks else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A notebook to be written: its file's path below the folder, and the document in it."""

    path: str
    notebook: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A pipeline as a flow.

    ``source`` is the file it came from, ``peer`` the tool's name; ``used`` are files of the
    pipeline that the flow runs, ``comments`` are texts that stood beside the tasks.
    """

    peer: str
    source: Path
    flow: Flow
    copies: tuple[Copy, ...] = ()
    notes: tuple[Note, ...] = ()
    comments: tuple[str, ...] = ()
    used: tuple[Path, ...] = ()


@dataclass(slots=True)
class Notes:
    """Collects notes; the same one about several tasks becomes one."""

    _tasks: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, task: str = "") -> None:
        """Note *what*, about *task* when it is given."""
        about = self._tasks.setdefault(what, [])
        if task and task not in about:
            about.append(task)

    def all(self, tasks: Sequence[str]) -> tuple[Note, ...]:
        """The notes, in the order in which they were first made. *tasks* are all there are."""
        every = ("every task",) if len(tasks) > 1 else tuple(tasks)
        return tuple(
            Note(what=what, tasks=every if set(about) == set(tasks) else tuple(about))
            for what, about in self._tasks.items()
        )


def unique_names(wanted: Iterable[str]) -> list[str]:
    """*wanted*, with a number behind those that were there before."""
    given: dict[str, None] = {}
    last: dict[str, int] = {}
    for name in wanted:
        unique = name
        while unique in given:
            last[name] = last.get(name, 1) + 1
            unique = f"{name}_{last[name]}"
        given[unique] = None
    return list(given)


def as_it_is(text: str) -> str:
    """*text* written so that a template of it gives the same text again."""
    marks: Sequence[str] = ("{{", "{%", "{#")
    if not any(mark in text for mark in marks):
        return text
    return "".join("{{ '{' }}" if sign == "{" else sign for sign in text)


def object_in(said: Any) -> Mapping[str, Any]:
    """*said* if it is an object, else an empty one: files of other tools may hold anything."""
    return said if isinstance(said, dict) else {}


def list_in(said: Any) -> list[Any]:
    """*said* if it is a list, else an empty one."""
    return said if isinstance(said, list) else []

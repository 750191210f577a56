"""Paths of a project whose machines have it in different folders: the same for all in the store.

Outside the store a path below the project's folder is absolute, as on this machine; in the store
it stands below the address of the home that its machines share. So do values that are such paths:
files that a task handed on. Of a project that is not shared all stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, Text, TypeDecorator

from .prose import Prose


@dataclass(frozen=True, slots=True)
class ProjectPaths:
    """Paths below *folder* of this machine, known to all as below *address*."""

    folder: str
    address: str

    @classmethod
    def of(cls, folder: Path, address: str) -> ProjectPaths:
        return cls(f"{folder.absolute().as_posix().rstrip('/')}/", f"{address.rstrip('/')}#")

    def outwards(self, path: str) -> str:
        """*path* of this machine as all know it."""
        if f"{path}/" == self.folder:
            return self.address
        is_ours = path.startswith(self.folder)
        return self.address + path[len(self.folder) :] if is_ours else path

    def inwards(self, path: str) -> str:
        """*path* as this machine has it."""
        if path == self.address:
            return self.folder[:-1]
        is_ours = path.startswith(self.address)
        return self.folder + path[len(self.address) :] if is_ours else path


def use_paths(engine: Engine, paths: ProjectPaths) -> None:
    """From now on, the store that *engine* leads to is read and written with *paths*."""
    # A dialect belongs to one engine, and is what column types are told.
    engine.dialect.project_paths = paths  # type: ignore[attr-defined]


def _paths_of(dialect: Dialect) -> ProjectPaths | None:
    return getattr(dialect, "project_paths", None)


class PathText(Prose):
    """A path, or a text that begins with one."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        paths = _paths_of(dialect)
        if value is not None and paths is not None:
            value = paths.outwards(value)
        return super().process_bind_param(value, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        paths = _paths_of(dialect)
        return value if value is None or paths is None else paths.inwards(value)


class PlanText(TypeDecorator[str]):
    """The text of a plan, which has paths in it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        paths = _paths_of(dialect)
        return value if value is None or paths is None else _moved(value, paths.outwards)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        paths = _paths_of(dialect)
        return value if value is None or paths is None else _moved(value, paths.inwards)


class ValuesText(TypeDecorator[str]):
    """JSON with users' values in it: a string that is a path below the folder is moved."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        paths = _paths_of(dialect)
        if value is None or paths is None:
            return value
        return _replaced(value, paths.folder, paths.address)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        paths = _paths_of(dialect)
        if value is None or paths is None:
            return value
        return _replaced(value, paths.address, paths.folder)


def _replaced(text: str, old: str, new: str) -> str:
    """The JSON *text* with *new* where a string begins with *old*.

    What stands behind a quotation mark within a string is taken for the beginning of one, and
    comes back as it was.
    """
    for ascii_only in (True, False):
        begin = json.dumps(old, ensure_ascii=ascii_only)[:-1]
        text = text.replace(begin, json.dumps(new)[:-1])
    return text


def _moved(text: str, move: Callable[[str], str]) -> str:
    """The plan's *text* with each of its paths moved."""
    plan: dict[str, Any] = json.loads(text)
    todo = [plan]
    while todo:
        each = todo.pop()
        each["origin"] = move(each.get("origin", ""))
        for target in each["targets"].values():
            for name in ("path", "folder"):
                if name in target:
                    target[name] = move(target[name])
        todo += each.get("children", {}).values()
    return json.dumps(plan, ensure_ascii=False, separators=(",", ":"))

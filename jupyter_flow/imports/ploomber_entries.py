"""The entries of a Ploomber pipeline, read and named: what becomes tasks. Makes none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.task_names import suggested_by

from . import problems
from .imported import object_in, unique_names
from .ploomber_env import Env
from .ploomber_functions import dotted, is_dotted
from .ploomber_grid import entries_of

FILES = frozenset({".py", ".r", ".ipynb", ".sql", ".sh", ".md", ".rmd"})
#: What a task says is of these kinds.
_SHAPES: Mapping[str, tuple[type, ...]] = {
    "name": (str,),
    "params": (dict,),
    "product": (str, list, dict),
    "upstream": (str, list),
    "client": (str, dict),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One task of the pipeline: its ``name`` there, its name as a ``task`` here, what is said.

    ``file`` is the name of its notebook here, if it gets one: the tasks of a grid share it.
    """

    name: str
    task: str
    file: str
    said: Mapping[str, Any]

    @property
    def source(self) -> str:
        return str(self.said["source"])

    @property
    def suffix(self) -> str:
        """The suffix of its file; empty when it is a function."""
        suffix = Path(self.source).suffix.lower()
        return suffix if suffix in FILES else ""

    @property
    def is_upload(self) -> bool:
        """Whether it reads a file into a table."""
        return self.said.get("class") == "SQLUpload"

    @property
    def params(self) -> Mapping[str, Any]:
        return {str(key): value for key, value in (self.said.get("params") or {}).items()}

    @property
    def computed(self) -> dict[str, str]:
        """By the parameters that a function gives: which."""
        given = {key: object_in(value).get("dotted_path") for key, value in self.params.items()}
        return {key: dotted(str(each)) for key, each in given.items() if is_dotted(each)}


def read_entries(
    said: Iterable[Any], path: Path, meta: Mapping[str, Any], env: Env
) -> tuple[list[Entry], list[Problem]]:
    """The tasks that *said* stand for, and what is wrong with them.

    Raises UsageError when one of them is no task at all.
    """
    found: list[Problem] = []
    made: list[tuple[dict[str, Any], str]] = []
    for each in said:
        if why := _wrong_with(each, meta):
            raise problems.broken(str(path), f"the task {each!r} {why}")
        try:
            made += _each_of(each)
        except ValueError as error:
            shown = str(each.get("name") or each["source"])
            hint = "Write its parameters out, as lists, in the grid."
            found.append(problems.unreadable_task(str(path), shown, str(error), hint))
    for one, _ in made:
        one["source"] = _source(one, meta, env)
    peers = [str(one.get("name") or _default_name(one["source"])) for one, _ in made]
    for name in {name for name in peers if peers.count(name) > 1}:
        hint = "Give each task a name of its own."
        why = "another task has the same name"
        found.append(problems.unreadable_task(str(path), name, why, hint))
    names = unique_names(map(suggested_by, peers))
    shared = list(dict.fromkeys(file for _, file in made if file))
    files = dict(zip(shared, unique_names([*names, *shared])[len(names) :], strict=True))
    entries = [
        Entry(name=peer, task=name, file=files.get(file, name), said=one)
        for peer, name, (one, file) in zip(peers, names, made, strict=True)
    ]
    return entries, found


def _each_of(entry: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The tasks of *entry*, with the name of the notebook that they share when they are many."""
    made = entries_of(entry)
    keys = {tuple(sorted(map(str, each.get("params") or ()))) for each in made}
    is_shared = len(made) > 1 and (len(keys) == 1 or not _is_function(entry["source"]))
    stem = str(entry.get("name") or "").partition("[[")[0]
    for each in made:
        yield each, suggested_by(stem or Path(entry["source"]).stem) if is_shared else ""


def _source(said: Mapping[str, Any], meta: Mapping[str, Any], env: Env) -> str:
    """Where the source is, from the pipeline's folder; what is uploaded is known in a run only."""
    if said.get("class") == "SQLUpload":
        return str(said["source"])
    source = env.literal(said["source"])
    if _is_function(source):
        return dotted(source)
    folder = object_in(meta.get("source_loader")).get("path")
    if isinstance(folder, str) and Path(source).suffix.lower() in FILES:
        return (Path(env.literal(folder)) / source).as_posix()
    return source


def _is_function(source: str) -> bool:
    return is_dotted(source) and Path(source).suffix.lower() not in FILES


def _wrong_with(said: Any, meta: Mapping[str, Any]) -> str:
    """Why *said* is no task, in words; nothing when it is one."""
    if not isinstance(said, dict) or not isinstance(said.get("source"), str) or not said["source"]:
        return "has no source"
    if not said.get("product") and not meta.get("extract_product"):
        return "has no product"
    for key, kinds in _SHAPES.items():
        if said.get(key) is not None and not isinstance(said[key], kinds):
            return f"has a {key} of another kind than is known"
    return ""


def _default_name(source: str) -> str:
    path = Path(source)
    return path.stem if path.suffix.lower() in FILES else source.rpartition(".")[2]

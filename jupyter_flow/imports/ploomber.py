"""Ploomber's pipelines: ``pipeline.yaml`` with its env.yaml.

Its notebooks, scripts and functions become notebooks in a folder beside the flow, because Ploomber
hands ``upstream`` and ``product`` to them; they run in the pipeline's folder, as there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from jupyter_flow.core.errors import raise_if_any
from jupyter_flow.core.flow import Flow, FlowParameter
from jupyter_flow.core.graph import Graph, find_loops
from jupyter_flow.core.language import in_reading_order
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.task_names import suggested_by

from . import problems
from .imported import Import, Notes, object_in, unique_names
from .ploomber_env import Env, flat
from .ploomber_grid import entries_of
from .ploomber_tasks import Entry, Maker

_NOT_CARRIED = {
    "clients": "are functions that connect; give these connections to the flow by name",
    "config": "is Ploomber's own",
    "executor": "is left out: a flow runs as many tasks at once as the machine allows",
    "on_failure": "is a hook, and left out; .options(notify=…) tells somebody",
    "on_finish": "is a hook, and left out; write it as a task that comes after",
    "on_render": "is a hook, and left out",
    "serializer": "is left out: write files in the function, or hand on jupyter_flow.output(…)",
    "unserializer": "is left out: read files in the function",
}
#: What a task says is of these kinds.
_SHAPES: Mapping[str, tuple[type, ...]] = {
    "name": (str,),
    "params": (dict,),
    "product": (str, list, dict),
    "upstream": (str, list),
    "client": (str, dict),
}
_SECTIONS = frozenset({"meta", "tasks", *_NOT_CARRIED})


def read_ploomber(path: Path, folder: Path) -> Import:
    """The pipeline *path*, for a flow that is written into *folder*.

    Raises UsageError when it is broken, DefinitionError with every problem of its tasks.
    """
    document = _yaml(path)
    if not isinstance(document, dict) or not isinstance(document.get("tasks"), list):
        raise problems.broken(str(path), "it has no list of tasks")
    if unknown := [str(key) for key in document if key not in _SECTIONS]:
        raise problems.broken(str(path), f"it has the unknown section {unknown[0]!r}")
    notes = Notes()
    meta = object_in(document.get("meta"))
    env = Env(shown=str(path), values=_env(path), notes=notes)
    _note_sections(document, meta, notes)
    said = [*document["tasks"], *_imported_tasks(path, meta, env)]
    maker = Maker(path=path, flow=_name(path), meta=meta, env=env, clients=document.get("clients"))
    entries = _entries(said, maker)
    by_name = {entry.name: entry for entry in entries}
    tasks = [task for entry in entries for task in maker.tasks(entry, by_name)]
    links = [(up, each.name) for each in entries for up in maker.upstream(each, by_name)]
    for loop in find_loops(list(by_name), links):
        maker.problems.append(problems.cycle(str(path), [*loop, loop[0]]))
    raise_if_any([*maker.problems, *env.problems])
    notes.add(
        "Ploomber skips tasks that have not changed; here every run runs all of them, unless"
        " they have the options cache=True and inputs=…"
    )
    place = os.path.relpath(path.parent, folder)
    edges = {(by_name[up].task, maker.first(by_name[down])) for up, down in links} | maker.edges
    made = {task.name: task for task in tasks}
    flow = Flow(
        name=maker.flow,
        tasks=tuple(made[name] for name in Graph.of(made, edges).order),
        edges=frozenset(edges),
        params=tuple(FlowParameter(name=key, default=each) for key, each in env.params().items()),
        defaults=TaskOptions(cwd=Path(place).as_posix()),
    )
    return Import(
        peer="Ploomber",
        source=path,
        flow=in_reading_order(flow),
        used=tuple(maker.used),
        copies=tuple(maker.copies),
        notes=notes.all(list(made)),
    )


def _entries(said: list[Any], maker: Maker) -> list[Entry]:
    made: list[dict[str, Any]] = []
    for each in said:
        if why := _wrong_with(each, maker.meta):
            raise problems.broken(str(maker.path), f"the task {each!r} {why}")
        try:
            made += entries_of(each)
        except ValueError as error:
            shown = str(each.get("name") or each["source"])
            hint = "Write its parameters out, as lists, in the grid."
            found = problems.unreadable_task(str(maker.path), shown, str(error), hint)
            maker.problems.append(found)
    for each in made:
        each["source"] = maker.env.literal(each["source"])
    peers = [str(each.get("name") or _default_name(each["source"])) for each in made]
    for name in {name for name in peers if peers.count(name) > 1}:
        hint = "Give each task a name of its own."
        why = "another task has the same name"
        maker.problems.append(problems.unreadable_task(str(maker.path), name, why, hint))
    names = unique_names(map(suggested_by, peers))
    return [
        Entry(name=peer, task=name, said=each)
        for peer, name, each in zip(peers, names, made, strict=True)
    ]


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
    if path.suffix.lower() in (".py", ".r", ".ipynb", ".sql", ".sh", ".md", ".rmd"):
        return path.stem
    return source.rpartition(".")[2]


def _name(path: Path) -> str:
    """``pipeline.train.yaml`` is ``train``; ``pipeline.yaml`` is called as its folder is."""
    stem = path.stem.removeprefix("pipeline").strip(".-_")
    return suggested_by(stem or path.resolve().parent.name)


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise problems.no_file(str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        why = str(getattr(error, "problem", None) or error)
        raise problems.broken(str(path), why, line=line) from error
    except (OSError, ValueError) as error:
        raise problems.broken(str(path), str(error)) from error


def _env(path: Path) -> Mapping[str, Any]:
    """The values of the env.yaml that belongs to *path*; none when there is no such file."""
    own = path.with_name(path.name.replace("pipeline", "env", 1))
    for each in (own, path.with_name("env.yaml")):
        if each != path and each.is_file():
            values = _yaml(each)
            if not isinstance(values, dict):
                raise problems.broken(str(each), "it is no list of names with values")
            return flat(values)
    return {}


def _imported_tasks(path: Path, meta: Mapping[str, Any], env: Env) -> list[Any]:
    if not meta.get("import_tasks_from"):
        return []
    other = path.parent / env.literal(str(meta["import_tasks_from"]))
    tasks = _yaml(other)
    if not isinstance(tasks, list):
        raise problems.broken(str(other), "it is no list of tasks")
    return tasks


def _note_sections(document: Mapping[str, Any], meta: Mapping[str, Any], notes: Notes) -> None:
    for key, why in _NOT_CARRIED.items():
        if document.get(key):
            said = document[key]
            shown = (
                ", ".join(f"{k}: {v}" for k, v in said.items()) if isinstance(said, dict) else said
            )
            notes.add(f"{key} ({shown}) {why}")
    for key in ("source_loader", "product_default_class"):
        if meta.get(key):
            notes.add(f"meta.{key} is left out")

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
from .imported import Import, Notes, object_in
from .ploomber_entries import read_entries
from .ploomber_env import Env, flat
from .ploomber_said import Said
from .ploomber_tasks import HOOKS, Maker

_NOT_CARRIED = {
    **HOOKS,
    "clients": "are functions that connect; give these connections to the flow by name",
    "config": "is Ploomber's own",
    "executor": "is left out: a flow runs as many tasks at once as the machine allows",
}
_SECTIONS = frozenset({"meta", "tasks", "serializer", "unserializer", *_NOT_CARRIED})


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
    if not said:
        raise problems.nothing_left(str(path), [])
    place = os.path.relpath(path.parent, folder)
    entries, found = read_entries(said, path, meta, env)
    reader = Said(path=path, meta=meta, env=env, document=document, problems=found)
    maker = Maker(
        flow=_name(path),
        place=Path(place),
        said=reader,
        clients=object_in(document.get("clients")),
    )
    by_name = {entry.name: entry for entry in entries}
    tasks = [task for entry in entries for task in maker.tasks(entry, by_name)]
    links = [(up, each.name) for each in entries for up in maker.upstream(each, by_name)]
    for loop in find_loops(list(by_name), links):
        found.append(problems.cycle(str(path), [*loop, loop[0]]))
    raise_if_any([*found, *env.problems])
    notes.add(
        "Ploomber skips tasks that have not changed; here every run runs all of them, unless"
        " they have the options cache=True and inputs=…"
    )
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
        copies=tuple(maker.copies()),
        notes=notes.all(list(made)),
    )


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
    if object_in(meta.get("source_loader")).get("module"):
        notes.add("meta.source_loader: sources in a package are not looked for")
    if meta.get("product_default_class"):
        notes.add("meta.product_default_class is left out: tables are what SQL makes of them")

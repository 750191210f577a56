"""Elyra's pipelines: a JSON file of version 3.0, drawn in its editor.

Notebooks and scripts are run where they are: Elyra hands them nothing but environment variables,
so nothing in them has to be changed. Whatever says in which container they ran is noted.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import Problem, raise_if_any
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Task
from jupyter_flow.core.graph import Graph, find_loops
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.secrets import is_name, template_of
from jupyter_flow.core.task_names import suggested_by

from . import problems
from .elyra_links import Box, boxes_of, upstream_of
from .imported import Copy, Import, Notes, as_it_is, list_in, object_in, unique_names

_NEWEST = 8
_RUN = {
    "execute-notebook-node": ".ipynb",
    "execute-python-node": ".py",
    "execute-r-node": ".r",
}
_COMMANDS = {".py": "python", ".r": "Rscript"}
#: What a task says that is read, or that needs nothing to be done here.
_READ = frozenset({"filename", "label", "env_vars", "kubernetes_secrets", "pipeline_parameters"})
_NEEDLESS = frozenset({"dependencies", "outputs", "include_subdirectories"})
_UI = frozenset({"ui_data", "version", "invalidNodeError", "component_source", "description"})


def read_elyra(path: Path, folder: Path) -> Import:
    """The pipeline *path*, for a flow that is written into *folder*.

    Raises UsageError when it is broken or of an unknown version, DefinitionError with every
    problem of its tasks.
    """
    document = _document(path)
    primary = _primary(document, path)
    said = object_in(primary.get("app_data"))
    version = said.get("version", 0)
    if not isinstance(version, int | float) or version > _NEWEST:
        raise problems.unknown_version(str(path), version, f"up to {_NEWEST}")
    return _Reader(path=path, folder=folder, document=document, said=said).read()


class _Reader:
    """Goes through one pipeline once."""

    def __init__(
        self, *, path: Path, folder: Path, document: Mapping[str, Any], said: Mapping[str, Any]
    ) -> None:
        self.path, self.folder = path, folder
        self.document, self.said = document, said
        self.properties = object_in(said.get("properties"))
        self.name = suggested_by(str(self.properties.get("name") or path.stem))
        self.defaults = object_in(self.properties.get("pipeline_defaults"))
        self.notes, self.problems = Notes(), list[Problem]()
        self.used: list[Path] = []
        self.copies: list[Copy] = []

    def read(self) -> Import:
        boxes = boxes_of(self.document)
        kept = {box.id: box for box in boxes if box.op in _RUN}
        names = dict(zip(kept, unique_names(map(_name, kept.values())), strict=True))
        for box in boxes:
            if box.is_task and box.op not in _RUN:
                self.notes.add(
                    f"the component {box.label or box.op!r} ({box.op}) has no counterpart and is"
                    " left out; what came after it comes after what was before it"
                )
        upstream = upstream_of(boxes, kept)
        for box_id, label, missing in upstream.missing:
            shown = names.get(box_id, label or box_id)
            found = problems.unknown_upstream(str(self.path), shown, missing, list(names.values()))
            self.problems.append(found)
        links = [(up, down) for down, ups in upstream.all.items() for up in ups]
        for loop in find_loops(list(upstream.all), links):
            around = [names.get(each, _label(boxes, each)) for each in loop]
            self.problems.append(problems.cycle(str(self.path), [*around, around[0]]))
        params = self._params()
        tasks = [self._task(box, names[box.id], params) for box in kept.values()]
        raise_if_any(self.problems)
        self._note_pipeline()
        by_name = {task.name: task for task in tasks}
        edges = {(names[up], names[down]) for down, ups in upstream.kept.items() for up in ups}
        flow = Flow(
            name=self.name,
            description=str(self.properties.get("description") or ""),
            tasks=tuple(by_name[name] for name in Graph.of(by_name, edges).order),
            edges=frozenset(edges),
            params=tuple(FlowParameter(name=name, default=value) for name, value in params.items()),
        )
        return Import(
            peer="Elyra",
            source=self.path,
            flow=flow,
            used=tuple(self.used),
            copies=tuple(self.copies),
            notes=self.notes.all(),
            comments=_comments(self.document),
        )

    def _task(self, box: Box, name: str, params: Mapping[str, Any]) -> Task:
        said = box.said
        filename = str(said.get("filename") or "")
        source = self.path.parent / filename
        if not filename or not source.is_file():
            self.problems.append(problems.missing_file(str(self.path), name, filename))
        self.used.append(source)
        self._note_properties(name, said)
        env = self._env(name, said, params)
        if box.op == "execute-notebook-node":
            return self._notebook(name, source, env)
        command = _COMMANDS[_RUN[box.op]]
        place = _relative(source.parent, self.folder)
        return Task(
            name=name,
            kind=Kind.SHELL,
            parameters={"command": Constant(as_it_is(f"{command} {shlex.quote(source.name)}"))},
            options=TaskOptions(env=env or None, cwd=None if place == "." else place),
        )

    def _notebook(self, name: str, source: Path, env: Mapping[str, str]) -> Task:
        place, cwd = _relative(source, self.folder), None
        if place.startswith("..") or Path(place).is_absolute():
            place, cwd = f"{self.name}_tasks/{name}.ipynb", _relative(source.parent, self.folder)
            if source.is_file():
                self._copy(place, source)
        options = TaskOptions(env=env or None, cwd=cwd)
        return Task(name=name, notebook=place, options=options)

    def _copy(self, place: str, source: Path) -> None:
        try:
            document = json.loads(source.read_text("utf-8-sig"))
        except ValueError as error:
            why = f"{source.name} is no notebook: {error}"
            self.problems.append(
                problems.unreadable_task(str(self.path), source.stem, why, "Mend the notebook.")
            )
            return
        self.copies.append(Copy(path=place, notebook=document))

    def _env(self, name: str, said: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, str]:
        env = {key: as_it_is(value) for key, value in _variables(self.defaults.get("env_vars"))}
        env |= {key: as_it_is(value) for key, value in _variables(said.get("env_vars"))}
        for param in list_in(said.get("pipeline_parameters")):
            if str(param) in params:
                env[str(param)] = f"{{{{ params.{param} }}}}"
        secrets = [*list_in(self.defaults.get("kubernetes_secrets"))]
        for secret in [*secrets, *list_in(said.get("kubernetes_secrets"))]:
            variable = str(object_in(secret).get("env_var") or "")
            if variable and is_name(variable):
                env[variable] = template_of(variable)
                what = (
                    f"the variable {variable} came from the Kubernetes secret"
                    f" {object_in(secret).get('name')!r}; here it is secret({variable!r}):"
                    " set it in the environment, a file or the keyring"
                )
                self.notes.add(what, name)
        return env

    def _params(self) -> dict[str, Any]:
        """The pipeline's parameters with their defaults."""
        params: dict[str, Any] = {}
        for each in map(object_in, list_in(self.properties.get("pipeline_parameters"))):
            name, default = str(each.get("name") or ""), each.get("default_value")
            value = default.get("value") if isinstance(default, dict) else default
            if not name.isidentifier():
                self.notes.add(f"the parameter {name!r} has a name that no flow can use")
            else:
                params[name] = "" if value is None else value
                if each.get("required") and value in (None, ""):
                    self.notes.add(f"the parameter {name!r} must be given: -p {name}=…")
        return params

    def _note_properties(self, name: str, said: Mapping[str, Any]) -> None:
        for key, value in said.items():
            if key in _READ | _NEEDLESS | _UI or value in (None, "", [], {}, False):
                continue
            shown = json.dumps(value, ensure_ascii=False)
            self.notes.add(f"{key} {shown} is of containers; tasks run on this machine", name)
        for pattern in list_in(said.get("dependencies")):
            base = (self.path.parent / str(said.get("filename") or "")).parent
            if not any(character in str(pattern) for character in "*?[") and not (
                (base / str(pattern)).exists()
            ):
                self.notes.add(f"its file dependency {pattern!r} is not there now", name)

    def _note_pipeline(self) -> None:
        runtime = self.properties.get("runtime") or self.said.get("runtime")
        if runtime and str(runtime).lower() not in ("generic", "local"):
            self.notes.add(f"the runtime {runtime!r} is left out: the flow runs on this machine")
        for key, value in self.defaults.items():
            if key not in _READ and value not in (None, "", [], {}, False):
                shown = json.dumps(value, ensure_ascii=False)
                self.notes.add(f"the default {key} {shown} is of containers, and left out")


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise problems.no_file(str(path)) from error
    except json.JSONDecodeError as error:
        raise problems.broken(str(path), f"no JSON: {error.msg}", line=error.lineno) from error
    except (OSError, ValueError, RecursionError) as error:
        raise problems.broken(str(path), str(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("pipelines"), list):
        raise problems.broken(str(path), "it has no list of pipelines")
    if str(document.get("version")) != "3.0":
        raise problems.unknown_version(str(path), document.get("version"), "3.0")
    return document


def _primary(document: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for pipeline in document["pipelines"]:
        if isinstance(pipeline, dict) and pipeline.get("id") == document.get("primary_pipeline"):
            return pipeline
    raise problems.broken(str(path), "its primary pipeline is not in it")


def _variables(said: Any) -> list[tuple[str, str]]:
    """The variables in ``["A=b"]``, as older versions write them, or as newer ones do."""
    found: list[tuple[str, str]] = []
    for each in list_in(said):
        if isinstance(each, dict):
            found.append((str(each.get("env_var") or ""), str(each.get("value") or "")))
        else:
            key, _, value = str(each).partition("=")
            found.append((key.strip(), value))
    return [pair for pair in found if pair[0]]


def _comments(document: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for pipeline in document["pipelines"]:
        ui = object_in(object_in(object_in(pipeline).get("app_data")).get("ui_data"))
        found += [str(object_in(each).get("content") or "") for each in list_in(ui.get("comments"))]
    return tuple(filter(None, found))


def _name(box: Box) -> str:
    stem = Path(str(box.said.get("filename") or "task")).stem
    label = Path(box.label).stem if box.label.endswith((".ipynb", ".py", ".r")) else box.label
    return suggested_by(label or stem)


def _label(boxes: Sequence[Box], box_id: str) -> str:
    return next((box.label or box.op for box in boxes if box.id == box_id), box_id)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()

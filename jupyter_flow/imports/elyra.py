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
from jupyter_flow.core.language import in_reading_order
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.secrets import is_name, template_of
from jupyter_flow.core.task_names import suggested_by

from . import problems
from .elyra_document import comments_in, document_in, in_later_words, primary_of
from .elyra_groups import groups_of, side_by_side
from .elyra_links import Box, boxes_of, upstream_of
from .elyra_values import (
    bash_command,
    described,
    files,
    is_empty,
    plain,
    secrets,
    settings,
    shown,
)
from .imported import Copy, Import, Notes, as_it_is, list_in, object_in, unique_names

_NEWEST = 8
#: From this version on, files are named from the pipeline's folder; before, from Jupyter's.
_BESIDE = 2
_RUN = {
    "execute-notebook-node": ".ipynb",
    "execute-python-node": ".py",
    "execute-r-node": ".r",
}
_COMMANDS = {".py": "python", ".r": "Rscript"}
#: What a task says that is read, or that needs nothing to be done here.
_READ = frozenset({"filename", "label", "env_vars", "kubernetes_secrets", "pipeline_parameters"})
_NEEDLESS = frozenset({"dependencies", "outputs", "include_subdirectories"})
_UI = frozenset(
    {
        "ui_data",
        "version",
        "invalidNodeError",
        "component_source",
        "component_source_type",
        "description",
        "image",
    }
)


def read_elyra(path: Path, folder: Path) -> Import:
    """The pipeline *path*, for a flow that is written into *folder*.

    Raises UsageError when it is broken, of an unknown version, or when nothing in it can be run
    here; DefinitionError with every problem of its tasks.
    """
    document = document_in(path)
    primary = primary_of(document, path)
    said = object_in(primary.get("app_data"))
    version = said.get("version", 0)
    if not isinstance(version, int | float) or version > _NEWEST:
        raise problems.unknown_version(str(path), version, f"up to {_NEWEST}")
    document = document if version >= 1 else in_later_words(document)
    roots = [path.parent, *(path.resolve().parents if version < _BESIDE else ())]
    return _Reader(path=path, folder=folder, document=document, said=said, roots=roots).read()


class _Reader:
    """Goes through one pipeline once."""

    def __init__(
        self,
        *,
        path: Path,
        folder: Path,
        document: Mapping[str, Any],
        said: Mapping[str, Any],
        roots: Sequence[Path],
    ) -> None:
        self.path, self.folder, self.roots = path, folder, roots
        self.document, self.said = document, said
        self.properties = object_in(said.get("properties"))
        named = self.properties.get("name") or said.get("name") or said.get("title")
        self.name = suggested_by(str(named or path.stem))
        self.defaults = object_in(self.properties.get("pipeline_defaults"))
        self.notes, self.problems = Notes(), list[Problem]()
        self.used: list[Path] = []
        self.copies: list[Copy] = []

    def read(self) -> Import:
        boxes = boxes_of(self.document)
        kept = {box.id: box for box in boxes if box.op in _RUN or bash_command(box.said)}
        others = [box for box in boxes if box.is_task and box.id not in kept]
        if not kept:
            raise problems.nothing_left(str(self.path), [box.label or box.op for box in others])
        names = dict(zip(kept, unique_names(map(_name, kept.values())), strict=True))
        for box in others:
            self._note_component(box)
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
        graph, groups = Graph.of(by_name, edges), groups_of(boxes, names)
        self._note_outputs({names[each]: box for each, box in kept.items()}, graph)
        flow = Flow(
            name=self.name,
            description=str(self.properties.get("description") or ""),
            tasks=tuple(by_name[name] for name in side_by_side(graph.order, groups)),
            edges=frozenset(edges),
            params=tuple(FlowParameter(name=name, default=value) for name, value in params.items()),
            groups=groups,
            defaults=TaskOptions(env=plain(self.defaults) or None),
        )
        return Import(
            peer="Elyra",
            source=self.path,
            flow=in_reading_order(flow),
            used=tuple(self.used),
            copies=tuple(self.copies),
            notes=self.notes.all(list(by_name)),
            comments=(
                *described(self.properties.get("pipeline_parameters")),
                *comments_in(self.document, names),
            ),
        )

    def _task(self, box: Box, name: str, params: Mapping[str, Any]) -> Task:
        said = box.said
        if box.op not in _RUN:
            return self._bash(box, name)
        filename = str(said.get("filename") or "")
        source = self._file(filename)
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

    def _file(self, filename: str) -> Path:
        """Where the file *filename* is; beside the pipeline when it is nowhere."""
        places = [root / filename for root in self.roots]
        return next((place for place in places if place.is_file()), places[0])

    def _bash(self, box: Box, name: str) -> Task:
        """Airflow's BashOperator. What it fills in of templates has the same meaning here."""
        for key, value in settings(box.said).items():
            if key not in _UI and key not in ("bash_command", "label") and value != "{}":
                self.notes.add(f"{key} {shown(value)} of the component is left out", name)
        command = Constant(bash_command(box.said))
        return Task(name=name, kind=Kind.SHELL, parameters={"command": command})

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
        """The variables that the task *name* has beside those that all have."""
        env = plain(said)
        for param in list_in(said.get("pipeline_parameters")):
            if str(param) in params:
                env[str(param)] = f"{{{{ params.{param} }}}}"
        hidden = secrets(self.defaults.get("kubernetes_secrets"))
        for variable, secret in (hidden | secrets(said.get("kubernetes_secrets"))).items():
            if is_name(variable):
                env[variable] = template_of(variable)
                what = (
                    f"the variable {variable} came from the Kubernetes secret {secret!r};"
                    f" here it is secret({variable!r}): set it in the environment, a file or the"
                    " keyring"
                )
            else:
                what = f"the secret {secret!r} has a variable {variable!r} that no secret can have"
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

    def _note_component(self, box: Box) -> None:
        ignored = _UI | {"label", "component_description"}
        given = {key: each for key, each in settings(box.said).items() if key not in ignored}
        had = "".join(f", {key} {shown(value)}" for key, value in given.items())
        self.notes.add(
            f"the component {box.label or box.op!r} ({box.op}{had}) has no counterpart and is"
            " left out; what came after it comes after what was before it"
        )

    def _note_properties(self, name: str, said: Mapping[str, Any]) -> None:
        for key, value in said.items():
            if key in _READ | _NEEDLESS | _UI or is_empty(value):
                continue
            what = f"{key} {shown(value)} is of containers; tasks run on this machine"
            self.notes.add(what, name)

    def _note_outputs(self, boxes: Mapping[str, Box], graph: Graph) -> None:
        """What is not where it is looked for: in containers, all tasks have one folder."""
        own = {name: self._file(str(box.said.get("filename") or "")) for name, box in boxes.items()}
        folders = {name: file.parent for name, file in own.items()}
        for name, box in boxes.items():
            before, after = graph.above([name]) - {name}, graph.below([name]) - {name}
            made = {file for up in before for file in files(boxes[up].said.get("outputs"))}
            for file in files(box.said.get("dependencies")):
                is_pattern = any(character in file for character in "*?[")
                is_there = (folders[name] / file).exists()
                if not is_pattern and not is_there and file not in made:
                    self.notes.add(f"its file dependency {file!r} is not there now", name)
            away = [each for each in boxes if each in after and folders[each] != folders[name]]
            if away and (outputs := files(box.said.get("outputs"))):
                place = _relative(folders[name], self.path.parent)
                self.notes.add(
                    f"its outputs ({', '.join(outputs)}) stay in its own folder, {place};"
                    f" {', '.join(away)} come after it and have others (in containers, files were"
                    " handed on to one folder for all)",
                    name,
                )

    def _note_pipeline(self) -> None:
        runtime = self.properties.get("runtime") or self.said.get("runtime")
        if runtime and str(runtime).lower() not in ("generic", "local"):
            self.notes.add(f"the runtime {runtime!r} is left out: the flow runs on this machine")
        for key, value in self.defaults.items():
            if key not in _READ and not is_empty(value):
                self.notes.add(f"the default {key} {shown(value)} is of containers, and left out")


def _name(box: Box) -> str:
    stem = Path(str(box.said.get("filename") or "task")).stem
    label = Path(box.label).stem if box.label.endswith((".ipynb", ".py", ".r")) else box.label
    return suggested_by(label or stem)


def _label(boxes: Sequence[Box], box_id: str) -> str:
    return next((box.label or box.op for box in boxes if box.id == box_id), box_id)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()

"""Pipelines of other tools, made small: Elyra's JSON and files of Ploomber."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jupyter_flow.testing.notebooks import write_notebook


def elyra_box(name: str, *after: str, op: str = "notebook", **said: Any) -> dict[str, Any]:
    """A task as Elyra's editor keeps it, after others."""
    suffix = {"notebook": "ipynb", "python": "py", "r": "r"}.get(op)
    file = {"filename": f"{name}.{suffix}"} if suffix else {}
    links = [{"id": f"{name}-{up}", "node_id_ref": up, "port_id_ref": "outPort"} for up in after]
    return {
        "id": name,
        "type": "execution_node",
        "op": f"execute-{op}-node" if suffix else op,
        "app_data": {
            "component_parameters": {**file, **said},
            "ui_data": {"label": file.get("filename", name)},
        },
        "inputs": [{"id": "inPort", "links": links}],
        "outputs": [{"id": "outPort"}],
    }


def elyra_document(
    boxes: list[dict[str, Any]],
    *others: Mapping[str, Any],
    version: object = 8,
    comments: Iterable[str] = (),
    **properties: Any,
) -> dict[str, Any]:
    """A whole pipeline; *others* are the insides of supernodes."""
    ui = {"comments": [{"id": str(at), "content": text} for at, text in enumerate(comments)]}
    app = {"version": version, "properties": properties, "ui_data": ui}
    primary = {"id": "primary", "nodes": boxes, "app_data": app}
    return {
        "doc_type": "pipeline",
        "version": "3.0",
        "primary_pipeline": "primary",
        "pipelines": [primary, *others],
    }


def write_elyra(folder: Path, document: Mapping[str, Any]) -> Path:
    """*document* as a file, with a notebook that does nothing for each task."""
    path = folder / "made.pipeline"
    path.write_text(json.dumps(document), "utf-8")
    for pipeline in document["pipelines"]:
        for box in pipeline["nodes"]:
            said = box.get("app_data", {}).get("component_parameters", {})
            if "filename" in said:
                file = folder / said["filename"]
                file.parent.mkdir(parents=True, exist_ok=True)
                write_notebook(file, "pass")
    return path


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """*files* below *folder*; the path of ``pipeline.yaml``."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder / "pipeline.yaml"


def script(upstream: object = None, body: str = "pass", more: str = "") -> str:
    """A script of Ploomber with its cell of parameters."""
    head = f'# + tags=["parameters"]\nupstream = {upstream!r}\nproduct = None\n{more}\n'
    return f"{head}\n# +\n{body}\n"


def spoilt(document: Any, place: int, by: Any) -> Any:
    """*document* with the part that comes at *place*, counted through all of it, replaced."""
    parts = list(_parts(document))
    path = parts[place % len(parts)]
    if not path:
        return by
    made = json.loads(json.dumps(document))
    here = made
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = by
    return made


def _parts(document: Any, before: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    yield before
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(document, dict):
        inner = document.items()
    elif isinstance(document, list):
        inner = enumerate(document)
    for key, each in inner:
        yield from _parts(each, (*before, key))

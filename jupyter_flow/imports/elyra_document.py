"""The file of an Elyra pipeline: JSON in which pipelines are in one another.

Reads it and finds the one that is meant, and the comments, and gives pipelines without a version
the words of later ones; knows nothing of tasks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import problems
from .imported import list_in, object_in

#: The words of pipelines that were made before there was a version.
_WORDS = {
    "artifact": "filename",
    "docker_image": "runtime_image",
    "file_dependencies": "dependencies",
    "image": "runtime_image",
    "notebook": "filename",
    "recursive_dependencies": "include_subdirectories",
    "vars": "env_vars",
}


def document_in(path: Path) -> Mapping[str, Any]:
    """All that is in the file *path*. Raises UsageError when it is no pipeline of version 3.0."""
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


def primary_of(document: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The pipeline that is opened first."""
    for pipeline in document["pipelines"]:
        if isinstance(pipeline, dict) and pipeline.get("id") == document.get("primary_pipeline"):
            return pipeline
    raise problems.broken(str(path), "its primary pipeline is not in it")


def comments_in(document: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What stands beside the tasks; each with the tasks that it is tied to."""
    found: list[str] = []
    for pipeline in document["pipelines"]:
        ui = object_in(object_in(object_in(pipeline).get("app_data")).get("ui_data"))
        for comment in map(object_in, list_in(ui.get("comments"))):
            refs = [object_in(each) for each in list_in(comment.get("associated_id_refs"))]
            tied = [
                names[str(ref.get("node_ref"))] for ref in refs if str(ref.get("node_ref")) in names
            ]
            about = f"About {', '.join(f'`{name}`' for name in tied)}:\n\n" if tied else ""
            if content := str(comment.get("content") or "").strip():
                found.append(f"{about}{content}")
    return found


def in_later_words(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """*document*, which has no version: all that it draws are notebooks."""
    drawn = [object_in(pipeline) for pipeline in document["pipelines"]]
    pipelines = [{**each, "nodes": list(map(_box, list_in(each.get("nodes"))))} for each in drawn]
    return {**document, "pipelines": pipelines}


def _box(said: Any) -> Any:
    if not isinstance(said, dict) or said.get("type") not in ("pipeline_node", "execution_node"):
        return said
    app = {_WORDS.get(key, key): value for key, value in object_in(said.get("app_data")).items()}
    return {**said, "type": "execution_node", "op": "execute-notebook-node", "app_data": app}

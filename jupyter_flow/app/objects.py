"""Objects as tasks hand them on, and as they arrive: for people and tests, outside of a kernel."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.serializers import serializer_for
from jupyter_flow.serializers.loading import Artifact
from jupyter_flow.serializers.writing import write

#: What is given as it is, though a serializer could write it.
_PLAIN = (str, bytes, list, dict, tuple)


def loaded(value: Any, artifacts: ArtifactStore, *, limit: float = math.inf) -> Any:
    """*value* with each file in it as the object that it was, or unloaded above *limit* bytes.

    Raises what the store raises, and what the libraries do that read the files.
    """
    ref = ArtifactRef.read(value)
    if ref is not None:
        artifact = Artifact(artifacts.fetch(ref.file), ref.type, ref.preview)
        return artifact.load() if ref.size <= limit else artifact
    match value:
        case dict():
            return {key: loaded(each, artifacts, limit=limit) for key, each in value.items()}
        case list():
            return [loaded(each, artifacts, limit=limit) for each in value]
        case _:
            return value


def handed(name: str, value: Any, folder: Path, artifacts: ArtifactStore) -> Any:
    """*value* as a parameter *name* gets it from a task: an object as a file in the store.

    It is written to *folder* first. What no serializer takes stays as it is.
    """
    if isinstance(value, _PLAIN) or serializer_for(value) is None:
        return value

    def path_of(file: str) -> Path:
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        return path

    plain = write(name, value, name, path_of, [])
    ref = ArtifactRef.read(plain)
    if ref is not None:
        artifacts.put(folder / ref.name, ref.file)
    return plain

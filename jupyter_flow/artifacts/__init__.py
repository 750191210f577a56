"""Artifact stores: files kept by their content, in a folder or anywhere that fsspec reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jupyter_flow.ports.artifacts import ArtifactStore

from .folder import FolderArtifacts


def open_artifacts(
    where: str, home: Path, *, now: Callable[[], datetime], owner: str = ""
) -> ArtifactStore:
    """The store at *where*: a URL of fsspec, or a folder; ``<home>/artifacts`` for "".

    *owner* names the store of the runs whose artifacts they are: nobody else may remove them.
    Files of a store elsewhere are kept in ``<home>/cache/artifacts`` once they are fetched. Opens
    no connection yet.
    """
    if "://" not in where:
        return FolderArtifacts(home / (where or "artifacts"))
    from .remote import RemoteArtifacts

    return RemoteArtifacts(
        where, FolderArtifacts(home / "cache" / "artifacts"), now=now, owner=owner
    )

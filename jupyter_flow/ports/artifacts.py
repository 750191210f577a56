"""Where artifacts are kept, by their content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArtifact:
    """A file in an artifact store: its name there, its bytes, and when it was put, with a zone."""

    name: str
    size: int
    stored_at: datetime


class ArtifactStore(Protocol):
    """Keeps files by their content: as ``<digest>.<format>``, see `ArtifactRef.file`.

    Any thread may call, and many processes may share it. A file is there wholly or not at all,
    never changes, and is stored once however often it is put.
    Every implementation must pass ``jupyter_flow.testing.artifacts.ArtifactStoreContract``.

    Every method raises FlowError (JF607) when the store cannot be reached or refuses, and can then
    be called again.
    """

    def put(self, file: Path, name: str) -> None:
        """Keep *file*, whose digest the caller has computed. It counts as put now, if it was there.

        *file* stays where it is and may from now on share its bytes with the store: nobody must
        write to it any more.
        """

    def fetch(self, name: str) -> Path:
        """A file on this machine with that content, to read only; its name is *name*.

        Raises NotFoundError (JF608) when it is not kept, FlowError (JF610) when what arrives is
        not what was put.
        """

    def has(self, name: str) -> bool:
        """Whether it is kept."""

    def remove(self, name: str, *, put_before: datetime | None = None) -> None:
        """Keep it no longer; with *put_before*, only if it has not been put since then.

        Nothing happens if it is not there.
        """

    def all(self) -> Iterator[StoredArtifact]:
        """All that is kept, in no order."""

"""What the stores in memory, and their parts, have in common."""

from __future__ import annotations

from .shelf import Shelf


class MemoryPart:
    """A store, or a part of one, that keeps everything on *shelf*: its own, if none is given."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = Shelf() if shelf is None else shelf

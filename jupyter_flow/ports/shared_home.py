"""What a home shares with the homes of other machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class SharedHome(Protocol):
    """Keeps what runs write, and the notebooks they are made from, where other machines reach it.

    Every machine has a home of its own, where all is written and read; this copies from there and
    to there. Paths are those of this machine's home. Any thread may call.
    Every implementation must pass ``jupyter_flow.testing.shared_home.SharedHomeContract``.

    Every method raises FlowError (JF607) when the others cannot be reached, and can then be called
    again.
    """

    @property
    def is_shared(self) -> bool:
        """Whether there are other machines at all."""

    def put(self, path: Path, *, is_last: bool = True) -> None:
        """Copy the file, or all files of the folder, to where others find it.

        It appears there wholly, in place of what was there. With *is_last* it will never change
        again. Nothing happens if there is no such file here.
        """

    def owe(self, what: str, paths: Sequence[Path]) -> None:
        """Note here that *paths* are to be put, by any process; *what* is the name of the note."""

    def owed(self) -> list[str]:
        """What is noted, in order."""

    def settle(self, what: str) -> None:
        """Put what is noted as *what*, and strike the note out. Nothing happens without a note."""

    def fetch(self, path: Path, *, is_last: bool = True) -> None:
        """Have the file here as it is there, or, if it is a folder there, all its files.

        Without *is_last* it may still be written: here, then nothing happens; or elsewhere, then
        it is as it was put last. Nothing happens if there is no such file there.
        """

    def has(self, path: Path) -> bool:
        """Whether others find it."""

    def knew(self, path: Path) -> bool:
        """Whether the file, or one in the folder, was put for good from here, or fetched to here,
        and has not been removed from here since; whatever has become of it there."""

    def remove(self, path: Path) -> None:
        """Have others find it no more. What is here stays, and is not shared any longer."""

"""A group of a flow that is made in Python: ``with flow.group("prepare") as prepare:``."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_flow.core.options import TaskOptions

from .chaining import Connect, End


class GroupHandle(End):
    """One group. What is made within its ``with`` is in it; in chains it stands for its ends."""

    __slots__ = ("_close", "_open", "name", "options", "parent")

    def __init__(
        self,
        name: str,
        options: TaskOptions,
        connect: Connect,
        *,
        enter: Callable[[GroupHandle], None],
        leave: Callable[[], None],
    ) -> None:
        super().__init__(connect)
        self.name = name
        self.options = options
        #: The group that this one is in, once that is known.
        self.parent: str | None = None
        self._open, self._close = enter, leave

    def __repr__(self) -> str:
        return f"<group {self.name!r}>"

    def __enter__(self) -> GroupHandle:
        self._open(self)
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def _ends(self) -> str:
        return self.name

    def _used(self) -> None:
        """Its name never changes."""

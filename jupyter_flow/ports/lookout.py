"""Who looks out for what happens outside of the store: files, answers, rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jupyter_flow.core.commands import Await


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen at one look, in words a person can act upon, and free of secrets.

    ``is_there``: what is waited for has come, and ``values`` are what the task hands on.
    ``is_hopeless``: no later look can see anything else. ``is_last``: nobody looks again.
    """

    seen: str = ""
    is_there: bool = False
    is_hopeless: bool = False
    is_last: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


class Lookout(Protocol):
    """Looks for many things at once, in threads of its own that are few and always as many.

    ``jupyter_flow.lookout.tower.Tower`` is the real one, ``testing.lookouts.ScriptedLookout`` the
    tests'. `jupyter_flow.testing.lookouts.LookoutContract` holds them to the promises.
    """

    def watch(self, wait: Await, tell: Callable[[Sight], None]) -> Callable[[], None]:
        """Look for what *wait* says (`Files`, `Answer`, `Query`) from now on; returns at once.

        The first look is made at once, the next after the pauses that *wait* says, and one at its
        end (``until``), even if that has passed already. *tell* is called, from another thread,
        with each sight whose words are new, and once with the last one. A look that takes too long
        or fails is a sight like any other.

        What is returned ends the watch; called again, or after the last sight, it does nothing.
        """

    def close(self) -> None:
        """End all watches; nothing is told after that."""

"""What stands at the ends of arrows in a flow that is made in Python: tasks, groups, lists."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

from jupyter_flow.core.errors import DefinitionError, Problem

_Others = TypeVar("_Others", bound="End | Sequence[End]")
#: Told of each edge: (upstream, downstream).
Connect = Callable[["End", "End"], None]


class End(ABC):
    """A task or a group: ``a >> [b, c]``, ``b << a``, ``a.set_downstream(b)``."""

    __slots__ = ("_connect",)

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    @abstractmethod
    def _ends(self) -> str:
        """The name by which it is known now."""

    @abstractmethod
    def _used(self) -> None:
        """It is chained, so its name stays."""

    def set_downstream(self, others: End | Sequence[End]) -> None:
        """Let *others* wait for this: ``self >> others``."""
        for other in ends(others):
            self._before(other)

    def set_upstream(self, others: End | Sequence[End]) -> None:
        """Let this wait for *others*: ``self << others``."""
        for other in ends(others):
            other._before(self)  # noqa: SLF001  the same class

    def __rshift__(self, other: _Others) -> _Others:
        self.set_downstream(other)
        return other

    def __lshift__(self, other: _Others) -> _Others:
        self.set_upstream(other)
        return other

    def __rrshift__(self, others: Sequence[End]) -> End:
        self.set_upstream(others)
        return self

    def __rlshift__(self, others: Sequence[End]) -> End:
        self.set_downstream(others)
        return self

    def _before(self, other: End) -> None:
        if self._ends() == other._ends():
            what = f"{self._ends()!r} would wait for itself"
            problem = Problem(code="JF106", what=f"task {what}", hint="Take one of the two away.")
            raise DefinitionError([problem])
        self._used()
        other._used()
        self._connect(self, other)


def ends(others: End | Sequence[End]) -> list[End]:
    """The tasks and groups in *others*. Raises DefinitionError for anything else."""
    found = [others] if isinstance(others, End) else list(others)
    for each in found:
        if not isinstance(each, End):
            hint = "Chain what notebook(…), python(…) and the like return, or lists of those."
            what = f"{each!r} is not a task"
            raise DefinitionError([Problem(code="JF109", what=what, hint=hint)])
    return found

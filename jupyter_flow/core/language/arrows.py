"""Edges as chains: which few chains of tasks and lists say all of them.

Names in, names out. A chain never has two lists beside each other, because a list cannot follow
a list. All that a task waits for is said at once, when the last of it has been said, so that the
chains come in the order of the tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jupyter_flow.core.graph import Graph

#: The tasks at one place of a chain.
End = tuple[str, ...]


class Arrows:
    """The edges of a flow that no chain has said yet."""

    def __init__(self, names: Sequence[str], edges: Iterable[tuple[str, str]]) -> None:
        graph = Graph.of(names, edges)
        self.order = graph.order
        self._place = {name: place for place, name in enumerate(graph.order)}
        self._downs = {name: dict.fromkeys(graph.downstream[name]) for name in names}
        self._ups = {name: graph.upstream[name] for name in names}

    def chain_from(self, name: str) -> list[End]:
        """A chain that begins at *name*, as far as it goes; empty when there is none (any more).

        To be asked of all names in `order`, of each until it has none.
        """
        chain: list[End] = []
        here = self._start(name)
        while here:
            chain.append(here)
            here = self._take(here)
        return chain

    def _start(self, name: str) -> End:
        """*name*, or all that come before the same task, *name* the last of them."""
        place = self._place[name]
        groups = [
            self._ups[down]
            for down in self._downs[name]
            if all(self._place[up] <= place for up in self._ups[down])
        ]
        return (name,) if (name,) in groups else next(iter(groups), ())

    def _take(self, here: End) -> End:
        """The end that follows *here*, its edges taken; empty at the end of the chain."""
        found = tuple(down for down in self._downs[here[0]] if self._ups[down] == here)
        # Several tasks after several are said by several chains.
        found = found if len(here) == 1 else found[:1]
        for down in found:
            for up in here:
                del self._downs[up][down]
        return found

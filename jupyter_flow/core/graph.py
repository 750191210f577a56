"""The order of tasks: who needs whom, in which layers, and where a loop is.

Names in, names out: it knows nothing of states. Built once for a flow, in time linear in tasks
and edges; everything the machine asks in each step is a dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # networkx is long to load, and only a flow with a loop needs it
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Graph:
    """The tasks of an acyclic flow in order.

    ``order`` is topological and, among equals, as the flow names them. ``height`` is the number
    of tasks on the longest path from a task to a leaf, itself included; ``depth`` is the longest
    path from a root, the roots being 0.
    """

    order: tuple[str, ...]
    upstream: Mapping[str, tuple[str, ...]]
    downstream: Mapping[str, tuple[str, ...]]
    height: Mapping[str, int]
    depth: Mapping[str, int]

    @classmethod
    def of(cls, tasks: Iterable[str], edges: Iterable[tuple[str, str]]) -> Graph:
        """Raises ValueError when the tasks wait for each other; ask `find_loop` which."""
        names = list(tasks)
        place = {name: index for index, name in enumerate(names)}
        pairs = sorted(set(edges), key=lambda edge: (place[edge[0]], place[edge[1]]))
        upstream: dict[str, list[str]] = {name: [] for name in names}
        downstream: dict[str, list[str]] = {name: [] for name in names}
        for up, down in pairs:
            upstream[down].append(up)
            downstream[up].append(down)
        order = _ordered(place, downstream)
        if len(order) < len(place):
            raise ValueError("the tasks wait for each other")
        depth: dict[str, int] = {}
        for name in order:
            depth[name] = 1 + max((depth[up] for up in upstream[name]), default=-1)
        height: dict[str, int] = {}
        for name in reversed(order):
            height[name] = 1 + max((height[down] for down in downstream[name]), default=0)
        return cls(
            order=tuple(order),
            upstream={name: tuple(ups) for name, ups in upstream.items()},
            downstream={name: tuple(downs) for name, downs in downstream.items()},
            height=height,
            depth=depth,
        )

    @property
    def leaves(self) -> tuple[str, ...]:
        return tuple(name for name in self.order if not self.downstream[name])

    @property
    def roots(self) -> tuple[str, ...]:
        return tuple(name for name in self.order if not self.upstream[name])

    def below(self, tasks: Iterable[str]) -> frozenset[str]:
        """*tasks* and everything downstream of them."""
        return self._reach(tasks, self.downstream)

    def above(self, tasks: Iterable[str]) -> frozenset[str]:
        """*tasks* and everything upstream of them."""
        return self._reach(tasks, self.upstream)

    @staticmethod
    def _reach(tasks: Iterable[str], ways: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        seen = set(tasks)
        stack = list(seen)
        while stack:
            for other in ways[stack.pop()]:
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return frozenset(seen)


def find_loops(tasks: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """One loop for each group of tasks that wait for each other, its first task not repeated.

    A loop starts at the task that the flow names first, so the same flow gives the same words.
    Edges of others than *tasks* make none.
    """
    place = {name: index for index, name in enumerate(tasks)}
    pairs = {(up, down) for up, down in edges if up in place and down in place}
    downstream: dict[str, list[str]] = {name: [] for name in tasks}
    for up, down in pairs:
        downstream[up].append(down)
    if len(_ordered(place, downstream)) == len(place):
        return []
    import networkx as nx

    digraph: nx.DiGraph[str] = nx.DiGraph()
    digraph.add_nodes_from(tasks)
    digraph.add_edges_from(pairs)
    loops: list[tuple[str, ...]] = []
    for group in nx.strongly_connected_components(digraph):
        first = min(group, key=place.__getitem__)
        if digraph.has_edge(first, first):
            loops.append((first,))
        elif len(group) > 1:
            loops.append(_shortest_loop(digraph.subgraph(group), first))
    return sorted(loops, key=lambda loop: place[loop[0]])


def _ordered(place: Mapping[str, int], downstream: Mapping[str, Sequence[str]]) -> list[str]:
    """The tasks behind all that they need, among equals by their *place*; without those in or
    behind a loop."""
    needs = dict.fromkeys(place, 0)
    for downs in downstream.values():
        for down in downs:
            needs[down] += 1
    ready = [(at, name) for name, at in place.items() if not needs[name]]
    heapify(ready)
    order: list[str] = []
    while ready:
        _, name = heappop(ready)
        order.append(name)
        for down in downstream[name]:
            needs[down] -= 1
            if not needs[down]:
                heappush(ready, (place[down], down))
    return order


def _shortest_loop(group: nx.DiGraph[str], first: str) -> tuple[str, ...]:
    import networkx as nx

    ways_back = (nx.shortest_path(group, after, first) for after in group.successors(first))
    return (first, *min(ways_back, key=len)[:-1])

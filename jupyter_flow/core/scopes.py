"""Set-up and clean-up in a flow: which tasks need which set-ups, and who cleans up after whom.

Names in, names out, as `jupyter_flow.core.graph`, and made once for a flow. The meanings are
Airflow's. A set-up has a *scope*: what is between it and its teardowns, or all downstream of it
when it has none. A flow without set-ups and teardowns has nothing here, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """What set-ups and teardowns mean for the other tasks. Tasks that are not in a map have none.

    ``setups`` are, for a teardown, the set-ups right before it. ``between`` is all that a teardown
    waits for: what is downstream of its set-ups and upstream of itself, the last first. ``needed``
    are the set-ups, not right before a task, in whose scope it is. ``along`` is what is done again
    with a task: the set-ups in whose scope it is, and their teardowns. ``concerned`` are the tasks
    for which it matters how a task ends although they do not come right after it.
    """

    setups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    between: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    along: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    concerned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph, setups: Collection[str], teardowns: Collection[str]) -> Scopes:
        """The scopes of the *setups* and *teardowns* among the tasks of *graph*."""
        if not setups and not teardowns:
            return cls()
        of_teardown = {
            name: tuple(up for up in graph.upstream[name] if up in setups) for name in teardowns
        }
        between = {name: _between(graph, name, ups) for name, ups in of_teardown.items() if ups}
        needed: dict[str, list[str]] = {}
        along: dict[str, dict[str, None]] = {}
        for setup in (name for name in graph.order if name in setups):
            own = [name for name in graph.downstream[setup] if name in teardowns]
            scope = graph.below([setup]) - {setup}
            if own:
                above = (graph.above([name]) - {name} for name in own)
                scope &= frozenset[str]().union(*above)
            for task in scope - set(teardowns):
                along.setdefault(task, {}).update(dict.fromkeys((setup, *own)))
                if setup not in graph.upstream[task]:
                    needed.setdefault(task, []).append(setup)
        concerned: dict[str, dict[str, None]] = {}
        for task, names in (*between.items(), *needed.items()):
            for name in names:
                concerned.setdefault(name, {})[task] = None
        return cls(
            setups=of_teardown,
            between=between,
            needed={task: tuple(names) for task, names in needed.items()},
            along={task: tuple(names) for task, names in along.items() if task not in setups},
            concerned={name: tuple(tasks) for name, tasks in concerned.items()},
        )


def _between(graph: Graph, teardown: str, setups: Collection[str]) -> tuple[str, ...]:
    scope = graph.below(setups) & graph.above([teardown])
    ends = {teardown, *setups}
    return tuple(name for name in reversed(graph.order) if name in scope and name not in ends)

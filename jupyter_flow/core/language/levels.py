"""A flow with groups as it is written: what is said in which group, and in which order.

An edge is said in the innermost group that has both of its ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_flow.core.flow import Flow, Group, Role
from jupyter_flow.core.grouping import Edge, Grouping

from .describing import Part, options_written, setups_of
from .option_reading import write_task_options
from .writing import written_text


class Levels:
    """The groups of one flow, and what stands right in each; None is the flow itself."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.groups: Mapping[str, Group] = {group.name: group for group in flow.groups}
        self._grouping = grouping_of(flow)
        said = {(up, task.name) for task in flow.tasks for up in setups_of(task, flow)}
        self.all_edges = flow.edges - said
        self._edges: dict[str | None, set[Edge]] = {}
        for up, down in self.all_edges:
            others = set(self._grouping.of(down))
            home = next((each for each in self._grouping.of(up) if each in others), None)
            self._edges.setdefault(home, set()).add((up, down))
        self._within: dict[str | None, dict[str, None]] = {}
        for task in flow.tasks:
            inner = task.name
            for outer in (*self._grouping.of(task.name), None):
                self._within.setdefault(outer, {})[inner] = None
                inner = outer or inner

    def within(self, group: str | None) -> list[str]:
        """The tasks and groups that are right in *group*, in their order."""
        return list(self._within.get(group, ()))

    def head(self, group: str) -> str:
        """``with group("prepare", retries=2):``"""
        said = options_written(write_task_options(self.groups[group].options))
        return f"with {Part('group', (written_text(group), *said)).flat()}:"

    def edges(self, group: str | None) -> tuple[list[str], set[Edge]]:
        """What is right in *group* and what its edges name beside that; and those edges.

        A group stands for its tasks where all of its ends are meant.
        """
        within = self.within(group)
        inner = [name for name in within if name in self.groups]
        edges = set(self._edges.get(group, ()))
        roots = {name: self._roots(name) for name in inner}
        leaves = {name: self._leaves(name) for name in inner}
        for up, down in [(up, down) for up in inner for down in inner if up != down]:
            _contract(edges, leaves[up], roots[down], (up, down))
        for name in inner:
            for down in sorted({down for up, down in edges if up in leaves[name]}):
                if down not in self.groups:
                    _contract(edges, leaves[name], [down], (name, down))
            for up in sorted({up for up, down in edges if down in roots[name]}):
                if up not in self.groups:
                    _contract(edges, [up], roots[name], (up, name))
        named = {name for edge in edges for name in edge} - set(within)
        first = {task.name: place for place, task in enumerate(self._flow.tasks)}
        for name in inner:
            first[name] = min(first[task] for task in self._grouping.tasks_in(name))
        return sorted({*within, *named}, key=first.__getitem__), edges

    def is_order(self, named: Iterable[str]) -> bool:
        """Whether naming the tasks so puts tasks and groups in the order of the flow."""
        wanted = (
            [task.name for task in self._flow.tasks],
            [group.name for group in self._flow.groups],
        )
        return self._grouping.in_order(named) == wanted

    def _roots(self, group: str) -> list[str]:
        return self._grouping.roots(group, self._all())

    def _leaves(self, group: str) -> list[str]:
        return self._grouping.leaves(group, self._all())

    def _all(self) -> set[Edge]:
        used = {(up, task.name) for task in self._flow.tasks for up in task.uses()}
        return {*self._flow.edges, *used}


def grouping_of(flow: Flow) -> Grouping:
    """The groups of a flow that is made."""
    homes: dict[str, str | None] = {task.name: None for task in flow.tasks}
    homes |= {task: group.name for group in flow.groups for task in group.members}
    return Grouping(
        parents={group.name: group.parent for group in flow.groups},
        homes=homes,
        setups={task.name for task in flow.tasks if task.role is Role.SETUP},
        teardowns={task.name for task in flow.tasks if task.is_teardown},
    )


def _contract(edges: set[Edge], ups: Iterable[str], downs: Iterable[str], edge: Edge) -> None:
    """Say *edge* for all that lead from *ups* to *downs*, if all of them are there."""
    several = {(up, down) for up in ups for down in downs}
    if several and several <= edges:
        edges -= several
        edges.add(edge)

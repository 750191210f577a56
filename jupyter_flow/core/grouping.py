"""The groups of a flow while it is made: who is in which, and what an arrow from or to one means.

Names in, names out; shared by the text and by the Python API. A group in a chain stands for those
of its tasks that nothing in it comes after (or, at the end of an arrow, before), as in Airflow:
teardowns are no end of a group, what comes right before them is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: An edge, (upstream, downstream); of tasks, or also of groups.
Edge = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Grouping:
    """Groups by name. ``parents`` has each group's outer one, ``homes`` the group of each task.

    Those that are in none have None. ``setups`` and ``teardowns`` are names of tasks.
    """

    parents: dict[str, str | None] = field(default_factory=dict)
    homes: dict[str, str | None] = field(default_factory=dict)
    setups: Collection[str] = ()
    teardowns: Collection[str] = ()

    def around(self, name: str | None) -> list[str]:
        """The groups that the group *name* is in, itself included, from the inside."""
        found: list[str] = []
        while name is not None:
            found.append(name)
            name = self.parents[name]
        return found

    def of(self, name: str) -> list[str]:
        """The groups that *name*, a task or a group, is in, from the inside; a group itself too."""
        return self.around(name if name in self.parents else self.homes.get(name))

    def are_apart(self, one: str | None, other: str | None) -> bool:
        """Whether neither of two groups is in the other one."""
        if one is None or other is None:
            return False
        return one not in self.around(other) and other not in self.around(one)

    def tasks_in(self, group: str) -> list[str]:
        """All tasks in *group*, those in inner groups included."""
        return [task for task in self.homes if group in self.of(task)]

    def between_tasks(self, edges: Iterable[Edge], used: Iterable[Edge]) -> dict[Edge, list[Edge]]:
        """For each of *edges*, those of tasks that it stands for; *used* follow from values.

        No edge leads from or to a group that its other end is in.
        """
        found: dict[Edge, list[Edge]] = {}
        known = set(used)
        # What is in a group is said before the group can be the end of an arrow.
        for edge in sorted(edges, key=lambda edge: -len(self._common(*edge))):
            ups = self.leaves(edge[0], known) if edge[0] in self.parents else [edge[0]]
            downs = self.roots(edge[1], known) if edge[1] in self.parents else [edge[1]]
            found[edge] = [(up, down) for up in ups for down in downs]
            known.update(found[edge])
        return found

    def roots(self, group: str, edges: Collection[Edge]) -> list[str]:
        """The tasks in *group* that wait for none in it."""
        tasks = self.tasks_in(group)
        inside = set(tasks)
        waiting = {down for up, down in edges if up in inside}
        return [name for name in tasks if name not in waiting]

    def leaves(self, group: str, edges: Collection[Edge]) -> list[str]:
        """The tasks in *group* that none in it waits for, its teardowns aside."""
        tasks = self.tasks_in(group)
        inside = set(tasks)
        downs: dict[str, list[str]] = {name: [] for name in tasks}
        ups: dict[str, list[str]] = {name: [] for name in tasks}
        for up, down in edges:
            if up in inside and down in inside:
                downs[up].append(down)
                ups[down].append(up)
        found: dict[str, None] = {}
        for name in tasks:
            if not downs[name]:
                found |= dict.fromkeys(self._before_teardowns(name, ups, downs))
        return [name for name in tasks if name in found]

    def _before_teardowns(
        self, name: str, ups: Mapping[str, Sequence[str]], downs: Mapping[str, Sequence[str]]
    ) -> Iterator[str]:
        """*name*, or, of a teardown, what is right before it and before nothing else."""
        seen, ahead = {name}, [name]
        while ahead:
            here = ahead.pop()
            if here not in self.teardowns:
                others = (down for down in downs[here] if down not in self.teardowns)
                if next(others, None) is None:
                    yield here
                continue
            more = [up for up in ups[here] if up not in seen and up not in self.setups]
            seen.update(more)
            ahead += more

    def in_order(self, tasks: Iterable[str]) -> tuple[list[str], list[str]]:
        """*tasks*, those of a group side by side where its first one is; and the groups so."""
        contents: dict[str | None, dict[str, None]] = {None: {}}
        for task in tasks:
            inner = task
            for group in self.of(task):
                contents.setdefault(group, {})[inner] = None
                inner = group
            contents[None][inner] = None
        names: list[str] = []
        groups: list[str] = []
        ahead = [iter(contents[None])]
        while ahead:
            name = next(ahead[-1], None)
            if name is None:
                ahead.pop()
            elif name in self.parents:
                groups.append(name)
                ahead.append(iter(contents[name]))
            else:
                names.append(name)
        return names, groups

    def _common(self, one: str, other: str) -> list[str]:
        """The groups that both are in."""
        others = set(self.of(other)) - {other}
        return [group for group in self.of(one) if group in others and group != one]

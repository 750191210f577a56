"""The supernodes of an Elyra pipeline as groups of a flow.

A supernode in which there is no task is no group. Names and values only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jupyter_flow.core.flow import Group
from jupyter_flow.core.task_names import suggested_by

from .elyra_links import Box
from .imported import unique_names


def groups_of(boxes: Sequence[Box], names: Mapping[str, str]) -> tuple[Group, ...]:
    """The groups around the tasks *names*, which go by their boxes' ids, outer ones first."""
    supers = {box.inside: box for box in boxes if box.inside}
    homes = {box.id: _around(box, supers) for box in boxes if box.id in names}
    found = dict.fromkeys(around for home in homes.values() for around in reversed(home))
    wanted = [suggested_by(box.label or "group") for box in boxes if box.id in found]
    tasks = list(names.values())
    ids = [box.id for box in boxes if box.id in found]
    called = dict(zip(ids, unique_names([*tasks, *wanted])[len(tasks) :], strict=True))
    return tuple(
        Group(
            name=called[each],
            members=tuple(names[box] for box, home in homes.items() if home[:1] == [each]),
            parent=next((called[up] for home in homes.values() for up in _after(home, each)), None),
        )
        for each in found
    )


def side_by_side(tasks: Sequence[str], groups: Sequence[Group]) -> list[str]:
    """*tasks* in their order, but those of a group together, where its first one is."""
    by_name = {group.name: group for group in groups}
    homes = {task: group for group in groups for task in group.members}
    places = {task: place for place, task in enumerate(tasks)}
    chains: dict[str, list[str]] = {}
    for task in tasks:
        chains[task] = []
        group = homes.get(task)
        while group is not None:
            chains[task].insert(0, group.name)
            group = by_name[group.parent] if group.parent else None
    first: dict[str, int] = {}
    for task in tasks:
        for name in chains[task]:
            first.setdefault(name, places[task])
    return sorted(tasks, key=lambda task: [*(first[n] for n in chains[task]), places[task]])


def _around(box: Box, supers: Mapping[str, Box]) -> list[str]:
    """The supernodes that *box* is in, from the inside; none when they are in one another."""
    found: list[str] = []
    outer = supers.get(box.home)
    while outer is not None:
        if outer.id in found:
            return []
        found.append(outer.id)
        outer = supers.get(outer.home)
    return found


def _after(home: Sequence[str], name: str) -> Sequence[str]:
    at = home.index(name) if name in home else len(home)
    return home[at + 1 : at + 2]

"""Room of its own for each group: what stands in a frame, and what stands above and below it.

Takes a drawing in which every spot has its height and moves spots down, as little as it needs, so
that nothing of others lies in a group's frame. The order from top to bottom stays as it is; a line
that passes a group goes round it. Linear in spots, but for sorting and for the depth of groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jupyter_flow.core.flow import Flow

from .frames import HEAD, PAD
from .untangling import Spot


@dataclass(frozen=True, slots=True)
class _Block:
    """A spot, or all of a group: from which layer to which, from where to where down."""

    first: int
    last: int
    top: float
    bottom: float
    spots: tuple[Spot, ...] = ()
    blocks: tuple[tuple[_Block, float], ...] = ()

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def in_bands(
    flow: Flow,
    layers: Mapping[Spot, int],
    middles: Mapping[Spot, float],
    heights: Mapping[str, float],
    gap: float,
) -> dict[Spot, float]:
    """The *middles* of all spots, each in its layer of *layers*, with room for the groups."""
    contents: dict[str | None, list[_Block]] = {None: []}
    homes = _Homes(flow, layers)
    for spot, middle in middles.items():
        half = heights[spot] / 2 if isinstance(spot, str) else 0.0
        block = _Block(layers[spot], layers[spot], middle - half, middle + half, (spot,))
        contents.setdefault(homes.of(spot), []).append(block)
    for group in reversed(flow.groups):
        framed = _stacked(contents[group.name], gap)
        framed = replace(framed, top=framed.top - PAD - HEAD, bottom=framed.bottom + PAD)
        contents.setdefault(group.parent, []).append(framed)
    found: dict[Spot, float] = {}
    _read(_stacked(contents[None], gap), 0.0, found, middles)
    tops = (each - (heights[s] / 2 if isinstance(s, str) else 0.0) for s, each in found.items())
    top = min(tops, default=0.0)
    return {spot: each - top for spot, each in found.items()}


class _Homes:
    """In which group each spot is drawn."""

    def __init__(self, flow: Flow, layers: Mapping[Spot, int]) -> None:
        self._around = {
            task.name: [group.name for group in flow.groups_of(task.name)] for task in flow.tasks
        }
        # From which layer to which a group goes.
        self._reach: dict[str, tuple[int, int]] = {}
        for name, groups in self._around.items():
            for group in groups:
                first, last = self._reach.get(group, (layers[name], layers[name]))
                self._reach[group] = min(first, layers[name]), max(last, layers[name])

    def of(self, spot: Spot) -> str | None:
        """The group of a task; or that of the task that a line is from, as far as it reaches."""
        if isinstance(spot, str):
            return next(iter(self._around[spot]), None)
        name, layer = spot
        groups = (group for group in self._around[name] if layer <= self._reach[group][1])
        return next(groups, None)


def _stacked(blocks: list[_Block], gap: float) -> _Block:
    """*blocks* one below the other where they share a layer, as one."""
    floor: dict[int, float] = {}
    moved: list[tuple[_Block, float]] = []
    for block in sorted(blocks, key=lambda each: (each.middle, each.first)):
        layers = range(block.first, block.last + 1)
        free = max((floor[each] for each in layers if each in floor), default=block.top - gap)
        down = max(0.0, free + gap - block.top)
        moved.append((block, down))
        floor.update(dict.fromkeys(layers, block.bottom + down))
    return _centred(moved)


def _centred(moved: list[tuple[_Block, float]]) -> _Block:
    """The blocks as one; those that have their layers for themselves stand half way down."""
    top = min((block.top + down for block, down in moved), default=0.0)
    bottom = max((block.bottom + down for block, down in moved), default=0.0)
    users = Counter(each for block, _ in moved for each in range(block.first, block.last + 1))
    moved = [
        (block, (top + bottom) / 2 - block.middle)
        if all(users[each] == 1 for each in range(block.first, block.last + 1))
        else (block, down)
        for block, down in moved
    ]
    blocks = [block for block, _ in moved]
    return _Block(
        first=min((block.first for block in blocks), default=0),
        last=max((block.last for block in blocks), default=0),
        top=top,
        bottom=bottom,
        blocks=tuple(moved),
    )


def _read(
    whole: _Block, down: float, found: dict[Spot, float], middles: Mapping[Spot, float]
) -> None:
    for spot in whole.spots:
        found[spot] = middles[spot] + down
    for block, more in whole.blocks:
        _read(block, down + more, found, middles)

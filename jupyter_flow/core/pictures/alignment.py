"""How high each spot stands, once the order in its layer is known.

Every spot wants to be level with its neighbours; those of one layer must keep their order and a
gap. The least sum of squared wishes denied is an isotonic regression, solved exactly and in linear
time by pooling. Passing lines wish harder than tasks, so long lines become straight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .untangling import Links, Spot, reverse

ROUNDS = 6
#: How much harder than a task a passing line wants to be straight.
LINE_WEIGHT = 4.0


def align(
    columns: Sequence[Sequence[Spot]],
    links: Links,
    heights: Mapping[str, float],
    *,
    box_gap: float,
    line_gap: float,
) -> dict[Spot, float]:
    """The middle of every spot, the topmost edge being 0."""
    offsets = [_offsets(column, heights, box_gap, line_gap) for column in columns]
    middles: dict[Spot, float] = {}
    for column, offset in zip(columns, offsets, strict=True):
        centre = (offset[0] + offset[-1]) / 2 if offset else 0.0
        middles.update({s: each - centre for s, each in zip(column, offset, strict=True)})
    back = reverse(links)
    both: Links = {spot: [*back[spot], *links[spot]] for spot in links}
    turns = [back, links] * (ROUNDS // 2) + [both, both]
    for turn, near in enumerate(turns):
        indices = range(len(columns))
        for index in indices if turn % 2 == 0 else reversed(indices):
            _settle(columns[index], offsets[index], near, middles)
    tops = [m - heights[s] / 2 if isinstance(s, str) else m for s, m in middles.items()]
    top = min(tops, default=0.0)
    return {spot: middle - top for spot, middle in middles.items()}


def isotonic(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing numbers that are nearest to *wishes* by weighted least squares."""
    pools: list[tuple[float, float, int]] = []
    for wish, weight in zip(wishes, weights, strict=True):
        mean, mass, members = wish, weight, 1
        while pools and pools[-1][0] > mean:
            other, other_mass, other_members = pools.pop()
            mean = (mean * mass + other * other_mass) / (mass + other_mass)
            mass, members = mass + other_mass, members + other_members
        pools.append((mean, mass, members))
    return [mean for mean, _, members in pools for _ in range(members)]


def _offsets(
    column: Sequence[Spot], heights: Mapping[str, float], box_gap: float, line_gap: float
) -> list[float]:
    """How far below the first spot's middle each must at least be."""
    offsets: list[float] = []
    for index, spot in enumerate(column):
        if index == 0:
            offsets.append(0.0)
            continue
        above = column[index - 1]
        both_tasks = isinstance(spot, str) and isinstance(above, str)
        room = (_height(above, heights) + _height(spot, heights)) / 2
        offsets.append(offsets[-1] + room + (box_gap if both_tasks else line_gap))
    return offsets


def _height(spot: Spot, heights: Mapping[str, float]) -> float:
    return heights[spot] if isinstance(spot, str) else 0.0


def _settle(
    column: Sequence[Spot], offsets: Sequence[float], near: Links, middles: dict[Spot, float]
) -> None:
    """Move the spots of one layer as near to their neighbours as order and gaps allow."""
    wishes: list[float] = []
    for spot, offset in zip(column, offsets, strict=True):
        neighbours = near[spot]
        wish = (
            sum(middles[each] for each in neighbours) / len(neighbours)
            if neighbours
            else middles[spot]
        )
        wishes.append(wish - offset)
    weights = [1.0 if isinstance(spot, str) else LINE_WEIGHT for spot in column]
    for spot, offset, level in zip(column, offsets, isotonic(wishes, weights), strict=True):
        middles[spot] = level + offset

"""In which order the spots of each layer stand, so that few lines cross.

Sweeps to and fro over the layers, each spot going where its neighbours are on average, and the
best order that was seen wins. Crossings are counted in n log n. Knows no sizes and no places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

#: A place in the drawing: a task, or (task, layer) where a long line from that task passes.
Spot = str | tuple[str, int]
#: From each spot to those right of it.
Links = dict[Spot, list[Spot]]
SWEEPS = 8


def untangle(columns: Sequence[Sequence[Spot]], links: Links) -> list[list[Spot]]:
    """*columns*, each in an order that makes few of the *links* cross."""
    back = reverse(links)
    current = [list(column) for column in columns]
    best, fewest = current, crossings(current, links)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        forth = sweep % 2 == 0
        current = _sweep(current, back if forth else links, forth=forth)
        found = crossings(current, links)
        if found < fewest:
            best, fewest = current, found
    return best


def reverse(links: Links) -> Links:
    """From each spot to those left of it."""
    back: Links = {spot: [] for spot in links}
    for spot, afters in links.items():
        for after in afters:
            back[after].append(spot)
    return back


def crossings(columns: Sequence[Sequence[Spot]], links: Links) -> int:
    """How many pairs of links cross, counted with a Fenwick tree for each layer."""
    total = 0
    for left, right in pairwise(columns):
        place = {spot: i for i, spot in enumerate(right, start=1)}
        tree, seen = [0] * (len(right) + 1), 0
        for spot in left:
            ends = [place[after] for after in links[spot] if after in place]
            total += sum(seen - _sum_to(tree, end) for end in ends)
            for end in ends:
                _count_at(tree, end)
            seen += len(ends)
    return total


def _sweep(columns: Sequence[Sequence[Spot]], near: Links, *, forth: bool) -> list[list[Spot]]:
    """Each layer, in turn, sorted by where the neighbours in the layer before it stand."""
    after = [list(column) for column in columns]
    place = {spot: i / max(1, len(column)) for column in after for i, spot in enumerate(column)}
    for column in after if forth else reversed(after):
        wanted = {spot: _mean(place, near[spot], place[spot]) for spot in column}
        column.sort(key=wanted.__getitem__)
        place.update({spot: i / len(column) for i, spot in enumerate(column)})
    return after


def _mean(place: Mapping[Spot, float], spots: Sequence[Spot], otherwise: float) -> float:
    return sum(place[spot] for spot in spots) / len(spots) if spots else otherwise


def _sum_to(tree: Sequence[int], end: int) -> int:
    total = 0
    while end > 0:
        total += tree[end]
        end -= end & -end
    return total


def _count_at(tree: list[int], end: int) -> None:
    while end < len(tree):
        tree[end] += 1
        end += end & -end

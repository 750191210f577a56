"""Where the tasks of a flow stand in a picture, and which way its lines go.

A layered drawing, from left to right: a task stands right of everything it needs, lines cross
seldom, and long lines have room of their own between the boxes. Names and sizes in, coordinates
out; it knows no text, colour or format. The same graph always gives the same drawing.

The method is Sugiyama's: put tasks into layers and thread long lines through them (here), order
each layer so that few lines cross (`.untangling`), and move each spot level
with its neighbours (`.alignment`). All is linear in boxes and lines, but for
sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jupyter_flow.core.graph import Graph

from .alignment import align
from .untangling import Links, Spot, untangle

#: Beyond this many passing places long lines go straight, so that no graph costs too much.
MOST_PASSES = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much room a task needs."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where a task stands: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Half way down, where lines meet the box."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Line:
    """The way from one task to another: points from left to right, in pairs (x, y)."""

    upstream: str
    downstream: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Spacing:
    """The gaps: between layers, between boxes, and between lines that pass."""

    layer: float = 44
    box: float = 14
    line: float = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A drawing: boxes by task name, lines, the layers in order, and the room they all take."""

    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    layers: tuple[tuple[Spot, ...], ...]
    width: float
    height: float


#: Moves spots up and down: the layer and the middle of each in, other middles out.
Arrange = Callable[[Mapping[Spot, int], Mapping[Spot, float]], dict[Spot, float]]


def lay_out(
    graph: Graph,
    sizes: Mapping[str, Size],
    *,
    spacing: Spacing | None = None,
    arrange: Arrange | None = None,
) -> Layout:
    """Draw *graph*; *sizes* has the size of every task. *arrange* has the last word on heights."""
    gaps = spacing or Spacing()
    layer_of = _layers(graph)
    columns, links = _thread(graph, layer_of)
    columns = untangle(columns, links)
    heights = {name: size.height for name, size in sizes.items()}
    middles = align(columns, links, heights, box_gap=gaps.box, line_gap=gaps.line)
    if arrange is not None:
        layers = {spot: index for index, column in enumerate(columns) for spot in column}
        middles = arrange(layers, middles)
    edges = _edges(columns, sizes, gaps.layer)
    boxes = {
        name: Box(
            edges[layer][0],
            middles[name] - sizes[name].height / 2,
            edges[layer][1] - edges[layer][0],
            sizes[name].height,
        )
        for name, layer in layer_of.items()
    }
    return Layout(
        boxes=boxes,
        lines=tuple(_lines(graph, layer_of, (boxes, middles), edges)),
        layers=tuple(tuple(column) for column in columns),
        width=edges[-1][1] if edges else 0.0,
        height=max((box.y + box.height for box in boxes.values()), default=0.0),
    )


def _edges(
    columns: Sequence[Sequence[Spot]], sizes: Mapping[str, Size], gap: float
) -> list[tuple[float, float]]:
    """Where each layer begins and ends, from left to right. It is as wide as its widest task."""
    edges: list[tuple[float, float]] = []
    left = 0.0
    for column in columns:
        width = max((sizes[spot].width for spot in column if isinstance(spot, str)), default=0.0)
        edges.append((left, left + width))
        left += width + gap
    return edges


def _layers(graph: Graph) -> dict[str, int]:
    """Longest path from a root; then whatever is nearer to its downstream moves next to it."""
    layer = dict(graph.depth)
    for name in reversed(graph.order):
        downs = graph.downstream[name]
        if downs and len(downs) > len(graph.upstream[name]):
            layer[name] = min(layer[down] for down in downs) - 1
    return layer


def _thread(graph: Graph, layer_of: Mapping[str, int]) -> tuple[list[list[Spot]], Links]:
    """The spots of each layer and their links to the right.

    Long lines of one task share their way until they part, so they cost a spot a layer, once.
    """
    columns: list[list[Spot]] = [[] for _ in range(max(layer_of.values(), default=-1) + 1)]
    links: Links = {}
    for name in graph.order:
        columns[layer_of[name]].append(name)
        links[name] = []
    passes = 0
    for name in graph.order:
        for down in sorted(graph.downstream[name], key=lambda each: layer_of[each]):
            here: Spot = name
            reach = range(layer_of[name] + 1, layer_of[down])
            if passes + len(reach) <= MOST_PASSES:
                for layer in reach:
                    spot = (name, layer)
                    if spot not in links:
                        links[spot] = []
                        columns[layer].append(spot)
                        links[here].append(spot)
                        passes += 1
                    here = spot
            links[here].append(down)
    return columns, links


def _lines(
    graph: Graph,
    layer_of: Mapping[str, int],
    layout: tuple[Mapping[str, Box], Mapping[Spot, float]],
    edges: Sequence[tuple[float, float]],
) -> Iterator[Line]:
    """The way of every line: out of its task, level past each layer between, into the other."""
    boxes, middles = layout
    for name in graph.order:
        for down in graph.downstream[name]:
            start, end = boxes[name], boxes[down]
            points = [(start.x + start.width, start.middle)]
            for layer in range(layer_of[name] + 1, layer_of[down]):
                middle = middles.get((name, layer))
                if middle is not None:
                    points += [(edges[layer][0], middle), (edges[layer][1], middle)]
            points.append((end.x, end.middle))
            yield Line(upstream=name, downstream=down, points=tuple(points))

"""The drawing of a graph: what stands where, and what never overlaps."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.graph import Graph
from jupyter_flow.core.pictures.alignment import isotonic
from jupyter_flow.core.pictures.layout import Layout, Size, lay_out
from jupyter_flow.core.pictures.untangling import crossings, untangle


def drawn(edges: str, tasks: str = "") -> Layout:
    pairs = [tuple(edge.split(">")) for edge in edges.split()]
    names = dict.fromkeys([*tasks.split(), *(name for pair in pairs for name in pair)])
    graph = Graph.of(names, pairs)
    return lay_out(graph, {name: Size(80, 30) for name in names})


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(1, 14))
    names = [f"t{i}" for i in range(size)]
    possible = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    edges = draw(st.lists(st.sampled_from(possible), max_size=30)) if possible else []
    return Graph.of(names, edges)


@given(graphs(), st.data())
@settings(max_examples=80, deadline=None)
def test_no_two_boxes_overlap_and_all_lie_on_the_sheet(graph: Graph, data: st.DataObject) -> None:
    side = st.integers(10, 90)
    sizes = {name: Size(data.draw(side), data.draw(side)) for name in graph.order}
    layout = lay_out(graph, sizes)
    boxes = list(layout.boxes.values())

    assert set(layout.boxes) == set(graph.order)
    for i, one in enumerate(boxes):
        assert -1e-6 <= one.x <= one.x + one.width <= layout.width + 1e-6
        assert -1e-6 <= one.y <= one.y + one.height <= layout.height + 1e-6
        for other in boxes[i + 1 :]:
            apart = (
                one.x + one.width <= other.x + 1e-6
                or other.x + other.width <= one.x + 1e-6
                or one.y + one.height <= other.y + 1e-6
                or other.y + other.height <= one.y + 1e-6
            )
            assert apart


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_every_line_goes_from_left_to_right_and_through_no_other_box(graph: Graph) -> None:
    layout = lay_out(graph, {name: Size(60, 30) for name in graph.order})

    assert {(line.upstream, line.downstream) for line in layout.lines} == {
        (up, down) for up in graph.order for down in graph.downstream[up]
    }
    for line in layout.lines:
        xs = [x for x, _ in line.points]
        assert xs == sorted(xs)
        levels = zip(line.points[1:-1:2], line.points[2::2], strict=False)
        for (left, level), (right, _) in levels:
            for box in layout.boxes.values():
                beside = box.x + box.width <= left + 1e-6 or box.x >= right - 1e-6
                assert beside or not box.y < level < box.y + box.height


@given(graphs())
@settings(max_examples=30, deadline=None)
def test_the_same_graph_is_drawn_the_same(graph: Graph) -> None:
    sizes = {name: Size(60, 30) for name in graph.order}

    assert lay_out(graph, sizes) == lay_out(graph, sizes)


def test_a_chain_is_level() -> None:
    layout = drawn("a>b b>c c>d")

    assert len({box.middle for box in layout.boxes.values()}) == 1


def test_a_task_stands_in_the_middle_of_what_it_needs() -> None:
    layout = drawn("a>d b>d c>d")

    assert layout.boxes["d"].middle == pytest.approx(layout.boxes["b"].middle)


def test_a_root_that_is_needed_late_stands_late() -> None:
    layout = drawn("a>b b>c c>d late>d")

    assert layout.boxes["late"].x == layout.boxes["c"].x


def test_lines_that_can_be_untangled_do_not_cross() -> None:
    columns = [["a", "b", "c"], ["x", "y", "z"]]
    links = {"a": ["z"], "b": ["y"], "c": ["x"], "x": [], "y": [], "z": []}
    assert crossings(columns, links) == 3

    assert crossings(untangle(columns, links), links) == 0


def test_no_task_makes_an_empty_drawing() -> None:
    assert drawn("") == Layout(boxes={}, lines=(), layers=(), width=0, height=0)


@given(st.lists(st.floats(-100, 100), max_size=20))
def test_isotonic_numbers_never_fall_and_keep_their_sum(wishes: list[float]) -> None:
    found = isotonic(wishes, [1.0] * len(wishes))

    assert found == sorted(found)
    assert sum(found) == pytest.approx(sum(wishes), abs=1e-6)


def test_a_thousand_tasks_with_long_lines_are_laid_out_in_a_moment() -> None:
    names = [f"t{i}" for i in range(1000)]
    edges = [(names[i], names[i + 1]) for i in range(999)] + [(n, names[-1]) for n in names[:998]]
    graph = Graph.of(names, edges)
    began = time.perf_counter()
    layout = lay_out(graph, {name: Size(80, 30) for name in names})

    assert len(layout.lines) == 999 + 998
    assert time.perf_counter() - began < 10

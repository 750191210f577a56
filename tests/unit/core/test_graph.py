"""The order of tasks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.graph import Graph, find_loops

DIAMOND = Graph.of("abcd", [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])


def test_among_equals_tasks_stand_as_the_flow_names_them() -> None:
    graph = Graph.of(["z", "y", "x"], [("x", "z")])

    assert graph.order == ("y", "x", "z")


def test_neighbours_heights_and_depths() -> None:
    assert DIAMOND.upstream["d"] == ("b", "c")
    assert DIAMOND.downstream["a"] == ("b", "c")
    assert DIAMOND.height == {"a": 3, "b": 2, "c": 2, "d": 1}
    assert DIAMOND.depth == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert (DIAMOND.roots, DIAMOND.leaves) == (("a",), ("d",))


def test_below_and_above_include_where_they_start() -> None:
    assert DIAMOND.below(["b"]) == {"b", "d"}
    assert DIAMOND.above(["b", "c"]) == {"a", "b", "c"}
    assert DIAMOND.below([]) == frozenset()


def test_a_loop_is_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        Graph.of("ab", [("a", "b"), ("b", "a")])


@pytest.mark.parametrize(
    ("edges", "loops"),
    [
        ([("a", "b")], []),
        ([("a", "a")], [("a",)]),
        ([("b", "a"), ("a", "b")], [("a", "b")]),
        ([("c", "a"), ("a", "b"), ("b", "c"), ("b", "a")], [("a", "b")]),  # the shortest
        ([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")], [("a", "b"), ("c", "d")]),
    ],
)
def test_loops_are_found_and_told_from_their_first_task(
    edges: list[tuple[str, str]], loops: list[tuple[str, ...]]
) -> None:
    assert find_loops("abcd", edges) == loops


@given(
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1]))
)
def test_every_task_stands_after_what_it_needs(edges: set[tuple[int, int]]) -> None:
    graph = Graph.of(map(str, range(10)), [(str(up), str(down)) for up, down in edges])

    place = {name: index for index, name in enumerate(graph.order)}
    assert len(place) == 10
    assert all(place[str(up)] < place[str(down)] for up, down in edges)
    assert all(graph.depth[str(up)] < graph.depth[str(down)] for up, down in edges)


def test_a_chain_of_ten_thousand_needs_no_recursion() -> None:
    names = [str(index) for index in range(10_000)]
    graph = Graph.of(names, pairwise(names))

    assert graph.height["0"] == 10_000
    assert len(graph.below(["0"])) == 10_000

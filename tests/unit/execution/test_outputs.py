"""Outputs as they arrive: merged, collapsed, bounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output

from jupyter_flow.execution.outputs import Bounds, CellOutputs, Room, collapse


def outputs_of(*texts: tuple[str, str], bounds: Bounds | None = None) -> list[Any]:
    made: list[Any] = []
    cell = CellOutputs(made, Room(bounds or Bounds()))
    for name, text in texts:
        cell.stream(name, text)
    cell.settle()
    return made


def test_adjacent_text_of_one_stream_is_one_output() -> None:
    made = outputs_of(("stdout", "a"), ("stdout", "b\n"), ("stderr", "c"), ("stdout", "d"))
    assert [(each.name, each.text) for each in made] == [
        ("stdout", "ab\n"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\rb\n", "b\n"),
        ("10%\r20%\r30%", "30%"),
        ("a\r\nb\r\n", "a\r\nb\r\n"),
        ("x\nab\rc\nd", "x\nc\nd"),
        ("abc\x08\x08d", "ad"),
        ("end\r", "end\r"),
    ],
)
def test_what_a_carriage_return_overwrote_is_gone(text: str, left: str) -> None:
    assert collapse(text) == left
    assert outputs_of(("stdout", text))[0].text == left


@given(st.lists(st.text("ab\r\n", max_size=6), max_size=12))
def test_how_text_is_cut_into_messages_does_not_matter(parts: list[str]) -> None:
    whole = "".join(parts)
    made = outputs_of(*(("stdout", part) for part in parts))
    assert "".join(each.text for each in made).rstrip("\r") == collapse(whole).rstrip("\r")


@given(st.lists(st.text(max_size=50), max_size=50), st.integers(0, 200), st.integers(1, 100))
def test_a_flood_never_takes_more_than_its_bounds(parts: list[str], cell: int, tail: int) -> None:
    bounds = Bounds(cell=cell, notebook=cell, tail=tail)
    made = outputs_of(*(("stdout", part) for part in parts), bounds=bounds)
    assert sum(len(each.text) for each in made) <= cell + tail + 60


def test_the_end_of_a_flood_is_kept_and_a_note_says_how_much_is_missing() -> None:
    lines = [("stdout", f"{n}\n") for n in range(10_000)]
    head, flood = outputs_of(*lines, bounds=Bounds(cell=100, notebook=10**6, tail=50))
    assert head.text.startswith("0\n1\n")
    assert flood.text.endswith("\n9998\n9999\n")
    assert "[… 48.7 kB of output left out …]" in flood.text


def test_the_notebooks_bound_holds_over_all_cells() -> None:
    room = Room(Bounds(cell=1000, notebook=1500, tail=10))
    cells: list[list[Any]] = [[], [], []]
    for outputs in cells:
        cell = CellOutputs(outputs, room)
        cell.stream("stdout", "x" * 900)
        cell.settle()
    assert [len(outputs[0].text) for outputs in cells[:2]] == [900, 600]
    assert room.left == 0


def test_a_display_that_is_too_big_leaves_a_note() -> None:
    made: list[Any] = []
    cell = CellOutputs(made, Room(Bounds(cell=100)))
    cell.add(new_output("display_data", {"image/png": "x" * 5000}))
    assert made[0].text == "[an output was left out: image/png, 5.0 kB]\n"


def test_an_error_is_always_kept() -> None:
    made: list[Any] = []
    cell = CellOutputs(made, Room(Bounds(cell=0, notebook=0)))
    cell.add(new_output("error", ename="E", evalue="v", traceback=["t" * 100]))
    assert made[0].ename == "E"


def test_clearing_gives_the_room_back() -> None:
    made: list[Any] = []
    room = Room(Bounds(cell=100, notebook=100))
    cell = CellOutputs(made, room)
    for n in range(50):
        cell.clear(wait=True)
        cell.stream("stdout", f"{n}" + "x" * 60)
    cell.settle()
    assert [each.text for each in made] == ["49" + "x" * 60]

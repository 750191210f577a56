"""A log is read to its end, also while it grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.app.logs import lines_of, part_of


def test_all_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_text("one\ntwo\nwithout an end", encoding="utf-8")

    assert list(lines_of(path, lambda: True)) == ["one", "two", "without an end"]


def test_a_log_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert list(lines_of(tmp_path / "1.log", lambda: True)) == []


def test_what_is_written_while_it_is_followed_is_read_to_the_last_byte(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_text("one\nhal", encoding="utf-8")
    asked = iter([("f\nthrée\n", False), ("four", True)])

    def is_over() -> bool:
        more, over = next(asked)
        with path.open("a", encoding="utf-8") as file:
            file.write(more)
        return over

    assert list(lines_of(path, is_over)) == ["one", "half", "thrée", "four"]


@pytest.mark.parametrize("limit", [4, 5, 7, 100])
def test_parts_of_a_log_make_up_the_whole_and_cut_no_character(tmp_path: Path, limit: int) -> None:
    text = "aé€😀b\n" * 5
    path = tmp_path / "1.log"
    path.write_text(text, encoding="utf-8")
    parts, place, size = [], 0, -1
    while place != size:
        part, place, size = part_of(path, place, limit, is_over=False)
        parts.append(part)

    assert "".join(parts) == text


def test_a_character_that_is_not_whole_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(b"a" + "€".encode()[:2])

    assert part_of(path, 0, 100, is_over=False) == ("a", 1, 3)
    assert part_of(path, 1, 100, is_over=False) == ("", 1, 3)
    assert part_of(path, 0, 100, is_over=True) == ("a\N{REPLACEMENT CHARACTER}", 3, 3)
    assert part_of(path, 99, 100, is_over=True) == ("", 3, 3)
    assert part_of(tmp_path / "none.log", 5, 100, is_over=True) == ("", 0, 0)


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(b"\x80\x80\x80\x80\x80ok\xff\n")

    text, place, size = part_of(path, 0, 100, is_over=False)

    assert "ok" in text
    assert place == size

"""A log is read to its end, also while it grows."""

from __future__ import annotations

from pathlib import Path

from jupyter_flow.app.logs import lines_of


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

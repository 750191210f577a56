"""A file is the old one or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.whole import is_draft, whole, write_whole


def test_a_file_appears_when_it_is_whole_with_the_folders_above(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "sales.parquet"
    with whole(path) as draft:
        draft.write_bytes(b"half, ")
        assert not path.exists()
        assert is_draft(str(draft))
        assert draft.suffix == ".parquet", "writers go by it"
        with draft.open("ab") as file:
            file.write(b"and the rest")

    assert path.read_bytes() == b"half, and the rest"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("old", [None, b"old"])
def test_an_error_changes_nothing(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "a.txt"
    if old is not None:
        write_whole(path, old)

    def write() -> None:
        with whole(path) as draft:
            draft.write_bytes(b"new")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write()

    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([] if old is None else [old])


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".txt")
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("name", ["a.txt", "unfinished-1", "runs/.unfinished-1/a.txt", ""])
def test_other_files_are_no_drafts(name: str) -> None:
    assert not is_draft(name)

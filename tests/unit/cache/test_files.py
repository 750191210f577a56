"""Digests of files: read once while they look the same, and told by their names."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from jupyter_flow.cache.files import MISSING, Digests

LONG_AGO = 1_700_000_000


def write(path: Path, text: str, *, at: int = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_that_changed_has_another_digest(tmp_path: Path) -> None:
    digests, path = Digests(), write(tmp_path / "a.csv", "one")

    assert digests.of_file(path) == sha256("one")
    assert digests.of_file(write(path, "two", at=LONG_AGO + 1)) == sha256("two")


def test_a_file_that_was_written_just_now_is_read_again(tmp_path: Path) -> None:
    digests, path = Digests(), tmp_path / "a.csv"
    path.write_text("one")
    about = path.stat()
    assert digests.of_file(path) == sha256("one")
    path.write_text("two")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

    assert digests.of_file(path) == sha256("two")


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    assert Digests().of_file(tmp_path / "no.csv") == MISSING
    assert Digests().of_inputs(["no.csv", "no/*.csv"], tmp_path) == {
        "no.csv": MISSING,
        "no/*.csv": MISSING,
    }


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a.csv", ["a.csv"]),
        ("*.csv", ["a.csv"]),
        ("**/*.csv", ["a.csv", "in/b.csv", "in/deep/c.csv"]),
        ("in", ["in/b.csv", "in/deep/c.csv", "in/x.txt"]),
        ("in/*", ["in/b.csv", "in/x.txt"]),
        ("./in/[ab].csv", ["in/b.csv"]),
    ],
)
def test_patterns_and_folders_mean_files(tmp_path: Path, pattern: str, found: list[str]) -> None:
    for name in ("a.csv", "in/b.csv", "in/deep/c.csv", "in/x.txt"):
        write(tmp_path / name, name)

    assert sorted(Digests().of_inputs([pattern], tmp_path)) == found


def test_patterns_mean_the_same_whatever_the_folder_is_called(tmp_path: Path) -> None:
    write(tmp_path / "sales [2026]" / "a.csv", "one")

    assert list(Digests().of_inputs(["*.csv"], tmp_path / "sales [2026]")) == ["a.csv"]


def test_a_file_elsewhere_goes_by_its_whole_path(tmp_path: Path) -> None:
    path = write(tmp_path / "there" / "a.csv", "a")

    assert Digests().of_inputs([str(path)], tmp_path / "here") == {path.as_posix(): sha256("a")}

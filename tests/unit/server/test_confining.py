"""Names lead nowhere but below the root, and to nothing hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.core.errors import NotFoundError
from jupyter_flow.server.confining import Root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for place in (root / "sub" / ".hidden", root / ".git", tmp_path / "outside"):
        place.mkdir(parents=True)
    (root / "within").symlink_to(root / "sub")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "veiled").symlink_to(root / ".git")
    (root / "loop").symlink_to(root / "loop")
    return root


@pytest.mark.parametrize(
    "text", ["a.ipynb", "sub/a.ipynb", "sub//a.ipynb", "./a.ipynb", "within/a", "é 1.ipynb", "a..b"]
)
def test_what_is_below_the_root_can_be_named(folder: Path, text: str) -> None:
    assert Root(folder).path(text) == folder / text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "../root/a",
        "sub/../a",
        "sub/../../outside/a",
        "/etc/passwd",
        "//host/share",
        "C:a",
        "C:/a",
        "C:\\a",
        "\\\\host\\share",
        "sub\\a",
        "out/a",
        "out",
        "loop/a",
        ".git/config",
        "sub/.hidden/a",
        ".a.ipynb",
        "veiled/config",
        "a\0b",
        "a\nb",
    ],
)
def test_nothing_else_can(folder: Path, text: str) -> None:
    with pytest.raises(NotFoundError):
        Root(folder).path(text)


def test_hidden_files_can_be_named_where_the_server_shows_them(folder: Path) -> None:
    root = Root(folder, allow_hidden=True)

    assert root.path("sub/.hidden/a") == folder / "sub/.hidden/a"
    with pytest.raises(NotFoundError):
        root.path("out/a")


def test_the_root_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(folder)

    assert Root(tmp_path / "linked").path("a.ipynb") == folder / "a.ipynb"

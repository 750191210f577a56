"""What changes on disk is told."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_flow.execution.forked.changes import Changes, fingerprint

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "site" / "package"
    folder.mkdir(parents=True)
    (folder / "module.py").write_text("x = 1")
    (folder / "other.txt").write_text("")
    return folder


@pytest.fixture
def changes(package: Path) -> Iterator[Changes]:
    module = str(package / "module.py")
    then = fingerprint(module)
    assert then is not None
    made = Changes({module: then}, [str(package.parent)])
    yield made
    made.close()


def told(changes: Changes) -> bool:
    """Whether a change is told, once the system has had time to tell one."""
    select.select([changes.fd], [], [], 0.2)
    return changes.look()


@pytest.mark.parametrize("how", ["written", "replaced", "deleted", "touched"])
def test_a_file_that_changes_is_told(package: Path, changes: Changes, how: str) -> None:
    module = package / "module.py"
    if how == "written":
        module.write_text("x = 2")
    elif how == "replaced":
        (package / "new").write_text("x = 3")
        (package / "new").replace(module)
    elif how == "deleted":
        module.unlink()
    else:
        os.utime(module)
    assert told(changes)


def test_a_package_that_comes_is_told(package: Path, changes: Changes) -> None:
    (package.parent / "more-1.0.dist-info").mkdir()
    assert told(changes)


def test_what_nobody_has_loaded_may_change(package: Path, changes: Changes) -> None:
    (package / "other.txt").write_text("more")
    (package / "__pycache__").mkdir()
    (package.parent / "__pycache__").mkdir()
    (package / "module.py").read_text()
    assert not told(changes)


def test_a_change_before_it_was_watched_is_told(package: Path) -> None:
    changes = Changes({str(package / "module.py"): (0, 0)}, [])
    assert changes.look()
    changes.close()

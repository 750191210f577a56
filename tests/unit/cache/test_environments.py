"""What is installed for a kernel, seen without starting it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jupyter_flow.cache.environments import editable_folders, installed


@dataclass
class Spec:
    argv: tuple[str, ...]
    language: str = "python"
    name: str = "k"


def test_this_python_has_what_can_be_imported_here() -> None:
    found = installed(Spec((sys.executable, "-m", "ipykernel_launcher")))

    assert found[0] == f"Python {sys.version}"
    assert f"numpy {version('numpy')}" in found
    assert found == installed(Spec(("python",)))


def test_another_python_has_what_its_own_folders_hold(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    for name in ("pandas-2.2.0.dist-info", "old_one-1.0.egg-info", "pandas"):
        (site / name).mkdir(parents=True)
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text("#!")

    found = installed(Spec((str(program),)))
    assert found[1:] == ("old_one 1.0", "pandas 2.2.0")
    (site / "pandas-2.2.0.dist-info").rename(site / "pandas-2.3.0.dist-info")
    assert "pandas 2.3.0" in installed(Spec((str(program),)))


def test_of_another_language_its_program_counts(tmp_path: Path) -> None:
    program = tmp_path / "julia"
    program.write_text("1")
    before = installed(Spec((str(program),), language="julia"))
    program.write_text("22")

    assert installed(Spec((str(program),), language="julia")) != before
    assert installed(Spec(("no-such-program",), language="x")) == ("no-such-program",)


def test_an_upgraded_package_of_r_is_seen(tmp_path: Path) -> None:
    program = tmp_path / "R" / "bin" / "R"
    program.parent.mkdir(parents=True)
    program.write_text("#!")
    package = tmp_path / "R" / "library" / "dplyr"
    package.mkdir(parents=True)
    before = installed(Spec((str(program),), language="R"))
    package.rmdir()
    (package / "new").mkdir(parents=True)

    assert any(line.startswith("dplyr of ") for line in before)
    assert installed(Spec((str(program),), language="R")) != before


def test_folders_that_are_installed_for_editing_are_found(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (site / "one.pth").write_text(f"{tmp_path / 'one'}\nimport x\n/no/such/folder\n")
    mapping = {"pkg": str(tmp_path / "two" / "pkg")}
    finder = f"import sys\nMAPPING: dict[str, str] = {mapping!r}\nNAMESPACES = {{}}\n"
    (site / "__editable___pkg_1_finder.py").write_text(finder)

    found = editable_folders(Spec((str(tmp_path / "bin" / "python"),)))
    assert set(found) == {tmp_path / "one", tmp_path / "two"}

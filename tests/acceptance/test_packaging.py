"""What is built is what users get: a wheel with everything in it and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from email.parser import Parser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SOURCES = ("CHANGELOG.md", "LICENSE", "README.md", "package.json", "pyproject.toml")


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive made from a clean tree, and the wheel made from that."""
    tree, dist = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for name in SOURCES:
        shutil.copy(repository / name, tree)
    hidden = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(repository / "jupyter_flow", tree / "jupyter_flow", ignore=hidden)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, tree)
    return dist


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed into it, without what it depends on."""
    target = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--no-index", "--no-deps", "--target", target, wheel)
    return target


def run(*command: object) -> None:
    answer = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_source_archive_can_tell_its_version(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}

    assert {"package.json", "pyproject.toml", "README.md", "LICENSE"} <= names


def test_every_file_of_the_package_is_in_the_wheel(repository: Path, installed: Path) -> None:
    package = repository / "jupyter_flow"
    wanted = {
        path.relative_to(package)
        for path in package.rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".ipynb", ".typed", ".mako", ".ini", ".json", ".css", ".js"}
        and not any(
            part.startswith((".", "__pycache__")) for part in path.relative_to(package).parts
        )
    }
    there = {
        path.relative_to(installed / "jupyter_flow")
        for path in installed.rglob("*")
        if path.is_relative_to(installed / "jupyter_flow")
    }

    assert not wanted - there


@pytest.mark.parametrize(
    "pattern",
    ["py.typed", "execution/kinds/*.ipynb", "store/migrations/**/*.py"],
)
def test_what_is_no_python_module_comes_along(installed: Path, pattern: str) -> None:
    assert list((installed / "jupyter_flow").glob(pattern))


def test_the_wheel_brings_only_the_package(installed: Path) -> None:
    top = {path.name for path in installed.iterdir()} - {"bin"}

    assert {name for name in top if not name.endswith(".dist-info")} == {"jupyter_flow"}


def test_the_metadata_name_the_command_the_engine_and_the_version(
    repository: Path, installed: Path
) -> None:
    (folder,) = installed.glob("*.dist-info")
    points = (folder / "entry_points.txt").read_text(encoding="utf-8")
    facts = Parser().parsestr((folder / "METADATA").read_text(encoding="utf-8"))
    manifest = json.loads((repository / "package.json").read_text(encoding="utf-8"))

    assert "jupyter-flow = jupyter_flow.cli:main" in points
    assert "[papermill.engine]" in points
    assert facts["Name"] == "jupyterlab-flow"
    assert facts["Version"] == manifest["version"]
    assert facts["License-Expression"] == "BSD-3-Clause"
    assert list(folder.rglob("LICENSE"))

"""What is built is what users get: a wheel with everything in it and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

FILES = (".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "package.json", "pyproject.toml")
FOLDERS = ("jupyter_flow", "jupyter-config", "labextension")
#: What the build makes: not in a clean tree.
OUTPUTS = ("jupyter_flow/labextension", "jupyter_flow/panel/static", "labextension/lib")


@pytest.fixture(scope="module")
def tree(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, as they are after a clone."""
    tree = tmp_path_factory.mktemp("tree")
    for name in FILES:
        shutil.copy(repository / name, tree)
    hidden = shutil.ignore_patterns("__pycache__", ".*", "*.tsbuildinfo")
    for name in FOLDERS:
        shutil.copytree(repository / name, tree / name, ignore=hidden)
    for name in OUTPUTS:
        shutil.rmtree(tree / name, ignore_errors=True)
    return tree


@pytest.fixture(scope="module")
def without_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who has no Node.js."""
    return os.environ | {"PATH": str(tmp_path_factory.mktemp("bin"))}


@pytest.fixture(scope="module")
def built(
    repository: Path,
    tree: Path,
    without_node: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with the source archive made from a clean tree, and the wheel made from that."""
    npm = shutil.which("npm")
    if npm is None or not (repository / "node_modules").exists():
        pytest.skip("needs Node.js, and what npm install brings")
    complete = tmp_path_factory.mktemp("built") / "tree"
    shutil.copytree(tree, complete)
    (complete / "node_modules").symlink_to(repository / "node_modules")
    run(npm, "run", "build:prod", cwd=complete)
    (complete / "node_modules").unlink()
    dist = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, complete)
    run(*build, env=without_node)
    return dist


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed into it, without what it depends on."""
    target = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--no-index", "--no-deps", "--target", target, wheel)
    return target


def run(*command: object, **options: Any) -> str:
    """What *command* says, on both channels, when all went well."""
    answer = ask(*command, **options)
    assert answer.returncode == 0, answer.stdout
    return answer.stdout


def ask(*command: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )


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
        and package / "labextension" not in path.parents
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
    [
        "py.typed",
        "execution/kinds/*.ipynb",
        "panel/static/panel.css",
        "panel/static/panel.js",
        "store/migrations/**/*.py",
        "wire/schemas/*.json",
    ],
)
def test_what_is_no_python_module_comes_along(installed: Path, pattern: str) -> None:
    assert list((installed / "jupyter_flow").glob(pattern))


def test_the_wheel_brings_only_the_package(installed: Path) -> None:
    top = {path.name for path in installed.iterdir()} - {"bin", "etc", "share"}
    shared = {
        path.relative_to(installed).as_posix()
        for folder in ("etc", "share")
        for path in (installed / folder).rglob("*")
        if path.is_file() and "labextensions/jupyter-flow/" not in path.as_posix()
    }

    assert {name for name in top if not name.endswith(".dist-info")} == {"jupyter_flow"}
    assert shared == {"etc/jupyter/jupyter_server_config.d/jupyter_flow.json"}


def test_the_front_end_is_there_once_and_without_what_only_its_makers_need(
    installed: Path,
) -> None:
    extension = installed / "share" / "jupyter" / "labextensions" / "jupyter-flow"
    names = {path.relative_to(extension).as_posix() for path in extension.rglob("*")}

    assert {"package.json", "install.json", "schemas/jupyter-flow/plugin.json"} <= names
    assert not [name for name in names if name.endswith(".map")]
    assert not (installed / "jupyter_flow" / "labextension").exists()


@pytest.fixture(scope="module")
def jupyter_environment(
    installed: Path, without_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """An environment in which Jupyter finds what is installed, before all else; no Node.js."""
    home = tmp_path_factory.mktemp("home") / "jupyter"
    # Jupyter Server lists what is in folders that it knows: the person's own is one of them.
    shutil.copytree(installed / "etc" / "jupyter", home)
    return without_node | {
        "PYTHONPATH": str(installed),
        "JUPYTER_PATH": str(installed / "share" / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTER_DATA_DIR": str(home),
    }


def test_jupyterlab_finds_the_front_end_without_node(
    installed: Path, jupyter_environment: dict[str, str]
) -> None:
    command = (sys.executable, "-m", "jupyterlab.labextensions", "list")
    said = plain(run(*command, env=jupyter_environment))

    _, _, here = said.partition(str(installed / "share" / "jupyter" / "labextensions"))
    assert re.search(r"jupyter-flow v\S+ enabled OK \(python, jupyterlab-flow\)", here), said


def test_jupyter_server_finds_its_extension_without_node(
    jupyter_environment: dict[str, str],
) -> None:
    command = (sys.executable, "-m", "jupyter_server.extension.serverextension", "list")
    said = plain(run(*command, env=jupyter_environment))

    _, _, here = said.partition(jupyter_environment["JUPYTER_CONFIG_DIR"])
    assert re.match(r"\s+jupyter_flow enabled\s+- Validating.*\s+jupyter_flow \S+ OK", here), said


def plain(text: str) -> str:
    """*text* without colours."""
    return re.sub(r"\x1b\[\d*m", "", text)


def test_a_wheel_is_not_made_without_the_front_end(
    tree: Path, without_node: dict[str, str], tmp_path: Path
) -> None:
    command = f"from hatchling.build import build_wheel; build_wheel(r'{tmp_path}')"
    answer = ask(sys.executable, "-c", command, cwd=tree, env=without_node)

    assert answer.returncode != 0
    assert "needs Node.js 20 or newer with npm" in answer.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("how", ["no Node.js", "not wanted"])
def test_an_editable_install_needs_no_front_end(
    tree: Path, without_node: dict[str, str], tmp_path: Path, how: str
) -> None:
    unwanted = os.environ | {"HATCH_JUPYTER_BUILDER_SKIP_NPM": "1"}
    environment = without_node if how == "no Node.js" else unwanted
    command = f"from hatchling.build import build_editable; build_editable(r'{tmp_path}')"
    said = run(sys.executable, "-c", command, cwd=tree, env=environment)

    assert list(tmp_path.glob("*.whl"))
    assert ("Without the front end" in said) == (how == "no Node.js")


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

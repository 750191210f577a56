"""What is written down twice says the same twice."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement


@pytest.fixture
def pyproject(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_version_has_one_home(repository: Path) -> None:
    manifest = json.loads((repository / "package.json").read_text(encoding="utf-8"))

    assert version("jupyterlab-flow") == manifest["version"], "run: pip install -e ."


def test_ci_runs_the_commands_of_the_readme(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```bash\n(.+)\n```$", readme, flags=re.MULTILINE)
    ci = (repository / ".ci" / "run").read_text(encoding="utf-8").splitlines()

    assert len(commands) == 2
    assert [line for line in ci if line in commands] == commands


def test_dependencies_leave_room_upwards(pyproject: dict[str, Any]) -> None:
    for text in pyproject["project"]["dependencies"]:
        specifiers = Requirement(text).specifier
        assert all(each.operator in (">=", "!=") for each in specifiers), text


def test_links_between_the_files_of_the_repository_lead_somewhere(repository: Path) -> None:
    pages = [*repository.glob("*.md"), repository / "labextension" / "README.md"]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]

    lost = [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert not lost

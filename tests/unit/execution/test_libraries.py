"""What a notebook imports is told from its code and from its project's files, none of it run."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from jupyter_flow.execution.forked.libraries import is_library, is_shadowed, libraries_of


def found(*cells: str, folder: Path | None = None) -> set[str]:
    made = [nbformat.v4.new_code_cell(each) for each in cells]
    return set(libraries_of(nbformat.v4.new_notebook(cells=made), folder))


def write(folder: Path, **modules: str) -> None:
    for name, source in modules.items():
        path = folder / f"{name.replace('__', '/', 1)}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)


@pytest.mark.parametrize(
    ("cell", "libraries"),
    [
        ("import numpy.linalg as la", {"numpy.linalg"}),
        ("from sklearn import svm", {"sklearn", "sklearn:svm"}),
        ("%matplotlib inline\n!pip list\nimport yaml", {"yaml"}),
        ("try:\n    import yaml\nexcept ImportError:\n    import numpy", {"yaml"}),
        ("import os, IPython, jupyter_flow, nowhere_to_be_found", set()),
        ("def later():\n    import yaml", set()),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    import yaml", {"yaml"}),
        ("from . import numpy\nfrom .yaml import x", set()),
        ("%%bash\nimport yaml", set()),
        ("import yaml (", set()),
    ],
)
def test_the_top_level_imports_of_installed_libraries(cell: str, libraries: set[str]) -> None:
    assert found(cell) == libraries


def test_only_what_is_installed_is_a_library() -> None:
    assert [each for each in ("yaml", "sklearn.svm", "os", "IPython", "") if is_library(each)] == [
        "yaml",
        "sklearn.svm",
    ]


def test_a_module_of_the_project_wants_what_it_imports(tmp_path: Path) -> None:
    write(tmp_path, helpers="import yaml\nfrom tools import deep\n")
    write(tmp_path, tools__deep="from .near import x", tools__near="import tqdm")
    (tmp_path / "tools" / "__init__.py").write_text("from . import deep\nfrom ..beyond import x")

    assert found("import helpers", folder=tmp_path) == {"yaml", "tqdm"}
    assert found("from tools import near", folder=tmp_path) == {"tqdm"}
    assert found("import helpers") == set()
    assert found("import helpers", folder=tmp_path / "elsewhere") == set()


def test_modules_that_import_each_other_are_looked_into_once(tmp_path: Path) -> None:
    write(tmp_path, one="import two, yaml", two="import one")
    assert found("import two", folder=tmp_path) == {"yaml"}


def test_the_projects_own_module_is_no_library_though_one_is_called_so(tmp_path: Path) -> None:
    write(tmp_path, yaml="import tqdm")
    (tmp_path / "numpy").mkdir()  # only a folder: what is installed comes first
    assert found("import yaml, numpy", folder=tmp_path) == {"tqdm", "numpy"}


def test_a_module_that_has_changed_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, helpers="import yaml")
    assert found("import helpers", folder=tmp_path) == {"yaml"}

    write(tmp_path, helpers="import tqdm")
    os.utime(tmp_path / "helpers.py", ns=(1, 1))

    assert found("import helpers", folder=tmp_path) == {"tqdm"}


def test_what_cannot_be_read_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe import yaml")
    write(tmp_path, broken="import yaml (", large="import yaml\n" + "#" * 2**20)
    assert found("import binary, broken, large", folder=tmp_path) == set()


def test_a_large_project_is_looked_into_only_so_far(tmp_path: Path) -> None:
    last = 1000
    for number in range(last):
        write(tmp_path, **{f"m{number}": f"import m{number + 1}"})
    write(tmp_path, **{f"m{last}": "import yaml"})
    assert found("import m0", folder=tmp_path) == set()


@pytest.mark.parametrize(
    ("there", "shadowed"),
    [
        ("pandas.py", True),
        ("pandas/__init__.py", True),
        ("pandas/data.csv", False),
        ("matplotlibrc", True),
        ("other.py", False),
    ],
)
def test_what_is_in_a_folder_may_come_before_a_library(
    tmp_path: Path, there: str, shadowed: bool
) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("")
    assert is_shadowed({"pandas", "matplotlib"}, tmp_path) is shadowed

"""Notebooks that are kept as text: read by jupytext, tagged in their header."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_flow.project import Project, documents
from jupyter_flow.project.headers import with_header_entry

PERCENT = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: P  # a comment
#     language: python
#     name: python3
# ---

# %% tags=["parameters"]
n: int = 1

# %%
# %%flow churn
a >> b
"""

MARKDOWN = """\
---
jupyter:
  kernelspec:
    display_name: P
    language: python
    name: python3
---

# Title

```python tags=["parameters"]
n: int = 1
```

```python
%%flow churn
a >> b
```
"""

MYST = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: P
  language: python
  name: python3
---

```{code-cell}
:tags: [parameters]

n: int = 1
```

```{code-cell}
%%flow churn
a >> b
```
"""

TEXTS = {"a.py": PERCENT, "b.md": MARKDOWN, "c.md": MYST}


@pytest.fixture(params=TEXTS)
def text(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.write_text(TEXTS[request.param], encoding="utf-8")
    return path


def test_a_text_is_a_notebook(text: Path) -> None:
    notebook = Project(text.parent).read(text)

    assert notebook.problems == ()
    assert notebook.kernel == "python3"
    assert [p.name for p in notebook.contract.parameters] == ["n"]


def test_flows_are_found_in_texts(text: Path) -> None:
    (flow,) = Project(text.parent).scan().flows

    assert (flow.path, flow.line, flow.body.strip()) == (text.as_posix(), "churn", "a >> b")


def test_a_text_is_tagged_and_only_its_header_changes(text: Path) -> None:
    project, before = Project(text.parent), text.read_text(encoding="utf-8")

    assert project.tag(text, name="train", description="späte Züge") == "train"

    notebook = project.read(text)
    assert (notebook.task, notebook.description) == ("train", "späte Züge")
    after = text.read_text(encoding="utf-8").splitlines()
    assert [line for line in before.splitlines() if line not in after] == []

    assert project.tag(text, name="other") == "other"
    assert project.read(text).task == "other"
    assert project.untag(text) == "other"
    assert text.read_text(encoding="utf-8") == before


def test_a_script_without_a_header_gets_one_when_it_is_tagged(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("# %%\nx = 1\n")
    project = Project(tmp_path)

    project.tag(path)

    assert project.read(path).task == "a"
    assert path.read_text().endswith("\n# %%\nx = 1\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("module.py", "FLOW = '''\n%%flow churn\na >> b\n'''\n"),
        ("README.md", "# How to\n\n```python\n%%flow churn\na >> b\n```\n"),
        ("post.md", "---\ntitle: x\n---\n```python\n%%flow churn\na >> b\n```\n"),
    ],
)
def test_modules_and_pages_are_no_notebooks(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)

    scan = Project(tmp_path).scan()

    assert (scan.flows, scan.notebooks, scan.untagged) == ((), (), ())


def test_the_twin_of_a_notebook_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PERCENT)
    (tmp_path / "a.ipynb").write_text(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", '
        '"id": "x", "metadata": {}, "outputs": [], "execution_count": null, '
        '"source": "%%flow churn\\na >> b"}]}'
    )

    assert [flow.path.rpartition("/")[2] for flow in Project(tmp_path).scan().flows] == ["a.ipynb"]


def test_without_jupytext_a_text_says_how_to_install_it(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "find_spec", lambda _: None)

    (problem,) = Project(text.parent).read(text).problems

    assert problem.code == "JF205"
    assert "pip install 'jupyterlab-flow[jupytext]'" in problem.hint


def test_a_header_keeps_its_comments_and_its_line_ends() -> None:
    text = "# ---\r\n# # mine\r\n# jupyter:\r\n#   jupytext: {}\r\n# ---\r\n# %%\r\nx\r\n"

    tagged = with_header_entry(text, "jupyter_flow", {"task": "a"}, suffix=".py")

    assert tagged == text.replace(
        "# jupyter:\r\n", '# jupyter:\r\n#   jupyter_flow: {"task": "a"}\r\n'
    )
    assert with_header_entry(tagged, "jupyter_flow", None, suffix=".py") == text


def test_an_entry_on_many_lines_is_replaced_as_a_whole() -> None:
    text = "---\njupyter:\n  jupyter_flow:\n    retries: 2\n    task: old\n  kernelspec: {}\n---\nx"

    tagged = with_header_entry(text, "jupyter_flow", {"task": "new"}, suffix=".md")

    wanted = '---\njupyter:\n  jupyter_flow: {"task": "new"}\n  kernelspec: {}\n---\nx'
    assert tagged == wanted

"""``jupyter flow export``: to the terminal, to a file, to a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_flow.cli import main
from jupyter_flow.testing.notebooks import write_notebook


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = 0
    try:
        main(["export", *arguments])
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("to", "begins"),
    [
        ("mermaid", '---\ntitle: "churn"\n'),
        ("dot", 'digraph "churn" {\n'),
        ("json", '{\n  "name": "churn",\n'),
        ("airflow", "# churn: Counts and trains\n"),
    ],
)
def test_a_text_goes_to_the_terminal(
    project: Path, capsys: pytest.CaptureFixture[str], to: str, begins: str
) -> None:
    status, out, err = said(capsys, to, "churn")

    assert (status, err) == (0, "")
    assert out.startswith(begins)


def test_a_dag_goes_into_a_folder_and_what_is_not_in_it_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = "%%flow churn --schedule @daily --cache true\nload >> train(rows=load.rows)"
    write_notebook(project / "flow.ipynb", cell)

    status, out, err = said(capsys, "airflow", "churn", "-o", "dags", "--project", "/srv/lab")

    text = (project / "dags" / "churn.py").read_text("utf-8")
    assert (status, out.strip()) == (0, "wrote dags/churn.py")
    assert "cache (all tasks): not carried; every attempt is executed" in err
    assert "# - cache (all tasks): not carried; every attempt is executed" in text.splitlines()
    assert 'PROJECT = "/srv/lab"' in text
    assert '"flow.ipynb::churn"' in text


def test_a_picture_goes_to_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "json", "churn", "-o", "sub/flow.json")

    assert (status, out.strip()) == (0, "wrote sub/flow.json")
    assert json.loads((project / "sub" / "flow.json").read_text("utf-8"))["name"] == "churn"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("flow.ipynb", None),
        ("train.ipynb", None),
        ("churn.py", "# %%\n# a notebook, kept as a text\n"),
    ],
)
def test_nothing_is_written_over_a_notebook(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None
) -> None:
    if content is not None:
        (project / name).write_text(content, "utf-8")
    before = (project / name).read_bytes()

    status, _, err = said(capsys, "airflow", "churn", "-o", name)

    assert status == 1
    assert f"JF445: {name} is a notebook, and would be written over" in err
    assert (project / name).read_bytes() == before


def test_what_was_exported_is_written_over(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "airflow", "churn", "-o", "dags")[0] == 0

    assert said(capsys, "airflow", "churn", "-o", "dags")[0] == 0


def test_what_only_airflow_asks_is_refused_elsewhere(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "mermaid", "churn", "--papermill")

    assert (status, out) == (2, "")
    assert "JF444" in err


def test_a_flow_with_mistakes_is_not_exported(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_notebook(project / "flow.ipynb", "%%flow churn\nnobody >> load")

    status, out, err = said(capsys, "airflow", "churn")

    assert (status, out) == (2, "")
    assert "JF20" in err

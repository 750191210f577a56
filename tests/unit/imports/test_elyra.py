"""Elyra's pipelines come out with the same tasks, order and environment."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.errors import ConflictError, DefinitionError, FlowError, UsageError
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Group
from jupyter_flow.core.language import format_flow, read
from jupyter_flow.imports import Import, read_elyra, write

from .pipelines import elyra_box, elyra_document, spoilt, write_elyra


def imported(folder: Path, *boxes: dict[str, Any], **said: Any) -> Import:
    return read_elyra(write_elyra(folder, elyra_document(list(boxes), **said)), folder)


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """Tasks in a random order, each after some of those that are before it in another."""
    names = [f"task{number}" for number in range(draw(st.integers(1, 7)))]
    after = [
        (name, draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else [])
        for at, name in enumerate(names)
    ]
    return draw(st.permutations(after))


@given(graphs())
def test_any_graph_survives(graph: list[tuple[str, list[str]]]) -> None:
    """Read from JSON, written as a cell and read again, the edges are those that were drawn."""
    with TemporaryDirectory() as folder:
        flow = imported(Path(folder), *(elyra_box(name, *ups) for name, ups in graph)).flow
        again = read(format_flow(flow)).flow

    assert again is not None
    assert set(again.edges) == {(up, name) for name, ups in graph for up in ups}
    assert {task.name for task in again.tasks} == {name for name, _ in graph}


@pytest.mark.parametrize("op", ["python", "r"])
def test_scripts_are_commands_in_their_folder(tmp_path: Path, op: str) -> None:
    box = elyra_box("sub/make it", op=op)

    (task,) = imported(tmp_path, box).flow.tasks

    command = {"python": "python 'make it.py'", "r": "Rscript 'make it.r'"}[op]
    assert task.parameters["command"] == Constant(command)
    assert task.options.cwd == "sub"


@pytest.mark.parametrize(
    ("said", "env"),
    [
        ({"env_vars": ["A=1", "B=x=y"]}, {"A": "1", "B": "x=y"}),
        ({"env_vars": [{"env_var": "A", "value": "2"}]}, {"A": "2"}),
        ({"pipeline_parameters": ["N"]}, {"N": "{{ params.N }}"}),
        ({"kubernetes_secrets": [{"env_var": "T", "name": "s"}]}, {"T": '{{ secret("T") }}'}),
        ({"env_vars": [{"env_var": "A", "value": "{x}"}]}, {"A": "{x}"}),
    ],
)
def test_environment(tmp_path: Path, said: dict[str, Any], env: dict[str, str]) -> None:
    params = [{"name": "N", "default_value": {"type": "Integer", "value": 3}}]

    (task,) = imported(tmp_path, elyra_box("a", **said), pipeline_parameters=params).flow.tasks

    assert task.options.env == env


def test_properties_of_old_versions(tmp_path: Path) -> None:
    """Up to version 3, what is said of a task stands right in its ``app_data``."""
    box = elyra_box("a")
    box["app_data"] = {"filename": "a.ipynb", "env_vars": ["A=1"], "ui_data": {"label": "a.ipynb"}}
    path = write_elyra(tmp_path, elyra_document([box, elyra_box("b", "a")], version=3))
    (tmp_path / "a.ipynb").write_text("{}", "utf-8")

    flow = read_elyra(path, tmp_path).flow

    assert flow["a"].options.env == {"A": "1"}
    assert flow.edges == {("a", "b")}


def test_pipelines_without_a_version(tmp_path: Path) -> None:
    """They have other words, and name files from the folder in which Jupyter was started."""
    box = elyra_box("a") | {"type": "pipeline_node", "op": "notebook"}
    box["app_data"] = {"artifact": "work/a.ipynb", "image": "some/image", "vars": ["A=1"]}
    document = elyra_document([box])
    document["pipelines"][0]["app_data"] = {"title": "first one"}
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.ipynb").write_text("{}", "utf-8")

    made = read_elyra(write_elyra(folder, document), folder)

    assert made.flow.name == "first_one"
    assert made.flow["a"].notebook == "a.ipynb"
    assert made.flow["a"].options.env == {"A": "1"}
    assert ["runtime_image" in str(note) for note in made.notes] == [True]


def test_old_lists_of_variables_and_secrets(tmp_path: Path) -> None:
    """Up to version 7 secrets are texts too; emptied rows of the editor stay as nulls."""
    box = elyra_box(
        "a",
        env_vars=[None, "", "A = 1"],
        kubernetes_secrets=["T=vault:token"],
        dependencies=[None, ""],
    )

    made = imported(tmp_path, box)

    assert made.flow["a"].options.env == {"A": "1", "T": '{{ secret("T") }}'}
    (note,) = made.notes
    assert "'vault'" in str(note)


def test_variables_of_the_whole_pipeline(tmp_path: Path) -> None:
    defaults = {"env_vars": ["A=1"], "kubernetes_secrets": ["T=vault:token"]}
    boxes = [elyra_box("a"), elyra_box("b", "a", env_vars=["A=2"])]

    flow = imported(tmp_path, *boxes, pipeline_defaults=defaults).flow

    assert flow.defaults.env == {"A": "1"}
    assert flow["a"].options.env == {"T": '{{ secret("T") }}'}
    assert flow["b"].options.env == {"A": "2", "T": '{{ secret("T") }}'}


@pytest.mark.parametrize(
    "command",
    [
        "echo {{ ds }}",
        {"activeControl": "StringControl", "StringControl": "echo {{ ds }}"},
        {"widget": "string", "value": "echo {{ ds }}"},
    ],
)
def test_bash_of_airflow(tmp_path: Path, command: Any) -> None:
    """A command is carried over, with its templates; other components cannot be."""
    boxes = [
        elyra_box("Bash", op="catalog:1", bash_command=command, output_encoding="utf-8"),
        elyra_box("Value", "Bash", op="catalog:1", bash_command={"value": "Bash", "option": "x"}),
        elyra_box("b", "Value"),
    ]

    made = imported(tmp_path, *boxes)

    assert made.flow["Bash"].parameters == {"command": Constant("echo {{ ds }}")}
    assert made.flow.edges == {("Bash", "b")}
    notes = "\n".join(map(str, made.notes))
    assert 'Bash: output_encoding "utf-8"' in notes
    assert 'bash_command {"value": "Bash", "option": "x"}' in notes, "what it was given is said"


def test_nothing_is_left(tmp_path: Path) -> None:
    """A pipeline of components alone would be an empty flow: it is refused, with their names."""
    with pytest.raises(UsageError, match=r"JF459.*Send mail"):
        imported(tmp_path, elyra_box("Send mail", op="catalog:mail"))


def test_outputs_in_other_folders(tmp_path: Path) -> None:
    """In containers all tasks have one folder; here each has its own."""
    boxes = [
        elyra_box("get/a", outputs=["x.csv"]),
        elyra_box("get/b", "get/a", dependencies=["x.csv"]),
        elyra_box("fit/c", "get/b", dependencies=["x.csv"]),
    ]

    (note,) = imported(tmp_path, *boxes).notes

    assert note.tasks == ("a",)
    assert "(x.csv)" in note.what
    assert "; c come" in note.what


def test_texts_beside_tasks(tmp_path: Path) -> None:
    document = elyra_document(
        [elyra_box("a")],
        comments=["Mind *this*"],
        pipeline_parameters=[{"name": "n", "description": "how many", "default_value": 1}],
    )
    comment = document["pipelines"][0]["app_data"]["ui_data"]["comments"][0]
    comment["associated_id_refs"] = [{"node_ref": "a"}, {"node_ref": "gone"}]

    made = read_elyra(write_elyra(tmp_path, document), tmp_path)

    assert made.comments == ("`n`: how many", "About `a`:\n\nMind *this*")


def test_no_task_is_named_for_its_order_alone(tmp_path: Path) -> None:
    boxes = [elyra_box("a"), elyra_box("b", "a"), elyra_box("c", "a", env_vars=["A=" + "x" * 80])]

    cell = format_flow(imported(tmp_path, *boxes).flow)

    assert not cell.splitlines()[1].startswith("[")


def test_supernodes_are_groups(tmp_path: Path) -> None:
    super_box = {
        "id": "S",
        "type": "super_node",
        "app_data": {"ui_data": {"label": "Train it"}},
        "subflow_ref": {"pipeline_id_ref": "inner"},
        "inputs": [{"id": "in", "subflow_node_ref": "begin", "links": [{"node_id_ref": "a"}]}],
        "outputs": [{"id": "out", "subflow_node_ref": "end"}],
    }
    last = elyra_box("c")
    last["inputs"] = [{"links": [{"node_id_ref": "S", "port_id_ref": "out"}]}]
    inner = {
        "id": "inner",
        "nodes": [
            {"id": "begin", "type": "binding", "outputs": [{"id": "x"}]},
            elyra_box("b", "begin"),
            {"id": "end", "type": "binding", "inputs": [{"links": [{"node_id_ref": "b"}]}]},
        ],
    }
    path = write_elyra(tmp_path, elyra_document([elyra_box("a"), super_box, last], inner))

    flow = read_elyra(path, tmp_path).flow

    assert flow.edges == {("a", "b"), ("b", "c")}
    assert flow.groups == (Group(name="Train_it", members=("b",)),)
    assert read(format_flow(flow)).flow == flow


def test_supernodes_in_supernodes(tmp_path: Path) -> None:
    """Tasks of a group stand together; a supernode without tasks is no group."""

    def around(name: str, inside: str) -> dict[str, Any]:
        return {
            "id": name,
            "type": "super_node",
            "subflow_ref": {"pipeline_id_ref": inside},
            "app_data": {"ui_data": {"label": name}},
        }

    inner = {"id": "in", "nodes": [elyra_box("c", "b")]}
    outer = {"id": "out", "nodes": [elyra_box("a"), around("Inner", "in"), elyra_box("d", "c")]}
    empty = {"id": "empty", "nodes": []}
    boxes = [around("Outer", "out"), elyra_box("b", "a"), around("Empty", "empty")]
    path = write_elyra(tmp_path, elyra_document(boxes, outer, inner, empty))

    flow = read_elyra(path, tmp_path).flow

    assert [(group.name, group.members, group.parent) for group in flow.groups] == [
        ("Outer", ("a", "d"), None),
        ("Inner", ("c",), "Outer"),
    ]
    assert [task.name for task in flow.tasks] == ["a", "c", "d", "b"]
    again = read(format_flow(flow)).flow
    assert again is not None
    assert (again.edges, again.groups) == (flow.edges, flow.groups)


def test_what_is_not_carried_over_is_noted(tmp_path: Path) -> None:
    boxes = [
        elyra_box("a", runtime_image="some/image:1", cpu=2),
        elyra_box("odd", "a", op="catalog:odd"),
        elyra_box("b", "odd", runtime_image="some/image:1", dependencies=["gone.csv"]),
    ]

    made = imported(tmp_path, *boxes, runtime="Kubeflow Pipelines", comments=["Mind this"])

    notes = "\n".join(map(str, made.notes))
    assert made.flow.edges == {("a", "b")}, "what is left out hands the order on"
    for word in ("every task: runtime_image", "cpu 2", "catalog:odd", "Kubeflow", "gone.csv"):
        assert word in notes
    (flow, *_) = write(made, tmp_path / "out")
    written = flow.read_text("utf-8")
    assert "Mind this" in written
    assert "catalog:odd" in written


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "JF450"),
        ("[]", "JF450"),
        ('{"version": "3.0", "pipelines": [], "primary_pipeline": "x"}', "JF450"),
        ('{"version": "2.0", "pipelines": []}', "JF451"),
        (json.dumps(elyra_document([], version=99)), "JF451"),
        (json.dumps(elyra_document([elyra_box("a")])), "JF452"),
        (json.dumps(elyra_document([elyra_box("a", "b"), elyra_box("b", "a")])), "JF452 JF453"),
        (json.dumps(elyra_document([elyra_box("a", "x")])), "JF452 JF454"),
    ],
)
def test_mistakes_are_found(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "bad.pipeline"
    path.write_text(text, "utf-8")

    with pytest.raises(FlowError) as caught:
        read_elyra(path, tmp_path)

    error = caught.value
    found = (
        {each.code for each in error.problems}
        if isinstance(error, DefinitionError)
        else {error.code}
    )
    assert found == set(code.split())
    assert error.hint
    assert error.where is not None


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """Not without force; and what the pipeline runs never."""
    made = imported(tmp_path, elyra_box("made_flow"), elyra_box("b"), name="made")
    own = (tmp_path / "made_flow.ipynb").read_bytes()

    with pytest.raises(ConflictError, match="JF458"):
        write(made, tmp_path, force=True)
    assert (tmp_path / "made_flow.ipynb").read_bytes() == own

    away = tmp_path / "away"
    (first, *_) = write(made, away)
    first.write_text("mine", "utf-8")
    with pytest.raises(ConflictError, match="JF457"):
        write(made, away)
    assert first.read_text("utf-8") == "mine"
    write(made, away, force=True)
    assert first.read_text("utf-8") != "mine"


ANYTHING = st.sampled_from([None, 0, -1.5, True, "", "x", "{{", [], [1], ["a=b"], {}, {"id": 1}])


@given(st.integers(0, 10_000), ANYTHING)
def test_what_is_spoilt_is_read_or_refused(place: int, by: Any) -> None:
    """Whatever a file has in it, it is read, or there is an error of ours."""
    boxes = [
        elyra_box("a", env_vars=["A=1"], kubernetes_secrets=[{"env_var": "T"}], cpu=1),
        elyra_box("b", "a", op="python", pipeline_parameters=["N"], dependencies=["x"]),
    ]
    params = [{"name": "N", "default_value": {"value": 3}}]
    whole = elyra_document(boxes, comments=["c"], pipeline_parameters=params, runtime="r")

    with TemporaryDirectory() as folder:
        path = write_elyra(Path(folder), whole)
        path.write_text(json.dumps(spoilt(whole, place, by)), "utf-8")
        with suppress(FlowError):
            write(read_elyra(path, Path(folder)), Path(folder))

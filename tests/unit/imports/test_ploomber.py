"""Ploomber's pipelines come out with the same tasks, order, parameters and products."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.errors import DefinitionError, FlowError
from jupyter_flow.core.expressions import Constant, DictOf, ParamRef
from jupyter_flow.core.language import format_flow, read
from jupyter_flow.core.language.writing import written
from jupyter_flow.imports import Import, read_ploomber, write

from .pipelines import script, spoilt, write_files


def imported(folder: Path, files: dict[str, str]) -> Import:
    return read_ploomber(write_files(folder, files), folder)


def task(source: str, *more: str, product: str = "out/x.csv") -> str:
    return "\n".join([f"  - source: {source}", f"    product: {product}", *more, ""])


def cell_of(made: Import, name: str, tag: str = "parameters") -> str:
    (copy,) = [copy for copy in made.copies if copy.path.endswith(f"/{name}.ipynb")]
    cells = [c for c in copy.notebook["cells"] if tag in c["metadata"].get("tags", [])]
    return "".join(cells[0]["source"])


def code_of(made: Import, name: str) -> str:
    (copy,) = [copy for copy in made.copies if copy.path.endswith(f"/{name}.ipynb")]
    return "\n\n".join("".join(cell["source"]) for cell in copy.notebook["cells"])


@given(st.data())
def test_any_graph_survives(drawn: st.DataObject) -> None:
    names = [f"task{number}" for number in range(drawn.draw(st.integers(1, 6)))]
    after = {
        name: drawn.draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else []
        for at, name in enumerate(names)
    }
    order = drawn.draw(st.permutations(names))
    files = {f"{name}.py": script(ups or None) for name, ups in after.items()}
    files["pipeline.yaml"] = "tasks:\n" + "".join(
        task(f"{name}.py", product=f"out/{name}.ipynb") for name in order
    )

    with TemporaryDirectory() as folder:
        flow = imported(Path(folder), files).flow
        again = read(format_flow(flow)).flow

    assert again is not None
    assert set(again.edges) == {(up, name) for name, ups in after.items() for up in ups}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b.py", script(["a"])),
        ("b.py", script({"a": None})),
        ("b.py", script(["a"]).replace("# +", "# %%")),
        ("b.R", "# + tags=['parameters']\nupstream = list('a')\nproduct = NULL\n"),
        ("b.sh", "cat {{upstream['a']}} > {{product}}"),
        ("b.sql", 'create table t as select * from {{upstream["a"]}}'),
    ],
)
def test_upstream_is_found_in_sources(tmp_path: Path, name: str, text: str) -> None:
    files = {
        "a.py": script(),
        name: text,
        "pipeline.yaml": "tasks:\n" + task("a.py") + task(name, product="out/b.csv"),
    }

    assert imported(tmp_path, files).flow.edges == {("a", "b")}


def test_upstream_of_functions(tmp_path: Path) -> None:
    files = {
        "a.py": script(),
        "work.py": "def go(product, upstream, n):\n    open(upstream['a'])\n",
        "pipeline.yaml": "tasks:\n" + task("a.py") + task("work.go", "    params: {n: 2}"),
    }

    made = imported(tmp_path, files)

    assert made.flow.edges == {("a", "go")}
    assert cell_of(made, "go") == "n = None\nproduct = None\nupstream = None"


def test_upstream_that_the_pipeline_says(tmp_path: Path) -> None:
    tasks = task("a.py") + task("b.py", "    upstream: [a]")
    files = {"a.py": script(), "b.py": script()}
    files["pipeline.yaml"] = "meta: {extract_upstream: false}\ntasks:\n" + tasks

    assert imported(tmp_path, files).flow.edges == {("a", "b")}


def test_the_parameters_cell_of_a_copy(tmp_path: Path) -> None:
    """What is given by the flow is None; what the author wrote stays; what is missing is added."""
    files = {
        "a.py": script(["b"], more="n = 1  # how many"),
        "b.py": script(),
        "pipeline.yaml": "tasks:\n" + task("a.py", "    params: {n: 2, m: 3}") + task("b.py"),
    }

    made = imported(tmp_path, files)

    cell = cell_of(made, "a")
    assert cell == "upstream = None\nproduct = None\nn = 1  # how many\nm = None"
    assert (tmp_path / "a.py").read_text("utf-8") == files["a.py"]


def test_placeholders_are_parameters_of_the_flow(tmp_path: Path) -> None:
    pipeline = "tasks:\n" + task(
        "'{{where}}/a.py'", "    params: {n: '{{n}}'}", product="'{{path.out}}/x.csv'"
    )
    files = {
        "pipeline.yaml": pipeline,
        "env.yaml": "where: src\nn: 3\npath:\n  out: '{{here}}/out'\n",
        "src/a.py": script(more="n = 1"),
    }

    flow = imported(tmp_path, files).flow

    assert {each.name: each.default for each in flow.params} == {
        "where": "src",
        "n": 3,
        "path_out": "./out",
    }
    assert flow["a"].parameters["n"] == ParamRef("n")
    assert flow["a"].parameters["product"] == Constant("{{ params.path_out }}/x.csv")


@pytest.mark.parametrize(
    ("name", "product", "grid", "made"),
    [
        (
            "fit-",
            "out/m.csv",
            "{a: [1, 2]}",
            {"fit_0": "out/m-0.csv", "fit_1": "out/m-1.csv"},
        ),
        (
            "'fit-[[a]]'",
            "'out/[[a]].csv'",
            "[{a: [x]}, {a: y}]",
            {"fit_x": "out/x-0.csv", "fit_y": "out/y-1.csv"},
        ),
    ],
)
def test_grids(tmp_path: Path, name: str, product: str, grid: str, made: dict[str, str]) -> None:
    entry = task("a.py", f"    name: {name}", f"    grid: {grid}", product=product)
    files = {"a.py": script(more="a = 1"), "b.py": script(["fit-*"])}
    files["pipeline.yaml"] = "tasks:\n" + entry + task("b.py")

    flow = imported(tmp_path, files).flow

    found = {name: written(flow[name].parameters["product"]) for name in made}
    assert found == {name: f'"{path}"' for name, path in made.items()}
    assert flow.edges == {(name, "b") for name in made}
    upstream = flow["b"].parameters["upstream"]
    assert isinstance(upstream, DictOf)
    assert [key for key, _ in upstream.items] == ["fit-*"]


def test_sql_is_one_task_for_each_statement(tmp_path: Path) -> None:
    text = "drop table if exists {{product}};\ncreate table {{product}} as select ';' as x;"
    entry = task("a.sql", product="[main, t, table]")
    files = {"a.sql": text, "pipeline.yaml": "clients: {SQLScript: db.get}\ntasks:\n" + entry}

    flow = imported(tmp_path, files).flow

    assert [each.parameters["query"] for each in flow.tasks] == [
        Constant("drop table if exists main.t"),
        Constant("create table main.t as select ';' as x"),
    ]
    assert {each.parameters["connection"] for each in flow.tasks} == {Constant("db")}
    assert flow.edges == {("a_1", "a")}


def test_what_is_not_carried_over_is_noted(tmp_path: Path) -> None:
    entry = task("a.py", "    on_finish: hooks.check", "    papermill_params: {log_output: true}")
    pipeline = "executor: parallel\non_failure: hooks.cry\ntasks:\n"
    made = imported(tmp_path, {"a.py": script(), "pipeline.yaml": pipeline + entry})

    notes = "\n".join(map(str, made.notes))

    for word in ("executor", "hooks.cry", "a: on_finish (hooks.check) is a hook", "papermill"):
        assert word in notes


@pytest.mark.parametrize(
    ("pipeline", "codes"),
    [
        ("tasks: [", "JF450"),
        ("a: 1", "JF450"),
        ("tasks: [{product: x}]", "JF450"),
        ("nonsense: 1\ntasks: []", "JF450"),
        ("tasks: []", "JF459"),
        ("tasks:\n" + task("gone.py"), "JF452"),
        ("tasks:\n" + task("x.py") + task("y.py"), "JF453"),
        ("tasks:\n" + task("x.py"), "JF454"),
        ("tasks:\n" + task("z.py", product="'{{nobody}}/x'"), "JF455"),
        ("tasks:\n" + task("z.py", "    grid: {a: {dotted_path: f.g}}", "    name: z"), "JF456"),
        ("tasks:\n" + task("text.md"), "JF456"),
        ("tasks:\n" + task("z.py") + task("z.py"), "JF456"),
    ],
)
def test_mistakes_are_found(tmp_path: Path, pipeline: str, codes: str) -> None:
    files: dict[str, Any] = {"x.py": script(["y"]), "y.py": script(["x"]), "z.py": script()}

    with pytest.raises(FlowError) as caught:
        imported(tmp_path, {**files, "text.md": "# Text", "pipeline.yaml": pipeline})

    error = caught.value
    found = (
        {each.code for each in error.problems}
        if isinstance(error, DefinitionError)
        else {error.code}
    )
    assert found == set(codes.split())
    assert error.hint
    assert error.where is not None


ANYTHING = st.sampled_from([None, 0, -1.5, True, "", "x", "{{", "[[", [], [1], ["a"], {}, {"a": 1}])


@given(st.integers(0, 10_000), ANYTHING)
def test_what_is_spoilt_is_read_or_refused(place: int, by: Any) -> None:
    """Whatever a file has in it, it is read, or there is an error of ours."""
    whole = {
        "meta": {"extract_upstream": True, "product_relative_to_source": False},
        "clients": {"SQLScript": "db.get"},
        "tasks": [
            {"source": "a.py", "product": {"nb": "o/a.ipynb", "x": "{{n}}"}, "params": {"n": 1}},
            {"source": "b.sql", "product": ["main", "t", "table"], "client": "db.get"},
            {"source": "work.go", "product": "{{n}}/x.csv", "name": "g-", "grid": {"k": [1, 2]}},
        ],
    }
    env = {"n": 1, "deep": {"x": "y"}}
    files = {"a.py": script(), "b.sql": "select '{{product}}'", "work.py": "def go(): pass"}

    with TemporaryDirectory() as folder:
        files["pipeline.yaml"] = json.dumps(spoilt(whole, place, by))
        files["env.yaml"] = json.dumps(spoilt(env, place, by) if place % 5 == 0 else env)
        with suppress(FlowError):
            write(imported(Path(folder), files), Path(folder))


def test_dumps_and_commands(tmp_path: Path) -> None:
    """Rows of a dump go where tasks after it look for them; folders are made for commands."""
    files = {"a.sql": "select 1", "b.sh": "echo done > {{product}}"}
    entries = task("a.sql", product="out/a.csv") + task("b.sh", product="'{{o}}/b.txt'")
    files |= {"pipeline.yaml": "tasks:\n" + entries, "env.yaml": "o: made"}

    made = imported(tmp_path, files)

    assert made.flow["a"].parameters == {
        "query": Constant("select 1"),
        "connection": Constant("database"),
        "product": Constant("out/a.csv"),
    }
    assert "to_csv(product" in code_of(made, "a")
    assert made.flow["b"].parameters["command"] == Constant(
        'mkdir -p "{{ params.o }}"\necho done > {{ params.o }}/b.txt'
    )
    assert any("to one file" in str(note) for note in made.notes)


@pytest.mark.parametrize(
    ("said", "template"),
    [
        ("{{ 'few' if n else 'all' }}", "{{ 'few' if params.n else 'all' }}"),
        ("{{ path.out | upper }}", "{{ params.path_out | upper }}"),
        ('{{ n|default("n") }}', '{{ params.n|default("n") }}'),
        ("{{ here ~ '/' ~ n }}", "{{ '.' ~ '/' ~ params.n }}"),
    ],
)
def test_placeholders_that_are_more_than_a_name(tmp_path: Path, said: str, template: str) -> None:
    pipeline = f"tasks:\n  - source: a.py\n    product: {json.dumps(said)}\n"
    files = {"a.py": script(), "env.yaml": "n: 1\npath: {out: o}\n", "pipeline.yaml": pipeline}

    flow = imported(tmp_path, files).flow

    assert flow["a"].parameters["product"] == Constant(template)


def test_sources_whose_names_are_computed(tmp_path: Path) -> None:
    pipeline = "tasks:\n" + task("\"{{ 'a' if n else 'b' }}.py\"")
    files = {"a.py": script(), "env.yaml": "n: 1\n", "pipeline.yaml": pipeline}

    assert [task.name for task in imported(tmp_path, files).flow.tasks] == ["a"]

    files["pipeline.yaml"] = "tasks:\n" + task('"{{ 1 / 0 }}.py"')
    with pytest.raises(DefinitionError, match="JF455"):
        imported(tmp_path, files)


def test_parameters_that_a_function_gives(tmp_path: Path) -> None:
    """The task calls it, with what the pipeline says."""
    more = "    params: {n: {dotted_path: 'work::count', start: '{{n}}'}}"
    files = {
        "a.py": script(),
        "env.yaml": "n: 1\n",
        "pipeline.yaml": "tasks:\n" + task("a.py", more),
    }

    made = imported(tmp_path, files)

    assert made.flow["a"].parameters["n"] == DictOf(items=(("start", ParamRef("n")),))
    assert "from work import count as _count\n\nn = _count(**n)" in code_of(made, "a")


def test_functions_get_what_they_take(tmp_path: Path) -> None:
    """With a serializer they get objects and give them back; it is called as in Ploomber."""
    files = {
        "work.py": "def make():\n    return 1\n\n\ndef use(upstream):\n    upstream['make']\n",
        "pipeline.yaml": "serializer: util.store\nunserializer: util.fetch\ntasks:\n"
        + task("work.make", product="out/x.csv")
        + task("work.use", product="out/y.csv"),
    }

    made = imported(tmp_path, files)

    assert made.flow.edges == {("make", "use")}
    assert code_of(made, "make").endswith("store(make(), _product(product))")
    assert "fetch" not in code_of(made, "make")
    assert "fetch(_product(path))" in code_of(made, "use")
    assert code_of(made, "use").endswith("store(use(upstream=upstream), _product(product))")
    assert any("util.store" in str(note) for note in made.notes)


def test_tasks_of_a_grid_share_their_notebook(tmp_path: Path) -> None:
    """It has the parameters of all of them, and a name of its own."""
    grid = "    grid: [{x: [1, 2]}, {y: 3}]"
    entries = task("a.py", "    name: fit-", grid) + task("b.py", "    name: fit")
    files = {"a.py": script(), "b.py": script(), "pipeline.yaml": "tasks:\n" + entries}

    made = imported(tmp_path, files)

    names = {task.name: Path(str(task.notebook)).stem for task in made.flow.tasks}
    assert names == {"fit_0": "fit_3", "fit_1": "fit_3", "fit_2": "fit_3", "fit": "fit"}
    assert cell_of(made, "fit_3") == "upstream = None\nproduct = None\nx = None\ny = None"


def test_files_are_read_into_tables(tmp_path: Path) -> None:
    more = ["    class: SQLUpload", "    name: up", "    to_sql_kwargs: {if_exists: replace}"]
    entry = task("'{{o}}/t.csv'", *more, product="[main, t, table]")
    files = {"pipeline.yaml": "clients: {SQLUpload: clients.lake}\ntasks:\n" + entry}

    made = imported(tmp_path, {**files, "env.yaml": "o: made\n"})

    assert made.flow["up"].parameters == {
        "source": Constant("{{ params.o }}/t.csv"),
        "connection": Constant("lake"),
        "table": Constant("t"),
        "schema": Constant("main"),
        "options": DictOf(items=(("if_exists", Constant("replace")),)),
    }
    assert "read_csv(source)" in code_of(made, "up")


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    files = {"pipeline.yaml": "tasks:\n" + task("data/t.csv")}

    with pytest.raises(DefinitionError, match="JF456"):
        imported(tmp_path, files)


def test_a_folder_of_sources_with_macros(tmp_path: Path) -> None:
    text = "{% import 'm.sql' as m %}create table {{product}} as select {{m.one()}}"
    entry = task("a.sql", product="[t, table]")
    files = {
        "sql/a.sql": text,
        "sql/m.sql": "{% macro one() %}1{% endmacro %}",
        "pipeline.yaml": "meta: {source_loader: {path: sql}}\ntasks:\n" + entry,
    }

    flow = imported(tmp_path, files).flow

    assert flow["a"].parameters["query"] == Constant("create table t as select 1")


@pytest.mark.parametrize("text", ["{{ 1 + 'a' }}", "{% import 'gone' as m %}", "{{ nobody }}"])
def test_templates_of_sql_that_cannot_be_filled_in(tmp_path: Path, text: str) -> None:
    files = {"a.sql": text, "pipeline.yaml": "tasks:\n" + task("a.sql", product="[t, table]")}

    with pytest.raises(DefinitionError, match="JF456"):
        imported(tmp_path, files)


def test_a_script_that_runs_in_its_own_folder(tmp_path: Path) -> None:
    """Paths count from there; those that do not count from anywhere stay."""
    more = ["    local_execution: true", "    upstream: [b]"]
    entries = task("sub/a.py", *more, product="'{{o}}/x.csv'")
    entries += task("b.py", product="'{{abs}}/y.csv'")
    files = {"sub/a.py": script(), "b.py": script(), "pipeline.yaml": "tasks:\n" + entries}

    flow = imported(tmp_path, {**files, "env.yaml": "o: out\nabs: /data\n"}).flow

    assert flow["a"].options.cwd == "sub"
    assert flow["a"].parameters["product"] == Constant("../{{ params.o }}/x.csv")
    assert flow["a"].parameters["upstream"] == DictOf(
        items=(("b", Constant("{{ params.abs }}/y.csv")),)
    )


@pytest.mark.parametrize(
    ("product", "said"),
    [("{nb: o/a.html}", True), ("o/a.ipynb", True), ("{other: o/a.csv}", False)],
)
def test_reports_are_not_where_they_were(tmp_path: Path, product: str, said: bool) -> None:
    files = {"a.py": script(), "pipeline.yaml": "tasks:\n" + task("a.py", product=product)}

    notes = imported(tmp_path, files).notes

    assert any("executed notebook" in str(note) for note in notes) is said

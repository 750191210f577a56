"""The command line without kernels: usage, errors, exit statuses, what is loaded."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_flow.cli import main
from jupyter_flow.cli.app import hoisted
from jupyter_flow.cli.completion import flow_names, task_names
from jupyter_flow.cli.console import out, show_json
from jupyter_flow.core.states import RunState
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.notebooks import write_notebook
from jupyter_flow.testing.samples import MINUTE, NOON, run_of


def called(*arguments: str) -> int:
    """The exit status of ``jupyter flow`` with *arguments*."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "load.ipynb", "x = 1", task="load")
    write_notebook(tmp_path / "train.ipynb", "y = 2", task="train")
    write_notebook(tmp_path / "flow.ipynb", "%%flow churn\nload >> train")
    return tmp_path


def test_the_folder_may_stand_behind_the_command() -> None:
    assert hoisted(["run", "x", "-C", "there"]) == ["-C", "there", "run", "x"]
    assert hoisted(["run", "--folder=there"]) == ["--folder=there", "run"]
    assert hoisted(["logs", "--", "-C"]) == ["logs", "--", "-C"]
    assert hoisted(["run", "-C"]) == ["-C", "run"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_and_version_succeed(arguments: list[str], capsys) -> None:
    assert called(*arguments) == 0
    assert "jupyter flow" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nonsense"], ["run"], ["mark", "a"], ["run", "x", "--odd"]])
def test_wrong_usage_leaves_with_2(arguments: list[str], capsys) -> None:
    assert called(*arguments) == 2
    assert capsys.readouterr().err


def test_init_writes_an_example_that_has_no_mistakes(tmp_path: Path, capsys) -> None:
    place = tmp_path / "first"

    assert called("init", str(place)) == 0
    assert sorted(path.name for path in place.iterdir()) == [
        "count.ipynb",
        "flow.ipynb",
        "report.ipynb",
    ]
    assert called("check", "-C", str(place)) == 0
    assert "1 flow checked: no errors" in capsys.readouterr().out


def test_init_overwrites_nothing(tmp_path: Path, capsys) -> None:
    (tmp_path / "count.ipynb").write_text("mine")

    assert called("init", str(tmp_path)) == 1
    assert (tmp_path / "count.ipynb").read_text() == "mine"
    assert not (tmp_path / "flow.ipynb").exists()
    assert "count.ipynb already" in capsys.readouterr().err


def test_check_shows_every_mistake_with_its_place(project: Path, capsys) -> None:
    write_notebook(project / "flow.ipynb", "%%flow churn\nlod >> train >> raport")

    assert called("check") == 2
    told = capsys.readouterr()
    assert "'lod'" in told.err
    assert "raport" in told.err
    assert "flow.ipynb, cell 1, line" in told.err
    assert "^^^" in told.err
    assert "2 errors" in told.out


def test_check_as_json_prints_json_only(project: Path, capsys) -> None:
    write_notebook(project / "flow.ipynb", "%%flow churn\nlod >> train")

    assert called("check", "churn", "--json") == 2
    told = capsys.readouterr()
    (flow,) = json.loads(told.out)
    assert flow["name"] == "churn"
    assert flow["problems"][0]["severity"] == "error"


def test_list_shows_the_flows(project: Path, capsys) -> None:
    called("list")

    assert "churn" in capsys.readouterr().out


@pytest.fixture
def some_runs(project: Path) -> list[str]:
    """The ids of runs, the newest first; every other one failed."""
    with closing(open_store(project / ".jupyter_flow" / "flow.db")) as stores:
        for number in range(5):
            state = (RunState.SUCCEEDED, RunState.FAILED)[number % 2]
            made_at = NOON + number * MINUTE
            stores.runs.create(run_of(f"run-{number}", state=state, created_at=made_at))
    return [f"run-{number}" for number in reversed(range(5))]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ([], [0, 1, 2, 3, 4]),
        (["--limit", "2"], [0, 1]),
        (["--limit", "2", "--older-than", "run-3"], [2, 3]),
        (["--older-than", "run-0"], []),
        (["--state", "failed"], [1, 3]),
        (["--state", "failed,succeeded", "--flow", "churn", "--older-than", "-2"], [3, 4]),
        (["--state", "cancelled"], []),
    ],
)
def test_runs_are_listed_page_by_page(
    some_runs: list[str], arguments: list[str], shown: list[int], capsys
) -> None:
    assert called("runs", "--json", *arguments) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)] == [
        some_runs[place] for place in shown
    ]


def test_a_full_page_of_runs_says_how_to_see_older_ones(some_runs: list[str], capsys) -> None:
    called("runs", "--limit", "2")
    assert f"--older-than {some_runs[1]}" in capsys.readouterr().out

    called("runs", "--state", "cancelled")
    assert "No such run." in capsys.readouterr().out
    assert called("runs", "--state", "fialed") == 2
    assert "failed" in capsys.readouterr().err
    assert called("runs", "--older-than", "nobody") != 0


def test_show_draws_and_writes_a_picture(project: Path, capsys) -> None:
    called("show", "churn")
    assert "load ──▶ train" in capsys.readouterr().out

    called("show", "churn", "--text")
    assert capsys.readouterr().out.startswith("%%flow churn\n")

    called("show", "churn", "--svg", "churn.svg")
    assert (project / "churn.svg").read_text("utf-8").startswith("<svg ")


def test_explain_says_it_in_words(project: Path, capsys) -> None:
    called("explain", "churn")

    assert "train" in capsys.readouterr().out


def test_an_unknown_flow_is_told_in_lines_without_a_traceback(project: Path, capsys) -> None:
    assert called("show", "chrun") == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "chrun" in told
    assert "churn" in told


def test_tag_makes_tasks_and_takes_any_option(project: Path, capsys) -> None:
    write_notebook(project / "01_clean up.ipynb", "z = 3")
    called("tag", "01_clean up.ipynb", "--retries", "2", "--description", "Cleans")

    assert "is task 'clean_up'" in capsys.readouterr().out
    tag = json.loads((project / "01_clean up.ipynb").read_text())["metadata"]["jupyter_flow"]
    assert tag["task"] == "clean_up"
    assert tag["retries"] == 2
    assert called("tag", "load.ipynb", "train.ipynb", "--name", "one") == 2


def test_names_are_completed_by_looking_only(project: Path) -> None:
    assert flow_names("ch") == ["churn"]
    assert flow_names("x") == []
    assert task_names("") == ["load", "train"]


def test_without_a_run_there_is_nothing_to_look_at(project: Path, capsys) -> None:
    called("runs")
    assert "No run yet" in capsys.readouterr().out
    assert called("status") == 2
    assert "no run" in capsys.readouterr().err


def test_doctor_looks_at_the_machine(project: Path, capsys) -> None:
    called("doctor", "--json")
    findings = json.loads(capsys.readouterr().out)

    assert {"python", "store", "disk"} <= {each["what"] for each in findings}


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--now"),
        ("serve", "--executor", "local", "--dask-scheduler", "tcp://127.0.0.1:9"),
        ("run", "churn", "--executor", "local", "--dask-scheduler", "tcp://127.0.0.1:9"),
    ],
)
def test_options_that_say_nothing_together_are_refused(
    project: Path, capsys, arguments: tuple[str, ...]
) -> None:
    assert called(*arguments) == 2
    assert "JF400" in capsys.readouterr().err


@pytest.mark.parametrize("database", ["garbage", "postgresql://ada:secret@host:port/flow"])
def test_doctor_tells_what_is_wrong_with_the_address_of_the_store(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys, database: str
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_DATABASE", database)
    called("doctor", "--json")
    seen = capsys.readouterr().out
    (store,) = [each for each in json.loads(seen) if each["what"] == "store"]

    assert not store["is_well"]
    assert "Write " in store["hint"]
    assert "secret" not in seen


def test_moments_are_told_to_scripts_in_one_way(capsys) -> None:
    show_json({"at": datetime(2026, 3, 1, 6, tzinfo=UTC), "where": Path("a")})

    assert json.loads(capsys.readouterr().out) == {"at": "2026-03-01T06:00:00+00:00", "where": "a"}


def test_brackets_in_names_are_no_markup(capsys) -> None:
    out().print("[Errno 111] refused [/x]")

    assert capsys.readouterr().out == "[Errno 111] refused [/x]\n"


def test_connections_are_listed_and_tried(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_CONN_LAKE", f"sqlite:///{project / 'lake.db'}")
    home = project / ".jupyter_flow"
    home.mkdir()
    file = home / "connections.toml"
    file.write_text('shop = "postgresql://ada:hunter-2@db.example.com/shop"\n')
    file.chmod(0o644)

    assert called("connections") == 0
    seen = capsys.readouterr()
    assert "shop" in seen.out
    assert "lake" in seen.out
    assert "hunter-2" not in seen.out
    assert "chmod 600" in " ".join(seen.err.split())

    assert called("connections", "--json") == 0
    names = [each["name"] for each in json.loads(capsys.readouterr().out)]
    assert names == ["lake", "shop"]

    assert called("connections", "--test", "lake") == 0
    assert "answers: sqlite" in capsys.readouterr().out
    assert called("connections", "--test", "lakes") != 0
    assert "there is no connection 'lakes'" in " ".join(capsys.readouterr().err.split())

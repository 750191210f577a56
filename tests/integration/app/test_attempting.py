"""Single attempts for another scheduler, as it asks for them: by the command line, with files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.testing.notebooks import write_notebook

FLOW = """%%flow churn
params(n=1)
load(n=params.n, day="{{ ds }}") >> train.expand(segment=load.segments, seed=[1, 2])
best = pick(scores=train.auc).options(trigger="one_failed")
deploy(attempt="{{ attempt }}").when(best.auc > 0.8)
fails.options(retry_on="KeyError")
slow.options(timeout="1s", retries=1)
gate = expect(best.auc > 0.8, "too weak")
sub = flow("other", x=3)
asleep
"""
OTHER = """%%flow other
params(x=1)
double(x=params.x)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    notebooks = {
        "load": ("n: int = 1\nday: str = ''", "output(rows=n, day=day, segments=['a'])"),
        "train": ("segment: str\nseed: int", "output(auc=seed / 10, segment=segment)"),
        "pick": ("scores: list", "output(auc=max(scores))"),
        "deploy": ("attempt: str", "output(attempt=attempt)"),
        "fails": ("how: str = ''", "raise ValueError('no')"),
        "slow": ("x: int = 0", "import time; time.sleep(60)"),
        "double": ("x: int", "output(y=2 * x)"),
        "asleep": (
            "x: int = 0",
            "from pathlib import Path; import time; print('asleep'); time.sleep(60)",
        ),
    }
    for name, (parameters, code) in notebooks.items():
        cell = f"from jupyter_flow import output\n{code}"
        write_notebook(tmp_path / f"{name}.ipynb", cell, parameters=parameters, task=name)
    write_notebook(tmp_path / "flow.ipynb", FLOW)
    write_notebook(tmp_path / "other.ipynb", OTHER)
    return tmp_path


def asked(task: str, *options: str, **given: Any) -> list[str]:
    """The command that asks for an attempt of *task*."""
    moment = "2026-01-31T06:00:00+00:00"
    known = {"run": "scheduled__1", "logical_date": moment, "interval_start": moment}
    Path("given.json").write_text(json.dumps({**known, "interval_end": moment, **given}))
    files = ["--given", "given.json", "--result", "result.json"]
    return [
        *(sys.executable, "-m", "jupyter_flow", "attempt", "flow.ipynb::churn", task),
        *(*files, *options),
    ]


def attempt(task: str, *options: str, **given: Any) -> tuple[int, Any, str]:
    """The exit status, what was handed on, and what was said."""
    Path("result.json").unlink(missing_ok=True)
    answer = subprocess.run(
        asked(task, *options, **given), capture_output=True, text=True, check=False
    )
    result = Path("result.json")
    told = json.loads(result.read_text()) if result.exists() else None
    return answer.returncode, told, answer.stdout + answer.stderr


def test_it_hands_on_what_its_notebook_says(project: Path) -> None:
    status, told, said = attempt("load", params={"n": 7})

    assert (status, told) == (0, {"rows": 7, "day": "2026-01-31", "segments": ["a"]})
    assert "rows = 7" in said
    assert (project / ".jupyter_flow/runs/churn/scheduled__1/load/1.ipynb").exists()


def test_a_mapped_task_is_asked_for_its_items_and_then_each(project: Path) -> None:
    values = {"load": {"segments": ["a", "b"]}}
    status, items, _ = attempt("train", "--items", values=values)
    assert status == 0
    assert items == [{"segment": s, "seed": n} for s in "ab" for n in (1, 2)]

    status, told, _ = attempt("train", values=values, map_index=3, item=items[3], attempt=2)
    assert (status, told) == (0, {"auc": 0.2, "segment": "b"})
    assert (project / ".jupyter_flow/runs/churn/scheduled__1/train/3/2.ipynb").exists()


@pytest.mark.parametrize(
    ("task", "given", "status", "said"),
    [
        ("deploy", {"values": {"best": {"auc": 0.9}}, "attempt": 2}, 0, "attempt = "),
        ("deploy", {"values": {"best": {"auc": 0.5}}}, 99, "its condition does not hold"),
        ("deploy", {}, 3, "'best' has no value 'auc'"),
        ("gate", {"values": {"best": {"auc": 0.9}}}, 0, ""),
        ("gate", {"values": {"best": {"auc": 0.5}}}, 3, "too weak: expected best.auc > 0.8"),
        ("fails", {}, 3, "ValueError: no"),
        ("slow", {}, 1, "longer than"),
        ("best", {"values": {"train": [{"auc": 1}, {"auc": 2}]}}, 0, "auc = 2"),
        ("nobody", {}, 2, "JF441"),
        ("load", {"params": {"n": "many"}}, 2, "JF"),
        ("load", {"map_index": 0}, 2, "JF443: task 'load' is not mapped"),
        ("train", {"values": {"load": {"segments": ["a"]}}}, 2, "JF443: task 'train' is mapped"),
        ("load", {"logical_date": "2026-01-31"}, 2, "logical_date needs an offset from UTC"),
        ("load", {"attempt": 0}, 2, "attempt counts from 1"),
        ("load", {"attempts": 1}, 2, "attempts: there is no such field"),
    ],
)
def test_the_status_says_how_it_went(
    project: Path, task: str, given: dict[str, Any], status: int, said: str
) -> None:
    found, _, told = attempt(task, **given)

    assert found == status, told
    assert said in told


def test_another_flow_runs_within(project: Path) -> None:
    status, told, _ = attempt("sub")

    assert status == 0
    assert told["y"] == 6


def test_an_edited_flow_is_not_taken_for_the_one_that_was_exported(project: Path) -> None:
    status, _, said = attempt("load", "--digest", "0" * 16)

    assert status == 2
    assert "JF440: flow 'churn' is not the one that was exported" in said


def test_a_file_that_lacks_something_is_named_with_what_it_should_have(project: Path) -> None:
    status, _, said = attempt("load", logical_date="2026-01-31")

    assert status == 2
    assert "JF414: the file" in said
    assert "logical_date needs an offset from UTC" in said
    assert "It is JSON with run, logical_date, interval_start, interval_end, params" in said


def test_whoever_asked_can_stop_it(project: Path) -> None:
    command = asked("asleep")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        next(line for line in running.stdout if "out | asleep" in line)
        running.send_signal(signal.SIGTERM)
        said = running.stdout.read()

    assert running.returncode == 130
    assert "cancelled" in said

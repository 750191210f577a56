"""The command line on real notebooks: run, fail, mend, repair, interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_flow.testing.notebooks import write_notebook

FLOW = [sys.executable, "-m", "jupyter_flow"]


def called(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FLOW, *arguments], capture_output=True, text=True, timeout=120)


def test_a_flow_runs_and_its_results_are_told(project: Path) -> None:
    done = called("run", "churn", "-p", "n=20")

    assert done.returncode == 0, done.stderr
    assert "✔ train succeeded" in done.stdout
    assert "✔ churn succeeded in" in done.stdout
    assert "load.rows" in done.stdout
    assert "40" in done.stdout
    results = next(line for line in done.stdout.splitlines() if "results" in line).split()[-1]
    assert (project / results / "train" / "1.ipynb").is_file()
    assert "training on 40" in called("logs", "train").stdout


def test_a_failing_cell_is_shown_and_can_be_repaired(project: Path) -> None:
    (project / "broken").touch()
    failed = called("run", "churn")

    assert failed.returncode == 1
    for expected in (
        "✘ train  ValueError: no rows today",
        "train.ipynb, cell 4, line 2",
        "raise ValueError('no rows today')",
        "upstream failed",
        "jupyter flow repair",
    ):
        assert expected in failed.stdout
    assert "site-packages" not in failed.stdout
    assert "Traceback" not in failed.stderr

    (project / "broken").unlink()
    mended = called("repair", "--json")
    run = json.loads(mended.stdout)
    attempts = {task["task"]: len(task["attempts"]) for task in run["tasks"]}
    assert mended.returncode == 0, mended.stderr
    assert run["state"] == "succeeded"
    assert attempts == {"load": 1, "train": 2, "report": 1, "side": 1}
    assert "2 succeeded" not in called("runs").stdout
    assert "✔ succeeded" in called("status").stdout


def test_a_repair_tells_what_becomes_of_its_tasks_and_not_what_had(project: Path) -> None:
    (project / "broken").touch()
    called("run", "churn")

    again = called("repair").stdout
    assert again.count("✘ train failed (") == 1
    assert "✔ load succeeded (" not in again

    (project / "broken").unlink()
    mended = called("repair").stdout
    assert "✘ train failed (" not in mended
    assert "✔ train succeeded (" in mended


def test_what_runs_leave_in_a_shared_home_below_the_project_is_no_part_of_it(
    project: Path,
) -> None:
    (project / "jupyter_flow.toml").write_text('shared_home = "shared"')
    assert called("run", "churn").returncode == 0
    assert list((project / "shared").rglob("*.ipynb"))

    checked = called("check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_json_is_all_that_is_printed(project: Path) -> None:
    done = called("run", "churn", "--json", "-p", "n=2")
    run = json.loads(done.stdout)

    assert run["params"] == {"n": 2}
    assert [task["state"] for task in run["tasks"]] == ["succeeded"] * 4
    assert json.loads(called("status", run["id"][:10], "--json").stdout)["id"] == run["id"]
    assert json.loads(called("runs", "--json").stdout)[0]["id"] == run["id"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "churn", "-p", "n=many"], "n"),
        (["run", "churn", "-p", "m=1"], "m"),
        (["run", "churn", "-p", "n"], "-p name=value"),
        (["run", "chrun"], "churn"),
    ],
)
def test_a_wrong_request_leaves_with_2_and_starts_nothing(
    project: Path, arguments: list[str], told: str
) -> None:
    done = called(*arguments)

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / ".jupyter_flow" / "runs").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals to processes are POSIX's")
def test_an_interrupt_cancels_the_run(project: Path) -> None:
    write_notebook(
        project / "side.ipynb",
        "from pathlib import Path\nimport time\nPath('begun').touch()\ntime.sleep(60)",
        task="side",
    )
    running = subprocess.Popen(
        [*FLOW, "run", "churn"], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert running.stdout is not None
    for line in running.stdout:
        if "side running" in line:
            break
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=60)

    assert running.returncode == 130
    assert "■ churn cancelled" in rest


def test_a_closed_pipe_is_quiet(project: Path) -> None:
    shell = " ".join([*FLOW, "explain", "churn", "|", "true"])
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60)

    assert done.stderr == ""

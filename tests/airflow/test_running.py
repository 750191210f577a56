"""The same flow, run here and by Airflow: the same states, the same values, as many attempts."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.language import read
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, TaskState
from jupyter_flow.testing.luck import rehearse, run_of
from jupyter_flow.testing.notebooks import write_notebook

from .conftest import Airflow

DAY = "2026-01-31"
#: What Airflow calls our states.
STATES = {"succeeded": "success", "failed": "failed", "skipped": "skipped"}
STATES |= {"upstream_failed": "upstream_failed"}

WORK = """\
import jupyter_flow
from pathlib import Path
Path(f"{name or 'work'}.ran").write_text(str(x))
if fail or int(attempt) < good_from:
    raise {"key": KeyError, "value": ValueError}[error]("as was asked for")
jupyter_flow.output(total=x + sum(given), items=list(range(x)), text=text, nothing=None)
"""
PARAMETERS = """\
x: int = 1
given: list = []
fail: bool = False
error: str = "value"
text: str = ""
name: str = ""
attempt: str = "1"
good_from: int = 1
"""

FLOWS = {
    "chained": """
params(n=3, share=0.5, names=["a", "b"], word="007")
first = work(x=params.n, text="{{ ds }} {{ ts }} {{ params.share }} {{ run_id and 1 }} {{ task }}")
second = work(x=2, given=[first.total, params.n], text=params.word)
third = work(given=[first.total, second.total], text=second.text)
first >> second >> third
""",
    "mapped": """
params(go=False)
first = work(x=3)
each = work(text="{{ map_index }}").expand(x=first.items, given=[[1], [2, 3]])
some = work(x=1).expand(text=["a {{ ds }}", "b"])
fixed = work(x=1).expand(text=["a", "b"])
none = work(x=0)
nothing = over.expand(x=none.items)
not_now = work(text="no").expand(x=first.items).when(params.go)
joined = work(given=each.total, x=4)
after = work(x=5).options(trigger="none_failed")
[joined, not_now, fixed, some] >> after
""",
    "branches": """
params(model="logit")
score = work(x=7)
good = work(x=1).when(score.total > 5 and params.model in ["logit"])
bad = work(x=2).when(not score.total > 5)
behind = work(x=3)
never = work(x=4).when(bad.total > 1)
join = work(x=5).options(trigger="none_failed_min_one_success")
at_last = work(x=6).options(trigger="all_done")
one = work(x=7).options(trigger="one_success")
bad >> behind
[good, bad] >> join
[behind, join] >> at_last
[good, bad] >> one
""",
    "failures": """
breaks = work(fail=True).options(retries=1)
behind = work()
clean_up = work(x=2).options(trigger="all_done")
on_failure = work(x=3).options(trigger="one_failed")
second_try = work(attempt="{{ attempt }}", good_from=2).options(retries=2)
hopeless = work(fail=True, error="key").options(retries=2, no_retry_on="KeyError")
too_slow = sleeper.options(timeout="1s")
only_keys = work(fail=True).options(retries=2, retry_on="KeyError")
keys = work(fail=True, error="key").options(retries=1, retry_on="LookupError")
none_failed = work(x=4).options(trigger="none_failed")
breaks >> [behind, clean_up, on_failure, none_failed]
all_failed = work(x=5).options(trigger="all_failed")
[hopeless, only_keys, keys] >> all_failed
""",
    "cleaning_up": """
up = work(x=1).as_setup()
inside = work(fail=True)
down = work(x=2).as_teardown(setups=up)
behind = work(x=3)
up >> inside >> down
inside >> behind
no = work(fail=True).as_setup()
of_no = work(x=4)
also = work(x=5).as_teardown(setups=no, fails_run=True)
no >> of_no >> also
""",
    "kinds": """
with group("read"):
    rows = sql("select count(*) as n from sales", connection="warehouse")
    ready = wait_for(file="here/*.csv", timeout="1m")
with group("work_on"):
    said = shell("echo {{ ds }} $MOOD").options(env={"MOOD": "fine on {{ ds_nodash }}"})
    made = python("shop:count", rows=rows.first, of="{{ ds }}")
ready >> said
made >> expect(made.result > 0, "nothing there")
shut = expect(made.result > 100, "too few")
shut >> behind
""",
    "asking": """
params(go=False)
waits = wait_for(flow="chained", timeout="1m").when(params.go)
asks = approve("Go on?").when(params.go)
[waits, asks] >> work(x=1).options(trigger="all_skipped")
""",
    "within": """
sub = flow("chained", n=5)
sub >> work(given=[1, 2])
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All flows, and a notebook that does what it is asked to, with all that it needs."""
    monkeypatch.chdir(tmp_path)
    for name in ("work", "over", "behind"):
        write_notebook(tmp_path / f"{name}.ipynb", WORK, parameters=PARAMETERS, task=name)
    write_notebook(tmp_path / "sleeper.ipynb", "import time; time.sleep(60)", task="sleeper")
    with sqlite3.connect(tmp_path / "shop.db") as db:
        db.execute("create table sales (n int)")
        db.execute("insert into sales values (1), (2)")
    monkeypatch.setenv("JUPYTER_FLOW_CONN_WAREHOUSE", f"sqlite:///{tmp_path}/shop.db")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "one.csv").write_text("1")
    (tmp_path / "shop.py").write_text("def count(rows, of):\n    return rows['n']\n")
    for name, body in FLOWS.items():
        write_notebook(tmp_path / f"{name}_flow.ipynb", f"%%flow {name}{body}")
    return tmp_path


@pytest.mark.parametrize("name", FLOWS)
def test_airflow_comes_to_the_same(name: str, project: Path, airflow: Airflow) -> None:
    assert_comes_to_the_same(name, airflow)


@pytest.mark.parametrize("seed", range(4))
def test_airflow_comes_to_the_same_in_flows_by_chance(
    seed: int, project: Path, airflow: Airflow
) -> None:
    name, body = by_chance(seed)
    write_notebook(project / f"{name}_flow.ipynb", f"%%flow {name}\n{body}")

    assert_comes_to_the_same(name, airflow)


def test_airflow_waits_for_the_dag_of_another_flow(project: Path, airflow: Airflow) -> None:
    body = 'waits = wait_for(flow="chained", timeout="1m")\nwaits >> work(x=1)'
    write_notebook(project / "waiting_flow.ipynb", f"%%flow waiting\n{body}")
    assert_comes_to_the_same("chained", airflow)

    assert_comes_to_the_same("waiting", airflow)


def test_parameters_are_given_as_for_any_dag(project: Path, airflow: Airflow) -> None:
    given = {"n": 11, "word": "1e5"}
    assert_comes_to_the_same("chained", airflow, given)


def test_papermill_executes_notebooks_where_they_are(project: Path, airflow: Airflow) -> None:
    folder = project / "sub"
    write_notebook(
        folder / "writes.ipynb",
        "from pathlib import Path\nPath('written').write_text(f'{day} {n} {word}')",
        parameters="day = ''\nn = 0\nword = ''",
        task="writes",
    )
    body = 'params(word="007")\nwrites(day="{{ ds }}", n=3, word="{{ params.word }}")'
    write_notebook(project / "plain_flow.ipynb", f"%%flow plain\n{body}")

    done = run_by_airflow("plain", airflow, {}, "--papermill")

    assert done["tasks"] == {"writes|-1": ["success", 1]}
    assert (folder / "written").read_text() == f"{DAY} 3 007"
    executed = project / ".jupyter_flow" / "runs" / "plain" / done["run"] / "writes" / "1.ipynb"
    assert executed.exists()


def test_a_flow_that_was_edited_meanwhile_is_refused(project: Path, airflow: Airflow) -> None:
    write_notebook(project / "edited_flow.ipynb", "%%flow edited\nwork(x=1)")
    export("edited", airflow)
    write_notebook(project / "edited_flow.ipynb", "%%flow edited\nwork(x=2)")

    answer = airflow.command("dags", "test", "edited", DAY)

    assert "JF440: flow 'edited' is not the one that was exported" in answer.stdout
    assert airflow.inside("runs")["edited"]["tasks"] == {"work|-1": ["failed", 1]}


def assert_comes_to_the_same(
    name: str, airflow: Airflow, given: dict[str, Any] | None = None
) -> None:
    ours = run_here(name, given or {})
    theirs = run_by_airflow(name, airflow, given or {})

    listers = {f"{each['task']}__items|-1" for each in ours["tasks"]}
    states = {key(each): STATES[each["state"]] for each in ours["tasks"]}
    told = {task: state for task, (state, _) in theirs["tasks"].items() if task not in listers}
    assert told == states
    values = {key(each): each["values"] for each in ours["tasks"] if each["state"] == "succeeded"}
    handed = {task: each for task, each in theirs["values"].items() if task not in listers}
    assert without_runs(handed) == without_runs(values)
    tries = {key(each): len(each["attempts"]) for each in ours["tasks"] if each["attempts"]}
    assert {task: theirs["tasks"][task][1] for task in tries} == tries
    assert theirs["state"] == STATES[ours["state"]]


def run_here(name: str, given: dict[str, Any]) -> dict[str, Any]:
    params = [word for k, v in given.items() for word in ("-p", f"{k}={v}")]
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "jupyter_flow",
            "run",
            name,
            "--json",
            "--logical-date",
            DAY,
            *params,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode in (0, 1), answer.stderr
    done: dict[str, Any] = json.loads(answer.stdout)
    return done


def run_by_airflow(
    name: str, airflow: Airflow, given: dict[str, Any], *options: str
) -> dict[str, Any]:
    export(name, airflow, *options)
    answer = airflow.command("dags", "test", name, DAY, "--conf", json.dumps(given))
    done: dict[str, Any] = airflow.inside("runs").get(name)
    assert done, answer.stdout + answer.stderr
    return done


def export(name: str, airflow: Airflow, *options: str) -> None:
    command = [sys.executable, "-m", "jupyter_flow", "export", "airflow", name, *options]
    subprocess.run([*command, "-o", airflow.dags], check=True, capture_output=True)


def key(task: dict[str, Any]) -> str:
    return f"{task['task']}|{-1 if task['index'] is None else task['index']}"


def without_runs(values: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What does not name the run that it comes from; tasks with nothing else are left out."""
    named = {
        task: {name: value for name, value in each.items() if name != "run"}
        for task, each in values.items()
    }
    return {task: each for task, each in named.items() if each}


#: Rules that may be met before all has ended: what is not known then depends on who was faster.
EARLY = ("one_success", "one_failed", "one_done", "always")
RULES = (*EARLY, "all_success", "all_done", "all_failed", "none_failed", "none_skipped")
RULES += ("none_failed_min_one_success", "all_skipped", "all_done_min_one_success")


def by_chance(seed: int) -> tuple[str, str]:
    """A flow whose end does not depend on which task is faster."""
    dice = random.Random(seed)
    while True:
        body, failing = drawn(dice)
        name = f"chance_{seed}"
        flow = read(body, line=name).flow
        assert flow is not None
        fates = dict.fromkeys(failing, Outcome.FAILED)
        done = rehearse(run_of(flow), fates)
        ended = {each.state for each in done.in_order()}
        if len(ended) >= 3 and not depends_on_speed(done):
            return name, body


def drawn(dice: random.Random) -> tuple[str, set[str]]:
    lines, failing = [], set[str]()
    names = [f"t{number}" for number in range(7)]
    for place, name in enumerate(names):
        ups = dice.sample(names[:place], k=min(place, dice.choice([0, 1, 2, 2])))
        rule = dice.choice(RULES) if ups and dice.random() < 0.6 else "all_success"
        fails = dice.random() < 0.25
        failing |= {name} if fails else set()
        condition = ".when(1 > 2)" if dice.random() < 0.15 else ""
        lines.append(f'{name} = work(x={place}, fail={fails}){condition}.options(trigger="{rule}")')
        lines += [f"{up} >> {name}" for up in ups]
    return "\n".join(lines), failing


def depends_on_speed(run: Run) -> bool:
    """Whether a task comes after one that was skipped and one that failed."""
    for ups in run.plan.flow.graph.upstream.values():
        states = {each.state for up in ups for each in run.runs_of(up)}
        if TaskState.SKIPPED in states and any(state.is_bad for state in states):
            return True
    return False

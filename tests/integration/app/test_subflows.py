"""A task that runs another flow: its attempt is a run, which is begun once, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.app import wiring
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.settings import Settings
from jupyter_flow.core.errors import DefinitionError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.testing.notebooks import write_notebook

SUB = TaskKey("sub")
LOAD = (
    "import time\nfrom pathlib import Path",
    "Path('begun').touch()",
    "while Path('hold').exists():\n    time.sleep(0.02)",
    "if Path('broken').exists():\n    raise ValueError('no rows')",
    "import jupyter_flow\njupyter_flow.output(rows=n * 2)",
)


INNER = "params(n=3, day='')\nload(n=params.n) >> train(rows=load.rows)"


@dataclass
class Lab:
    folder: Path
    flows: Flows

    def define(self, name: str, body: str, line: str = "") -> None:
        write_notebook(self.folder / f"{name}.flow.ipynb", f"%%flow {name} {line}\n{body}")

    def run(self, name: str = "outer", **params: Any) -> Run:
        return self.flows.drive(self.flows.start(self.flows.flow(name), params=params, here=True))

    def children(self, run: Run) -> list[Run]:
        """The runs that are parts of *run*, in the order in which they were made."""
        found = [each for each in self.flows.runs(limit=50) if each.parent is not None]
        mine = [each.id for each in reversed(found) if each.parent and each.parent.run == run.id]
        return [self.flows.run(each) for each in mine]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    write_notebook(tmp_path / "load.ipynb", *LOAD, task="load", parameters="n: int = 1")
    train = "import jupyter_flow\njupyter_flow.output(auc=rows / 100)"
    write_notebook(tmp_path / "train.ipynb", train, task="train", parameters="rows: int = 0")
    write_notebook(tmp_path / "report.ipynb", "auc", task="report", parameters="auc: float = 0.0")
    flows = wiring.wire(Settings.read(tmp_path, {}))
    made = Lab(tmp_path, flows)
    made.define("inner", INNER)
    made.define(
        "outer", 'params(k=5)\nsub = flow("inner", n=params.k, day="{{ ds }}")\nreport(auc=sub.auc)'
    )
    yield made
    flows.close()


def test_its_run_is_one_of_that_flow_and_hands_on_what_that_ends_with(lab: Lab) -> None:
    run = lab.run(k=20)

    assert run.state is RunState.SUCCEEDED
    (child,) = lab.children(run)
    assert (child.flow_name, child.state) == ("inner", RunState.SUCCEEDED)
    assert child.params == {"n": 20, "day": f"{run.logical_date:%Y-%m-%d}"}
    assert (child.logical_date, child.interval) == (run.logical_date, run.interval)
    assert child.parent is not None
    assert child.parent.key == SUB
    sub = run.task_runs[SUB]
    assert sub.values == {"auc": 0.4, "run": child.id}
    assert sub.attempts[-1].child == child.id
    assert lab.flows.run("").id == run.id


def test_why_it_failed_is_why_its_task_did_and_a_repair_goes_on_in_it(lab: Lab) -> None:
    (lab.folder / "broken").touch()
    run = lab.run()

    assert run.state is RunState.FAILED
    (child,) = lab.children(run)
    failure = run.task_runs[SUB].attempts[-1].failure
    assert failure is not None
    assert failure.cause is Cause.FLOW_FAILED
    assert failure.message == (f"inner failed: load (ValueError: no rows), in run {child.id}")

    (lab.folder / "broken").unlink()
    lab.flows.asking.repair(run.id)
    run = lab.flows.drive(run.id)

    assert run.state is RunState.SUCCEEDED
    (same,) = lab.children(run)
    assert same.id == child.id
    assert [each.outcome for each in same.task_runs[TaskKey("load")].attempts] == [
        Outcome.FAILED,
        Outcome.SUCCEEDED,
    ]
    assert [each.child for each in run.task_runs[SUB].attempts] == [child.id] * 2


def test_what_is_cleared_after_it_succeeded_is_a_new_run(lab: Lab) -> None:
    run = lab.run()
    lab.flows.asking.clear(run.id, ["sub"])
    run = lab.flows.drive(run.id)

    assert run.state is RunState.SUCCEEDED
    assert len(lab.children(run)) == 2


def test_a_retry_goes_on_where_it_failed(lab: Lab) -> None:
    once = (
        "from pathlib import Path\nif not Path('once').exists():\n    Path('once').touch(); 1 / 0"
    )
    write_notebook(lab.folder / "flaky.ipynb", once, task="flaky")
    lab.define("inner", "load >> flaky")
    lab.define("outer", 'flow("inner").options(retries=1, retry_delay="0s")')
    run = lab.run()

    assert run.state is RunState.SUCCEEDED
    (child,) = lab.children(run)
    assert len(child.task_runs[TaskKey("load")].attempts) == 1
    assert len(child.task_runs[TaskKey("flaky")].attempts) == 2


def test_expanded_it_is_a_run_for_each(lab: Lab) -> None:
    lab.define(
        "outer", 'subs = flow("inner").expand(params=[{"n": 1}, {"n": 2}, {"n": 3}])\nsubs >> load'
    )
    run = lab.run()

    assert run.state is RunState.SUCCEEDED
    assert [run.task_runs[TaskKey("subs", at)].values["auc"] for at in range(3)] == [
        0.02,
        0.04,
        0.06,
    ]
    assert len(lab.children(run)) == 3


def test_its_time_limit_stops_the_run(lab: Lab) -> None:
    (lab.folder / "hold").touch()
    lab.define("outer", 'sub = flow("inner").options(timeout="1s")')
    run = lab.run()

    attempt = run.task_runs[SUB].attempts[-1]
    assert attempt.outcome is Outcome.TIMED_OUT
    assert [each.state for each in lab.children(run)] == [RunState.CANCELLED]


def test_what_it_is_given_is_checked_when_it_is_known(lab: Lab) -> None:
    lab.define("outer", 'params(k=None)\nsub = flow("inner", n=params.k)')
    run = lab.run(k="many")

    failure = run.task_runs[SUB].attempts[-1].failure
    assert failure is not None
    assert failure.cause is Cause.START_FAILED
    assert "'n' must be int" in failure.message
    assert lab.children(run) == []


def test_flows_that_would_run_each_other_for_ever_are_refused(lab: Lab) -> None:
    lab.define("inner", 'flow("outer")')
    with pytest.raises(DefinitionError, match="'outer' runs 'inner' runs 'outer'"):
        lab.flows.flow("outer").runnable()
    lab.define("inner", "nobody >> load")
    with pytest.raises(DefinitionError, match="no notebook is tagged as task 'nobody'"):
        lab.flows.flow("outer").runnable()
    lab.define("outer", 'flow("innre")')
    with pytest.raises(DefinitionError, match="Did you mean 'inner'"):
        lab.flows.flow("outer").runnable()


def begun(lab: Lab, *words: str) -> subprocess.Popen[bytes]:
    """`jupyter flow run outer` in a process of its own, when its load runs."""
    (lab.folder / "hold").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_flow", "run", "outer", "--quiet", *words],
        cwd=lab.folder,
        env={**os.environ, "JUPYTER_FLOW_LEASE": "5"},
        stdout=subprocess.DEVNULL,
    )
    limit = time.monotonic() + 60
    while not (lab.folder / "begun").exists():
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.02)
    return process


def test_cancelled_with_its_run(lab: Lab) -> None:
    process = begun(lab)
    process.send_signal(signal.SIGINT)
    process.wait(60)

    run = lab.flows.run("")
    assert run.state is RunState.CANCELLED
    (child,) = lab.children(run)
    assert child.state is RunState.CANCELLED
    assert child.task_runs[TaskKey("load")].attempts[-1].outcome is Outcome.CANCELLED


def test_killed_in_the_middle_it_is_found_again_and_never_two(lab: Lab) -> None:
    lab.define(
        "inner", "params(n=3, day='')\nload(n=params.n) >> train(rows=load.rows)", "--retries 1"
    )
    process = begun(lab)
    process.kill()
    process.wait(60)
    (lab.folder / "hold").unlink()

    run = lab.flows.run("")
    assert run.task_runs[SUB].state is TaskState.RUNNING
    run = lab.flows.drive(RunId(run.id))

    assert run.state is RunState.SUCCEEDED
    (child,) = lab.children(run)
    assert [each.outcome for each in child.task_runs[TaskKey("load")].attempts] == [
        Outcome.LOST,
        Outcome.SUCCEEDED,
    ]
    assert len(run.task_runs[SUB].attempts) == 1


def test_old_runs_go_with_their_parts(lab: Lab) -> None:
    first = lab.run()
    second = lab.run()
    lab.flows.pruning.prune(keep_runs=1)

    left = {each.id for each in lab.flows.runs()}
    assert left == {second.id, *(each.id for each in lab.children(second))}
    assert first.id not in left

"""Results of earlier runs are restored while nothing changed, and never when something did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.app import wiring
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.settings import Settings
from jupyter_flow.core.artifacts import artifacts_in
from jupyter_flow.core.ids import AttemptId, TaskKey
from jupyter_flow.core.options import ANEW
from jupyter_flow.core.run import Run
from jupyter_flow.testing.notebooks import write_notebook

HAND_ON = "import jupyter_flow\njupyter_flow.output({})"


@dataclass
class Lab:
    folder: Path
    flows: Flows

    def write(self, task: str, *cells: str, **more: Any) -> None:
        write_notebook(self.folder / f"{task}.ipynb", *cells, task=task, **more)

    def run(self, line: str, body: str, **params: Any) -> Run:
        """A run of that flow, carried to its end."""
        name = line.partition(" ")[0]
        write_notebook(self.folder / f"{name}.flow.ipynb", f"%%flow {line}\n{body}")
        run = self.flows.start(self.flows.flow(name), params=params, here=True)
        return self.flows.drive(run)

    def states(self, line: str, body: str, **params: Any) -> str:
        """How each of its tasks ended, with its values."""
        run = self.run(line, body, **params)
        return ", ".join(f"{each.key} {each.state}" for each in run.in_order())

    def log(self, run: Run, task: str) -> str:
        attempt = run.task_runs[TaskKey(task)].attempt
        assert attempt is not None
        return (self.flows.settings.home / attempt.log).read_text()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    flows = wiring.wire(Settings.read(tmp_path, {}))
    yield Lab(tmp_path, flows)
    flows.close()


TWO = "load(n=params.n) >> train(rows=load.rows)\nparams(n=3)"


@pytest.fixture
def two(lab: Lab) -> Lab:
    """*train* uses what *load* hands on, which comes from a module."""
    (lab.folder / "prep.py").write_text("def rows(n): return n * 2")
    code = "import jupyter_flow, prep\njupyter_flow.output(rows=prep.rows(n))"
    lab.write("load", code, parameters="n: int = 1")
    lab.write("train", HAND_ON.format("auc=rows / 10"), parameters="rows: int")
    assert lab.states("daily --cache", TWO) == "load succeeded, train succeeded"
    return lab


def test_what_has_not_changed_is_restored_with_its_values(two: Lab) -> None:
    first = two.run("daily --cache", TWO, n=4)
    second = two.run("daily --cache", TWO, n=4)

    train = second.task_runs[TaskKey("train")]
    assert train.state == "restored"
    assert not train.attempts
    assert train.values == {"auc": 0.8}
    assert train.origin == AttemptId(run=first.id, key=TaskKey("train"), number=1)
    assert train.reason == f"unchanged since run {first.id}"
    assert two.flows.stores.runs.load(second.id) == second


def test_another_flow_and_another_task_may_use_the_same_result(two: Lab) -> None:
    body = 'again = notebook("load.ipynb")\nagain(n=3).options(cache=True)'

    assert two.states("weekly", body) == "again restored"


def test_a_task_that_is_not_cached_runs(two: Lab) -> None:
    body = "load(n=3) >> train(rows=load.rows).options(cache=False)"

    assert two.states("daily --cache", body) == "load restored, train succeeded"


def test_what_comes_out_the_same_stops_the_wave(two: Lab) -> None:
    (two.folder / "prep.py").write_text("def rows(n): return 2 * n")

    run = two.run("daily --cache", TWO)
    assert [each.state.value for each in run.in_order()] == ["succeeded", "restored"]
    assert "the module prep.py has changed" in two.log(run, "load")


def test_comments_and_outputs_make_no_difference(two: Lab) -> None:
    code = "import jupyter_flow, prep  # ours\njupyter_flow.output(rows=prep.rows(n))"
    two.write("load", code, "# the end", parameters="n: int = 1")

    assert two.states("daily --cache", TWO) == "load restored, train restored"


def test_a_list_that_grew_is_done_where_it_grew(lab: Lab) -> None:
    lab.write("fit", HAND_ON.format("score=n"), parameters="n: int")
    assert (
        lab.states("grid --cache", "fit.expand(n=[1, 2])") == "fit[0] succeeded, fit[1] succeeded"
    )

    grown = lab.states("grid --cache", "fit.expand(n=[2, 3, 1])")
    assert grown == "fit[0] restored, fit[1] succeeded, fit[2] restored"


def test_files_that_a_task_reads_count(lab: Lab) -> None:
    lab.write("first", "pass")
    lab.write("read", "pass")
    body = 'first >> read.options(cache=True, inputs=["in/*.csv", "{{ ds_nodash }}.txt"])'
    (lab.folder / "in").mkdir()
    (lab.folder / "in" / "a.csv").write_text("1")
    assert lab.states("reading", body) == "first succeeded, read succeeded"
    assert lab.states("reading", body) == "first succeeded, read restored"
    (lab.folder / "in" / "b.csv").write_text("2")

    run = lab.run("reading", body)
    assert run.task_runs[TaskKey("read")].state == "succeeded"
    assert "the file in/b.csv is new" in lab.log(run, "read")


def test_what_comes_after_a_task_that_tells_nothing_is_done_after_it(lab: Lab) -> None:
    """Nobody can tell what the first one left behind."""
    lab.write("first", "pass")
    lab.write("second", "pass")
    assert lab.states("blind --cache", "first >> second") == "first succeeded, second succeeded"
    assert lab.states("blind --cache", "first >> second") == "first restored, second restored"
    lab.write("first", "x = 1")

    assert lab.states("blind --cache", "first >> second") == "first succeeded, second succeeded"


def test_what_failed_or_was_changed_meanwhile_is_no_result(lab: Lab) -> None:
    lab.write("bad", "1 / 0")
    lab.write("greedy", "open('in.txt', 'a').write('x')")
    body = 'bad\ngreedy.options(inputs=["in.txt"])'
    for _ in range(2):
        assert lab.states("poor --cache", body) == "bad failed, greedy succeeded"


def test_what_is_cleared_is_done_anew_and_then_is_the_result(two: Lab) -> None:
    run = two.run("daily --cache", TWO)
    assert run.task_runs[TaskKey("load")].state == "restored"
    two.flows.asking.clear(run.id, ["load"], downstream=False)
    again = two.flows.drive(run.id)
    third = two.run("daily --cache", TWO)

    assert again.task_runs[TaskKey("load")].state == "succeeded"
    assert again.task_runs[TaskKey("load")].origin is None
    origin = third.task_runs[TaskKey("load")].origin
    assert origin is not None
    assert origin.run == run.id


def test_a_result_may_be_good_for_a_time_or_for_ever(lab: Lab) -> None:
    lab.write("fit", "pass", parameters="n: int = 1")
    assert lab.states("short --cache 1ms", "fit") == "fit succeeded"
    assert lab.states("short --cache 1ms", "fit") == "fit succeeded"
    assert lab.states("long --cache 1d", "fit") == "fit restored"
    lab.write("fit", "x = 1", parameters="n: int = 1")
    assert lab.states("ever --cache always", "fit") == "fit restored"
    assert lab.states("ever --cache always", "fit(n=2)") == "fit succeeded"


def test_files_of_a_result_are_compared_by_what_is_in_them_and_must_be_there(lab: Lab) -> None:
    lab.write("fit", HAND_ON.format('model=str(jupyter_flow.artifact("m.txt"))'))
    code = 'import jupyter_flow\npath = jupyter_flow.artifact("m.txt")\npath.write_text("m")\n'
    lab.write("fit", code + "jupyter_flow.output(model=str(path))")
    lab.write("use", "pass", parameters="model: str")
    body = "fit >> use(model=fit.model)"
    first = lab.run("files --cache", body)
    lab.write("fit", code + "x = 1\njupyter_flow.output(model=str(path))")
    second = lab.run("files --cache", body)
    assert [each.state.value for each in second.in_order()] == ["succeeded", "restored"]
    Path(second.task_runs[TaskKey("fit")].values["model"]).unlink()

    third = lab.run("files --cache", body)
    assert third.task_runs[TaskKey("fit")].state == "succeeded"
    assert "is gone" in lab.log(third, "fit")
    assert first.state == third.state == "succeeded"


def test_results_can_be_left_aside_and_made_anew(two: Lab) -> None:
    checked = two.flows.flow("daily")
    plan = checked.runnable()
    anew = {
        name: replace(target, policy=replace(target.policy, cache=ANEW))
        for name, target in plan.targets.items()
    }
    run = two.flows.start(
        replace(checked, plan=replace(plan, targets=anew)), params={"n": 3}, here=True
    )

    assert {each.state.value for each in two.flows.drive(run).in_order()} == {"succeeded"}
    later = two.run("daily --cache", TWO)
    origins = {each.origin.run for each in later.in_order() if each.origin is not None}
    assert origins == {run}


def test_it_is_told_beforehand_what_would_be_restored_and_what_has_changed(two: Lab) -> None:
    def told() -> str:
        return two.flows.explain(two.flows.flow("daily"))

    assert told().count("  now      restored: unchanged since run ") == 2
    code = "import jupyter_flow, prep\njupyter_flow.output(rows=prep.rows(n + 1))"
    two.write("load", code, parameters="n: int = 1")

    after = told()
    assert "  now      runs: since run " in after
    assert "its code has changed" in after
    assert "           -jupyter_flow.output(rows=prep.rows(n))" in after
    assert "           +jupyter_flow.output(rows=prep.rows(n + 1))" in after
    assert "  now      runs: that depends on what comes from 'load'" in after


def test_frames_are_compared_by_what_is_in_them_and_must_be_kept(lab: Lab) -> None:
    code = "import pandas\nimport jupyter_flow\nframe = pandas.DataFrame({'x': [1, 2]})\n"
    lab.write("load", code + "jupyter_flow.output(df=frame)")
    lab.write("sum", HAND_ON.format("total=int(df.x.sum())"), parameters="df = None")
    body = "load >> sum(df=load.df)"
    first = lab.run("frames --cache", body)
    assert first.task_runs[TaskKey("sum")].values == {"total": 3}
    lab.write("load", code + "y = 1\njupyter_flow.output(df=frame)")
    second = lab.run("frames --cache", body)
    assert [each.state.value for each in second.in_order()] == ["succeeded", "restored"]
    (ref,) = artifacts_in(second.task_runs[TaskKey("load")].values)
    (kept,) = lab.flows.settings.home.glob(f"artifacts/*/{ref.file}")
    kept.unlink()

    third = lab.run("frames --cache", body)
    assert [each.state.value for each in third.in_order()] == ["succeeded", "restored"]
    assert "is gone" in lab.log(third, "load")

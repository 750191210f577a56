"""A project that machines have in different folders is the same project in their store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.events import AttemptStarted, RepairRequested
from jupyter_flow.core.flow import Plan, Target
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.opening import open_store
from jupyter_flow.store.project_paths import ProjectPaths, ValuesText, use_paths
from jupyter_flow.testing.luck import NOON, flow_of, run_of
from jupyter_flow.testing.samples import attempt_of, task_run_of
from jupyter_flow.testing.store_contract.base import leased, recorded

MINUTE = timedelta(minutes=1)
ADDRESS = "s3://bucket/flows"
HERE, THERE = (ProjectPaths.of(Path(folder), ADDRESS) for folder in ("/home/a/churn", "/srv/churn"))


def run_in(folder: str) -> Run:
    made = run_of(flow_of("a"))
    plan = Plan(
        flow=made.plan.flow,
        targets={
            "a": Target(path=f"{folder}/steps/a.ipynb", digest="0", folder=f"{folder}/steps"),
        },
        origin=f"{folder}/flow.ipynb::{made.flow_name}",
    )
    inner = replace(plan, targets={"a": replace(plan.targets["a"], folder=folder)})
    return replace(made, plan=replace(plan, children={"a": inner}))


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/home/a/churn", f"{ADDRESS}#"),
        ("/home/a/churn/flow.ipynb::x", f"{ADDRESS}#flow.ipynb::x"),
        ("/home/a/churn2/flow.ipynb", "/home/a/churn2/flow.ipynb"),
        ("/elsewhere/shipped.ipynb", "/elsewhere/shipped.ipynb"),
        ("", ""),
    ],
)
def test_what_is_below_the_folder_is_known_to_all(path: str, known: str) -> None:
    assert HERE.outwards(path) == known
    assert HERE.inwards(known) == path


@given(st.text(min_size=1))
def test_a_path_comes_back_as_it_went(rest: str) -> None:
    for path in (f"/home/a/churn/{rest}", f"/{rest}"):
        assert HERE.inwards(HERE.outwards(path)) == path


@pytest.fixture
def stores(tmp_path: Path) -> tuple[Stores, Stores]:
    here, there = (open_store(tmp_path / "flow.db", paths=each) for each in (HERE, THERE))
    return here, there


def test_a_run_is_found_with_the_paths_of_each_machine(
    stores: tuple[Stores, Stores], tmp_path: Path
) -> None:
    here, there = stores
    run = run_in("/home/a/churn")
    here.runs.create(run)

    assert here.runs.load(run.id) == run
    assert there.runs.load(run.id) == run_in("/srv/churn")
    (found,) = there.runs.at(run.flow_name, run_in("/srv/churn").plan.origin, [run.logical_date])
    assert (found.id, found.origin) == (run.id, run_in("/srv/churn").plan.origin)
    with sa.create_engine(f"sqlite:///{tmp_path}/flow.db").connect() as db:
        texts = [text for (text,) in db.execute(sa.text("SELECT plan FROM plan_texts"))]
    assert texts
    assert not any("/home/a" in text for text in texts)
    for each in stores:
        each.close()


def test_files_that_were_handed_on_are_where_each_machine_has_them(
    stores: tuple[Stores, Stores], tmp_path: Path
) -> None:
    """And so are those that parameters name, that somebody answered with, or is to repair with."""
    here, there = stores
    made = run_in("/home/a/churn")

    def values(folder: str) -> dict[str, Any]:
        table = f"{folder}/.jupyter_flow/runs/a/t.csv"
        said = f'in "{folder}/x"'
        return {"table": table, "all": [{"p": Path(table)}], "said": said, "other": "/srv/b/t"}

    run = replace(made, params=values("/home/a/churn"))
    here.runs.create(run)
    lease = leased(here.runs, run, "me")
    done = task_run_of(
        TaskKey("a"),
        attempt_of(parameters=values("/home/a/churn")),
        values=values("/home/a/churn"),
    )
    event = AttemptStarted(key=TaskKey("a"), parameters=values("/home/a/churn"))
    recorded(here.runs, lease, run, [done], event)
    target = {"a": run.plan.targets["a"]}
    here.runs.ask(run.id, RepairRequested(targets=target), now=NOON)

    seen = there.runs.load(run.id)
    (attempt,) = seen.task_runs[TaskKey("a")].attempts
    there_values = values("/srv/churn")
    assert [seen.params, attempt.parameters, seen.task_runs[TaskKey("a")].values] == [
        there_values
    ] * 3
    (entry,) = there.runs.journal(run.id)
    assert entry.event == replace(event, parameters=there_values)
    (asked,) = there.runs.requests(run.id)
    assert asked.request == RepairRequested(targets=run_in("/srv/churn").plan.targets)
    assert here.runs.load(run.id).params == run.params
    for each in stores:
        each.close()


FOLDERS = ["/home/a/churn", '/home/zoë/"x" y', "/"]
TEXTS = st.one_of(
    st.text(), *(st.builds("{}{}{}".format, st.text(), st.just(f), st.text()) for f in FOLDERS)
)


@pytest.mark.parametrize("folder", FOLDERS)
@given(
    values=st.recursive(TEXTS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each)),
)
def test_values_come_back_as_they_went(folder: str, values: Any) -> None:
    engine = sa.create_engine("sqlite://")
    use_paths(engine, ProjectPaths.of(Path(folder), ADDRESS))
    kind, written = ValuesText(), json.dumps(values, ensure_ascii=False)

    sent = kind.process_bind_param(written, engine.dialect)

    back = kind.process_result_value(sent, engine.dialect)
    assert back is not None
    assert json.loads(back) == values


def test_the_turn_of_one_counts_for_the_other(stores: tuple[Stores, Stores]) -> None:
    here, there = stores
    first, second = run_in("/home/a/churn"), replace(run_in("/srv/churn"), id=RunId("second"))
    options = replace(first.plan.flow.options, max_active_runs=1)
    first, second = (
        replace(each, plan=replace(each.plan, flow=replace(each.plan.flow, options=options)))
        for each in (first, second)
    )
    here.runs.create(first)
    there.runs.create(second)

    assert here.runs.lease(first.id, "me", now=NOON, duration=MINUTE) is not None
    assert there.runs.lease(second.id, "you", now=NOON, duration=MINUTE) is None
    for each in stores:
        each.close()

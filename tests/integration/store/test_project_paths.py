"""A project that machines have in different folders is the same project in their store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.flow import Plan, Target
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.opening import open_store
from jupyter_flow.store.project_paths import ProjectPaths
from jupyter_flow.testing.luck import NOON, flow_of, run_of

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

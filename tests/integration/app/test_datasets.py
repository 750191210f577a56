"""From an update to the run of a flow that waits for it, and back to what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_flow.app import wiring
from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.datasets import Lineage
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.naming import new_run_ids
from jupyter_flow.app.settings import Settings
from jupyter_flow.core.errors import NotFoundError, UsageError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.engine.scheduler import Scheduler
from jupyter_flow.testing.notebooks import write_notebook


@dataclass
class Lab:
    folder: Path
    flows: Flows

    def define(self, line: str, body: str) -> None:
        name = line.partition(" ")[0]
        write_notebook(self.folder / f"{name}.flow.ipynb", f"%%flow {line}\n{body}")

    def run(self, name: str) -> Run:
        return self.flows.drive(self.flows.start(self.flows.flow(name), here=True))

    def fire(self) -> list[RunId]:
        """What a service would start now."""
        stores = self.flows.stores
        scheduler = Scheduler(
            stores.schedules,
            stores.runs,
            SystemClock(),
            prepare=self.flows.scheduling.prepare,
            new_ids=new_run_ids,
        )
        return scheduler.fire_due("me")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    for name in ("load", "clean", "prices", "join"):
        write_notebook(tmp_path / f"{name}.ipynb", f"print('{name}')", task=name)
    flows = wiring.wire(Settings.read(tmp_path, {}))
    made = Lab(tmp_path, flows)
    made.define("day", 'load >> clean.options(produces="sales")')
    made.define("market", 'prices.options(produces="prices")')
    made.define("report --on_update 'sales & prices'", 'join.options(produces="report")')
    yield made
    flows.close()


def told(line: Lineage) -> str:
    """``report <- join(…) <- [sales <- …]``, in a line."""
    if line.made is None:
        return f"{line.update.dataset} by hand"
    before = "".join(f" <- {each.task}" for each in reversed(line.sources))
    causes = ", ".join(told(each) for each in line.causes)
    return f"{line.update.dataset} <- {line.made.task}{before}" + (f" [{causes}]" * bool(causes))


def test_a_flow_runs_when_all_that_it_waits_for_was_updated(lab: Lab) -> None:
    lab.run("day")
    schedule = lab.flows.scheduling.add(lab.flows.flow("report"))
    assert schedule.when == "when sales & prices were updated"
    assert (schedule.next_fire, schedule.is_over) == (None, False)

    lab.run("market")
    assert lab.fire() == [], "sales was updated before it was scheduled"
    lab.run("day")
    (made,) = lab.fire()
    assert lab.fire() == []
    run = lab.flows.drive(made)

    assert run.state is RunState.SUCCEEDED
    causes = lab.flows.datasets.causes(run)
    assert [each.dataset for each in causes] == ["prices", "sales"]
    assert run.logical_date == causes[-1].at
    (update,) = lab.flows.datasets.made_by(run.id)
    line = lab.flows.datasets.lineage(update)
    assert told(line) == "report <- join [prices <- prices, sales <- clean <- load]"
    assert line.made is not None
    assert line.made.source.endswith("join.ipynb")
    assert [each.name for each in lab.flows.datasets.all()] == ["prices", "report", "sales"]
    assert lab.flows.datasets.all()[0].consumers == ("report",)


def test_several_updates_are_one_run(lab: Lab) -> None:
    lab.define("report --on_update 'sales | prices'", "join")
    lab.flows.scheduling.add(lab.flows.flow("report"))
    for name in ("day", "market", "day"):
        lab.run(name)

    (made,) = lab.fire()
    run = lab.flows.drive(made)

    assert [each.dataset for each in lab.flows.datasets.causes(run)] == ["sales", "prices", "sales"]


def test_what_is_touched_by_hand_counts(lab: Lab) -> None:
    lab.flows.scheduling.add(lab.flows.flow("report"))
    lab.flows.datasets.touch("sales", note="copied")
    lab.flows.datasets.touch("prices")
    (made,) = lab.fire()
    run = lab.flows.drive(made)

    (update,) = lab.flows.datasets.made_by(run.id)
    line = lab.flows.datasets.lineage(update)
    assert told(line) == "report <- join [sales by hand, prices by hand]"
    with pytest.raises(UsageError, match="cannot be the name"):
        lab.flows.datasets.touch("a b")
    with pytest.raises(NotFoundError, match="nothing is known of a dataset 'sale'"):
        lab.flows.datasets.history("sale")


def test_a_paused_schedule_makes_one_run_when_it_goes_on(lab: Lab) -> None:
    lab.define("report --on_update sales", "join")
    lab.flows.scheduling.add(lab.flows.flow("report"))
    lab.flows.scheduling.pause("report")
    for _ in range(3):
        lab.flows.datasets.touch("sales")
    assert lab.fire() == []
    lab.flows.scheduling.resume("report")

    assert len(lab.fire()) == 1
    assert lab.fire() == []


def test_what_a_flow_within_a_flow_produces_counts_too(lab: Lab) -> None:
    lab.define("report --on_update sales", "join")
    lab.define("outer", 'flow("day")')
    lab.flows.scheduling.add(lab.flows.flow("report"))
    lab.run("outer")

    assert len(lab.fire()) == 1


def test_lineage_ends_where_runs_are_not_kept(lab: Lab) -> None:
    lab.define("report --on_update sales", 'join.options(produces="report")')
    lab.flows.scheduling.add(lab.flows.flow("report"))
    first = lab.run("day")
    (made,) = lab.fire()
    run = lab.flows.drive(made)
    lab.flows.stores.runs.delete(first.id, now=SystemClock().now())

    (update,) = lab.flows.datasets.made_by(run.id)
    assert told(lab.flows.datasets.lineage(update)) == "report <- join"

"""Old runs go with all they left, and nothing that lives goes with them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_flow.core.errors import NotFoundError, UsageError
from jupyter_flow.core.events import RepairRequested, RunStarted
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState

if TYPE_CHECKING:
    from conftest import Project

DAY = timedelta(days=1)


def ended_run(made: Project, state: RunState = RunState.SUCCEEDED) -> RunId:
    """A run that ended today and left a file of a thousand bytes."""
    flows, now = made.flows, made.clock.now()
    run = flows.start(flows.flow("sketch"))
    store = flows.stores.runs
    lease = store.lease(run, "me", now=now, duration=DAY)
    assert lease is not None
    ended = replace(store.load(run), state=state, started_at=now, ended_at=now)
    store.record(lease, ended, RunStarted(), changed=(), moves=(), after=0, now=now)
    store.release(lease)
    folder = flows.files.folder_of(ended)
    folder.mkdir(parents=True)
    (folder / "1.ipynb").write_text("x" * 1000)
    return run


def ended_runs(made: Project, number: int) -> list[RunId]:
    """One a day, the first one first."""
    found = []
    for _ in range(number):
        found.append(ended_run(made))
        made.clock.advance(DAY)
    return found


def ids(made: Project) -> list[str]:
    return sorted(run.id for run in made.flows.runs(limit=100))


def test_the_last_runs_are_kept(made: Project) -> None:
    runs = ended_runs(made, 4)

    pruned = made.flows.pruning.prune(keep_runs=2)

    assert [each.run for each in pruned.runs] == [runs[1], runs[0]]
    assert ids(made) == sorted(runs[2:])
    left = {folder.name for folder in (made.flows.settings.home / "runs" / "sketch").iterdir()}
    assert left == set(runs[2:])
    with pytest.raises(NotFoundError):
        made.flows.stores.runs.load(runs[0])


def test_young_runs_are_kept(made: Project) -> None:
    runs = ended_runs(made, 4)

    made.flows.pruning.prune(keep_days=2.5)

    assert ids(made) == sorted(runs[2:])


def test_a_thousand_thousand_years_are_no_mistake(made: Project) -> None:
    runs = ended_runs(made, 2)

    made.flows.pruning.prune(keep_days=1e300)

    assert ids(made) == sorted(runs)


def test_a_dry_run_tells_and_does_nothing(made: Project) -> None:
    runs = ended_runs(made, 3)

    pruned = made.flows.pruning.prune(keep_runs=1, dry=True)

    assert [each.run for each in pruned.runs] == [runs[1], runs[0]]
    assert pruned.size == 2000
    assert ids(made) == sorted(runs)


def test_what_lives_stays(made: Project) -> None:
    flows = made.flows
    queued = flows.start(flows.flow("sketch"))
    asked = ended_run(made, RunState.FAILED)
    flows.stores.runs.ask(asked, RepairRequested(), now=made.clock.now())
    ended_run(made)

    pruned = flows.pruning.prune(keep_runs=0)

    assert len(pruned.runs) == 1
    assert ids(made) == sorted([queued, asked])
    assert (flows.files.folder_of(flows.run(asked)) / "1.ipynb").is_file()


def test_what_was_interrupted_is_finished(made: Project) -> None:
    forgotten, known = ended_run(made), ended_run(made)
    home = made.flows.settings.home
    (home / "trash" / "sketch").mkdir(parents=True)
    for run in (forgotten, known):
        (home / "runs" / "sketch" / run).rename(home / "trash" / "sketch" / run)
    made.flows.stores.runs.delete(forgotten, now=made.clock.now())

    made.flows.pruning.prune(keep_runs=5)

    assert not (home / "trash" / "sketch" / forgotten).exists()
    assert (home / "runs" / "sketch" / known / "1.ipynb").is_file()


def test_snapshots_that_nothing_needs_go(made: Project) -> None:
    flows = made.flows
    ended_runs(made, 1)
    made.define(body="first")
    snapshots = flows.settings.home / "snapshots"
    old = made.clock.now().timestamp() - 7200
    for path in snapshots.iterdir():
        os.utime(path, (old, old))
    flows.scheduling.add(flows.flow("sketch"), options={"schedule": "0 6 * * *"}, pin=True)

    pruned = flows.pruning.prune(keep_runs=0)

    assert pruned.snapshots == 1
    assert len(list(snapshots.glob("*.ipynb"))) == 1, "the pinned schedule needs it"


def test_somebody_has_to_say_what_to_keep(made: Project) -> None:
    with pytest.raises(UsageError) as caught:
        made.flows.pruning.prune()
    assert caught.value.code == "JF412"


def test_disk_use_is_told(made: Project) -> None:
    ended_runs(made, 2)

    used = made.flows.pruning.disk_use()

    assert used.runs == 2000
    assert used.snapshots > 0
    assert used.store > 0

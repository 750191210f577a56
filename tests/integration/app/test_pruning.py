"""Old runs go with all they left, and nothing that lives goes with them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.app import wiring
from jupyter_flow.artifacts.shared_home import open_shared_home
from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.errors import NotFoundError, UsageError
from jupyter_flow.core.events import RepairRequested, RunStarted
from jupyter_flow.core.ids import RunId, TaskKey
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


def put(made: Project, folder: Path, content: bytes, *, age: timedelta) -> ArtifactRef:
    """An artifact that has been in the store for so long."""
    file = folder / "file"
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    ref = ArtifactRef(digest=digest, format="bin", size=len(content))
    made.flows.artifacts.put(file, ref.file)
    moment = (made.clock.now() - age).timestamp()
    os.utime(made.flows.artifacts.fetch(ref.file), (moment, moment))
    return ref


def with_artifact(made: Project, run: RunId, ref: ArtifactRef, *, given: bool = False) -> None:
    """Have a task of *run* hand on the artifact, or be given it."""
    store, now = made.flows.stores.runs, made.clock.now()
    lease = store.lease(run, "me", now=now, duration=DAY)
    assert lease is not None
    found = store.load(run)
    value = {"x": [ref.as_json()]}
    task_run = replace(found.task_runs[TaskKey("first")], **{"item" if given else "values": value})
    after = store.last_entry(run)
    changed = found.with_task_run(task_run)
    store.record(lease, changed, RunStarted(), changed=[task_run], moves=(), after=after, now=now)
    store.release(lease)


def test_artifacts_go_with_the_last_run_that_needs_them(made: Project, tmp_path: Path) -> None:
    artifacts = [put(made, tmp_path, bytes([n]) * 100, age=DAY) for n in range(4)]
    live, given, old, _unused = artifacts
    young = put(made, tmp_path, b"its end is on the way", age=timedelta(minutes=30))
    with_artifact(made, made.flows.start(made.flows.flow("sketch")), live)
    first, kept = ended_runs(made, 2)
    with_artifact(made, first, old)
    with_artifact(made, kept, given, given=True)
    os.utime(made.flows.artifacts.fetch(young.file), (made.clock.now().timestamp() - 60,) * 2)

    pruned = made.flows.pruning.prune(keep_runs=1)

    assert [each.run for each in pruned.runs] == [first]
    assert (pruned.artifacts, pruned.size) == (2, 1200)
    left = {each.name for each in made.flows.artifacts.all()}
    assert left == {each.file for each in (live, given, young)}
    assert made.flows.pruning.disk_use().artifacts == 221


def test_artifacts_that_others_may_need_stay(made: Project, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "owner").write_text("the runs of another project")
    settings = replace(made.flows.settings, artifact_store=f"file://{shared}")
    theirs = replace(made, flows=wiring.wire(settings))
    try:
        ref = put(theirs, tmp_path, b"not ours", age=DAY)
        old = (made.clock.now() - DAY).timestamp()
        os.utime(shared / ref.file[:2] / ref.file, (old, old))
        ended_run(made)

        pruned = theirs.flows.pruning.prune(keep_runs=0)

        assert (len(pruned.runs), pruned.artifacts) == (1, 0)
        assert theirs.flows.artifacts.has(ref.file)
        (shared / "owner").unlink()
        theirs = replace(made, flows=wiring.wire(settings))
        assert theirs.flows.pruning.prune(keep_runs=0).artifacts == 1
    finally:
        theirs.flows.close()


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


def test_two_who_prune_at_once_do_not_stop_each_other(
    made: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As services of two machines do, each with files of its own."""
    ended_runs(made, 3)
    store, home = made.flows.stores.runs, made.flows.settings.home
    delete = store.delete

    def delete_faster(run: RunId, **named: Any) -> None:
        delete(run, **named)
        delete(run, **named)

    monkeypatch.setattr(store, "delete", delete_faster)
    made.flows.pruning.prune(keep_runs=0)

    assert ids(made) == []
    assert not list(home.glob("runs/*/*"))
    assert not list(home.glob("trash/*/*"))


def test_what_other_schedulers_made_stays_where_homes_are_shared(
    made: Project, tmp_path: Path
) -> None:
    """The store knows nothing of such runs, nor of those that another machine let go."""
    settings = replace(made.flows.settings, shared_home=f"file://{tmp_path / 'shared'}")
    theirs = replace(made, flows=wiring.wire(settings))
    runs, old = settings.home / "runs" / "sketch", made.clock.now().timestamp() - 7200
    shared = open_shared_home(settings.shared_home, settings.home)
    for name in ("manual__2026", "just_begun", "never_shared", "let_go"):
        (runs / name / "first").mkdir(parents=True)
        (runs / name / "first" / "1.log").write_text("made")
        if name in ("manual__2026", "let_go"):
            shared.put(runs / name)
    os.utime(runs / "never_shared", (old, old))
    begun = made.clock.now().timestamp()
    os.utime(runs / "just_begun", (begun, begun))
    open_shared_home(settings.shared_home, tmp_path / "there").remove(
        tmp_path / "there" / "runs" / "sketch" / "let_go"
    )

    theirs.flows.pruning.prune(keep_runs=0)
    theirs.flows.close()

    assert {each.name for each in runs.iterdir()} == {"manual__2026", "just_begun"}
    assert shared.has(runs / "manual__2026")


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

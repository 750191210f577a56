"""Schedules as faces make them: from a flow's line or told otherwise, followed or pinned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.app.wiring import open_flows
from jupyter_flow.core.errors import (
    ConflictError,
    DefinitionError,
    FlowError,
    NotFoundError,
    UsageError,
)
from jupyter_flow.core.options import Catchup, Overlap
from jupyter_flow.core.schedule import Schedule, Snapshot
from jupyter_flow.testing.notebooks import write_notebook

if TYPE_CHECKING:
    from conftest import Project

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def add(made: Project, **said: Any) -> Schedule:
    return made.flows.scheduling.add(made.flows.flow("sketch"), **said)


def test_the_flows_line_says_when(made: Project) -> None:
    made.define(
        '--schedule "0 6 * * *" --tz Europe/Zurich --catchup latest --overlap skip '
        "--max-active-runs 1 --notify mailto://me@example.com"
    )

    schedule = add(made)

    assert schedule.next_fire == datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert (schedule.catchup, schedule.overlap) == (Catchup.LATEST, Overlap.SKIP)
    assert schedule.notify == ("mailto://me@example.com",)
    assert (schedule.snapshot, schedule.is_own) == (Snapshot.FOLLOW, False)
    assert made.flows.scheduling.get("sketch") == schedule


def test_what_is_told_to_the_schedule_goes_before_the_line(made: Project) -> None:
    made.define('--schedule "0 6 * * *" --tz Europe/Zurich')

    schedule = add(made, options={"schedule": "0 18 * * *", "start": "2026-04-01"})

    assert schedule.timetable.cron == "0 18 * * *"
    assert schedule.timetable.tz == "Europe/Zurich"
    assert schedule.next_fire == datetime(2026, 4, 1, 16, tzinfo=UTC)
    made.define('--schedule "0 7 * * *"')
    followed = made.flows.scheduling.prepare(schedule).schedule
    assert followed.timetable == schedule.timetable, "an edit of the line does not change it"


def test_an_edit_of_the_line_moves_the_schedule_that_follows_it(made: Project) -> None:
    made.define('--schedule "0 6 * * *"')
    schedule = add(made)
    made.define('--schedule "0 7 * * *" --catchup all', body="first")

    prepared = made.flows.scheduling.prepare(schedule)

    assert prepared.plan is not None
    assert [task.name for task in prepared.plan.flow.tasks] == ["first"]
    assert prepared.schedule.timetable.cron == "0 7 * * *"
    assert prepared.schedule.catchup is Catchup.ALL


def test_a_pinned_schedule_runs_what_there_was(made: Project) -> None:
    schedule = add(made, options={"schedule": "0 6 * * *"}, pin=True)
    made.define(body="first")
    (made.folder / "second.ipynb").unlink()

    prepared = made.flows.scheduling.prepare(made.flows.scheduling.get("sketch"))

    assert schedule.snapshot is Snapshot.PINNED
    assert prepared.plan == schedule.plan
    assert prepared.plan is not None
    digests = {target.digest for target in prepared.plan.targets.values()}
    home = made.flows.settings.home
    assert all((home / "snapshots" / f"{each}.ipynb").is_file() for each in digests)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda made: (made.folder / "flow.ipynb").unlink(), "there is no notebook"),
        (lambda made: (made.folder / "second.ipynb").unlink(), "JF201"),
        (lambda made: made.define(body="first >> >> second"), "JF1"),
        (lambda made: write_notebook(made.folder / "flow.ipynb", "1"), "no flow is called"),
        (lambda made: (made.folder / "flow.ipynb").write_text("{"), "the flow cannot be"),
    ],
)
def test_a_flow_that_cannot_be_run_any_more_is_told(made: Project, change: Any, told: str) -> None:
    schedule = add(made, options={"schedule": "0 6 * * *"})
    change(made)

    prepared = made.flows.scheduling.prepare(schedule)

    assert prepared.plan is None
    assert told in prepared.problem
    assert prepared.schedule == schedule


def test_parameters_are_checked_at_once_and_bound_when_it_fires(made: Project) -> None:
    made.define(body="params(n=1)\nfirst >> second")
    with pytest.raises(DefinitionError):
        add(made, options={"schedule": "0 6 * * *"}, params={"n": "many"})

    schedule = add(made, options={"schedule": "0 6 * * *"}, params={"n": "20"})

    made.define(body="params(n=1, model='logit')\nfirst >> second")
    assert made.flows.scheduling.prepare(schedule).params == {"n": 20, "model": "logit"}


def test_mistakes_are_told_before_anything_is_kept(made: Project) -> None:
    with pytest.raises(UsageError) as nothing_says_when:
        add(made)
    with pytest.raises(DefinitionError) as no_such_zone:
        add(made, options={"schedule": "0 6 * * *", "tz": "Europe/Zurich2"})

    assert nothing_says_when.value.code == "JF407"
    assert no_such_zone.value.code == "JF125"
    assert made.flows.scheduling.all() == []


def test_scheduling_again_replaces_and_another_flow_needs_another_name(made: Project) -> None:
    add(made, options={"schedule": "0 6 * * *"})
    add(made, options={"schedule": "0 7 * * *"})
    (sub := made.folder / "sub").mkdir()
    write_notebook(sub / "first.ipynb", "1", task="other")
    write_notebook(sub / "flow.ipynb", "%%flow sketch\nother")
    other = made.flows.flow("sub/flow.ipynb")

    with pytest.raises(ConflictError) as taken:
        made.flows.scheduling.add(other, options={"schedule": "0 6 * * *"})

    assert taken.value.code == "JF317"
    named = made.flows.scheduling.add(other, name="nightly", options={"schedule": "0 6 * * *"})
    assert [each.name for each in made.flows.scheduling.all()] == ["nightly", "sketch"]
    assert named.flow == "sketch"


def test_the_next_fire_times_tell_of_the_next_change_of_the_clocks(made: Project) -> None:
    schedule = add(made, options={"schedule": "30 2 * * *", "tz": "Europe/Zurich"})

    upcoming = made.flows.scheduling.upcoming(schedule, limit=3)

    assert [each.at.day for each in upcoming] == [3, 4, 5, 29]
    assert [bool(each.oddity) for each in upcoming] == [False, False, False, True]
    assert upcoming[-1].at == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(("catchup", "next_day"), [("none", 6), ("latest", 3), ("all", 3)])
def test_what_passes_while_it_rests_is_made_up_for_as_the_catchup_says(
    made: Project, catchup: str, next_day: int
) -> None:
    add(made, options={"schedule": "0 6 * * *", "catchup": catchup})
    made.flows.scheduling.pause("sketch")
    made.clock.advance(3 * DAY)

    resumed = made.flows.scheduling.resume("sketch")

    assert not resumed.is_paused
    assert resumed.next_fire is not None
    assert resumed.next_fire.day == next_day


def test_a_schedule_that_is_taken_away_is_not_there(made: Project) -> None:
    add(made, options={"schedule": "0 6 * * *"})
    made.flows.scheduling.remove("sketch")

    assert made.flows.scheduling.all() == []
    for ask in (made.flows.scheduling.remove, made.flows.scheduling.pause):
        with pytest.raises(NotFoundError):
            ask("sketch")


def test_a_zone_for_a_backfill_is_checked_though_a_schedule_says_when(made: Project) -> None:
    add(made, options={"schedule": "0 6 * * *", "tz": "Europe/Zurich"})
    scheduling, checked = made.flows.scheduling, made.flows.flow("sketch")

    assert scheduling.timetable_of(checked).tz == "Europe/Zurich"
    assert scheduling.timetable_of(checked, tz="Asia/Tokyo").tz == "Asia/Tokyo"
    with pytest.raises(DefinitionError, match="JF125"):
        scheduling.timetable_of(checked, tz="Foo/Bar")


def test_a_name_that_is_nearly_right_is_suggested(made: Project) -> None:
    add(made, options={"schedule": "0 6 * * *"})

    for ask in (made.flows.scheduling.pause, made.flows.scheduling.remove):
        with pytest.raises(NotFoundError, match="Did you mean 'sketch'"):
            ask("sketsch")


def test_a_name_that_another_flow_has_says_whose_it_is(made: Project) -> None:
    add(made, options={"schedule": "0 6 * * *"})
    write_notebook(made.folder / "other.ipynb", "%%flow other\nfirst")
    other = made.flows.flow("other")

    with pytest.raises(ConflictError, match=r"of .*flow.ipynb::sketch"):
        made.flows.scheduling.add(other, name="sketch", options={"schedule": "@daily"})


def test_what_is_due_runs_here_while_nobody_else_can_be_given_its_notebooks(made: Project) -> None:
    (made.folder / "jupyter_flow.toml").write_text('shared_home = "mounted"')
    with open_flows(made.folder) as flows:
        made.define('--schedule "0 6 * * *"')
        schedule = flows.scheduling.add(flows.flow("sketch"))
        (made.folder / "mounted").write_text("a file is in the way")

        prepared = flows.scheduling.prepare(schedule)

        assert (prepared.plan is not None, prepared.problem) == (True, "")
        owed = list(flows.settings.home.glob("unshared/notebook-*.json"))
        assert owed, "others find them later"
        with pytest.raises(FlowError, match="the shared home") as caught:
            flows.start(flows.flow("sketch"))
        assert caught.value.code == "JF607"

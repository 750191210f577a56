"""Promises about schedules: what people put on the shelf, change and take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jupyter_flow.core.errors import ConflictError, NotFoundError
from jupyter_flow.core.options import Catchup, Overlap
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.core.timetable import Timetable
from jupyter_flow.ports.schedules import ScheduleStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import (
    HARD_VALUES,
    MINUTE,
    NOON,
    fired_run,
    plan_of,
    schedule_of,
)

from .base import StorePromises

_FULL = schedule_of(
    "everything",
    timetable=Timetable(
        cron="*/15 6-18 * * 1-5",
        tz="Europe/Berlin",
        start=NOON.astimezone(ZoneInfo("Europe/Berlin")),
        end=NOON + timedelta(days=365),
    ),
    is_own=True,
    catchup=Catchup.ALL,
    overlap=Overlap.SKIP,
    params=HARD_VALUES,
    plan=plan_of(),
    notify=("mailto://ada", "slack://{{ secret }}/ü"),
    on=("failure", "late"),
    is_paused=True,
    next_fire=None,
)

_EVERYTHING: Mapping[str, Callable[[ScheduleStore], Any]] = {
    "get": lambda store: store.get("nothing"),
    "set_paused": lambda store: store.set_paused("nothing", is_paused=True, next_fire=None),
    "remove": lambda store: store.remove("nothing"),
    "missed": lambda store: store.missed("nothing"),
}


class ShelfPromises(StorePromises):
    """The fixture that the promises about schedules share."""

    @pytest.fixture
    def shelf(self, stores: Stores) -> ScheduleStore:
        """The store of schedules under test, empty."""
        return stores.schedules


class SchedulePromises(ShelfPromises):
    """Putting, reading, pausing and removing."""

    @pytest.mark.parametrize("schedule", [schedule_of(), _FULL], ids=["plain", "full"])
    def test_a_schedule_is_kept_as_it_is(self, shelf: ScheduleStore, schedule: Schedule) -> None:
        shelf.put(schedule)

        assert shelf.get(schedule.name) == schedule
        assert shelf.all() == [schedule]

    def test_an_empty_shelf_has_none(self, shelf: ScheduleStore) -> None:
        assert shelf.all() == []
        assert shelf.next_due() is None

    @pytest.mark.parametrize("ask", _EVERYTHING.values(), ids=_EVERYTHING)
    def test_nothing_can_be_asked_of_a_schedule_that_is_not_there(
        self, shelf: ScheduleStore, ask: Callable[[ScheduleStore], Any]
    ) -> None:
        with pytest.raises(NotFoundError, match="there is no schedule 'nothing'") as caught:
            ask(shelf)

        assert caught.value.code == "JF408"

    def test_they_are_told_by_name(self, shelf: ScheduleStore) -> None:
        for name in ("b", "C", "a", "_"):
            shelf.put(schedule_of(name))

        assert [schedule.name for schedule in shelf.all()] == ["C", "_", "a", "b"]

    def test_a_name_is_given_once(self, shelf: ScheduleStore) -> None:
        shelf.put(schedule_of())

        with pytest.raises(ConflictError, match="there is a schedule 'daily' already") as caught:
            shelf.put(schedule_of(flow="other"))
        assert caught.value.code == "JF317"
        assert shelf.get("daily") == schedule_of()

    def test_a_schedule_can_be_replaced_and_what_it_missed_stays(
        self, shelf: ScheduleStore
    ) -> None:
        shelf.put(schedule_of())
        missed = Missed(first=NOON, last=NOON, count=1)
        (loan,) = shelf.borrow_due("a", now=NOON, duration=MINUTE)
        shelf.fire(loan, [], schedule=schedule_of(), missed=missed, now=NOON)
        changed = replace(_FULL, name="daily")
        shelf.put(changed, replace=True)
        shelf.put(_FULL, replace=True)

        assert shelf.get("daily") == changed
        assert shelf.missed("daily") == [missed]
        assert len(shelf.all()) == 2

    def test_a_schedule_is_paused_and_resumed(self, shelf: ScheduleStore) -> None:
        shelf.put(schedule_of())
        shelf.set_paused("daily", is_paused=True, next_fire=None)
        assert shelf.get("daily") == schedule_of(is_paused=True, next_fire=None)
        shelf.set_paused("daily", is_paused=False, next_fire=NOON + MINUTE)

        assert shelf.get("daily") == schedule_of(next_fire=NOON + MINUTE)

    def test_a_removed_schedule_is_gone_and_its_runs_stay(self, stores: Stores) -> None:
        shelf = stores.schedules
        shelf.put(schedule_of())
        missed = Missed(first=NOON, last=NOON, count=1)
        (loan,) = shelf.borrow_due("a", now=NOON, duration=MINUTE)
        shelf.fire(loan, [fired_run("a")], schedule=schedule_of(), missed=missed, now=NOON)
        shelf.remove("daily")
        assert shelf.all() == []
        shelf.put(schedule_of())

        assert shelf.missed("daily") == []
        assert [summary.id for summary in stores.runs.summaries()] == ["a"]

    def test_the_next_due_is_the_earliest_that_is_not_paused(self, shelf: ScheduleStore) -> None:
        shelf.put(schedule_of("a", next_fire=NOON + 2 * MINUTE))
        shelf.put(schedule_of("b", next_fire=NOON + MINUTE))
        shelf.put(schedule_of("c", next_fire=NOON, is_paused=True))
        shelf.put(schedule_of("d", next_fire=None))

        assert shelf.next_due() == NOON + MINUTE

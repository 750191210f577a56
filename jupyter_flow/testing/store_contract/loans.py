"""Promises about loans: a schedule that is due is fired by one service, and once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from jupyter_flow.core.errors import ConflictError, LeaseLostError
from jupyter_flow.core.schedule import Missed
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.schedules import Loan, ScheduleStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import (
    MINUTE,
    NOON,
    SECOND,
    alert_of,
    fired_run,
    run_of,
    schedule_of,
)

from .base import OpenStores
from .schedules import ShelfPromises
from .sharing import at_once

_LATER = NOON + MINUTE
_DAY = timedelta(days=1)
_NEXT = schedule_of(next_fire=NOON + _DAY)

_CHANGES: Mapping[str, Callable[[ScheduleStore], Any]] = {
    "replaced": lambda shelf: shelf.put(schedule_of(), replace=True),
    "paused": lambda shelf: shelf.set_paused("daily", is_paused=True, next_fire=None),
    "resumed": lambda shelf: shelf.set_paused("daily", is_paused=False, next_fire=NOON),
    "removed": lambda shelf: shelf.remove("daily"),
    "put anew": lambda shelf: _put_anew(shelf),
}


def _put_anew(shelf: ScheduleStore) -> None:
    shelf.remove("daily")
    shelf.put(schedule_of(created_at=NOON))
    borrow(shelf, "ada", now=NOON)


class LoanPromises(ShelfPromises):
    """Borrowing and firing."""

    @pytest.fixture
    def loan(self, shelf: ScheduleStore) -> Loan:
        """The schedule ``daily``, lent to Ada from noon for a minute."""
        shelf.put(schedule_of())
        (loan,) = borrow(shelf, "ada")
        return loan

    def test_what_is_due_is_lent_the_longest_due_first(self, shelf: ScheduleStore) -> None:
        for name, late in {"a": 1, "b": 3, "c": 2, "d": 0, "e": -1}.items():
            shelf.put(schedule_of(name, next_fire=NOON - late * MINUTE))
        shelf.put(schedule_of("paused", is_paused=True))
        shelf.put(schedule_of("over", next_fire=None))

        first = borrow(shelf, "ada", limit=2)
        assert [loan.schedule.name for loan in first] == ["b", "c"]
        assert first[0].schedule == schedule_of("b", next_fire=NOON - 3 * MINUTE)
        assert first[0].owner == "ada"
        assert [loan.schedule.name for loan in borrow(shelf, "bob")] == ["a", "d"]
        assert borrow(shelf, "ada") == []

    def test_a_lent_schedule_is_lent_again_when_the_loan_has_ended(
        self, shelf: ScheduleStore, loan: Loan
    ) -> None:
        assert borrow(shelf, "bob", now=_LATER - SECOND) == []
        (heir,) = borrow(shelf, "bob", now=_LATER)

        assert heir.token > loan.token
        with pytest.raises(LeaseLostError, match="'daily' is not lent to ada any more"):
            shelf.fire(loan, [], schedule=_NEXT, now=_LATER)
        assert shelf.fire(heir, [fired_run("a")], schedule=_NEXT, now=_LATER) == ["a"]

    def test_a_late_owner_may_fire_as_long_as_nobody_else_has_it(
        self, shelf: ScheduleStore, loan: Loan
    ) -> None:
        assert shelf.fire(loan, [fired_run("a")], schedule=_NEXT, now=_LATER + _DAY) == ["a"]

    def test_who_borrowed_it_before_does_not_fire_by_the_old_loan(
        self, shelf: ScheduleStore, loan: Loan
    ) -> None:
        (again,) = borrow(shelf, "ada", now=_LATER)

        with pytest.raises(LeaseLostError):
            shelf.fire(loan, [], schedule=_NEXT, now=_LATER)
        shelf.fire(again, [], schedule=_NEXT, now=_LATER)

    def test_firing_keeps_all_of_it_and_ends_the_loan(self, stores: Stores, loan: Loan) -> None:
        shelf, changed = stores.schedules, schedule_of(next_fire=NOON + MINUTE, notify=("new",))
        missed = Missed(first=NOON - _DAY, last=NOON - MINUTE, count=3, is_more=True, why="asleep")
        runs = [fired_run("a"), fired_run("b", NOON - _DAY, state=RunState.FAILED)]
        alerts = [alert_of("b")]
        made = shelf.fire(loan, runs, schedule=changed, missed=missed, alerts=alerts, now=NOON)

        assert made == ["a", "b"]
        assert [stores.runs.load(run.id) for run in runs] == runs
        assert shelf.get("daily") == changed
        assert shelf.missed("daily") == [missed]
        assert [each.alert for each in stores.alerts.of_run("b")] == alerts
        assert borrow(shelf, "bob", now=NOON) == []
        assert [each.schedule for each in borrow(shelf, "bob", now=_LATER)] == [changed]

    def test_a_loan_is_good_for_once(self, shelf: ScheduleStore, loan: Loan) -> None:
        shelf.fire(loan, [], schedule=_NEXT, now=NOON)

        with pytest.raises(LeaseLostError):
            shelf.fire(loan, [fired_run("a")], schedule=schedule_of(), now=NOON)
        assert shelf.get("daily") == _NEXT

    @pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
    def test_a_change_by_a_person_makes_a_loan_worthless(
        self, stores: Stores, loan: Loan, change: Callable[[ScheduleStore], Any]
    ) -> None:
        shelf = stores.schedules
        change(shelf)
        after = shelf.all()

        with pytest.raises(LeaseLostError):
            shelf.fire(loan, [fired_run("a")], schedule=_NEXT, alerts=[alert_of("a")], now=NOON)
        assert shelf.all() == after
        assert stores.runs.summaries() == []

    def test_a_fire_time_that_has_a_run_is_left_out_with_its_alerts(
        self, stores: Stores, loan: Loan
    ) -> None:
        stores.runs.create(fired_run("old"))
        runs = [fired_run("a", NOON - _DAY), fired_run("b")]
        alerts = [alert_of("a"), alert_of("b"), alert_of("old")]
        made = stores.schedules.fire(loan, runs, schedule=_NEXT, alerts=alerts, now=NOON)

        assert made == ["a"]
        assert {summary.id for summary in stores.runs.summaries()} == {"a", "old"}
        assert len(stores.alerts.of_run("a")) == 1
        assert list(stores.alerts.of_run("old")) == []
        assert stores.schedules.get("daily") == _NEXT

    def test_when_an_id_is_taken_nothing_is_fired(self, stores: Stores, loan: Loan) -> None:
        stores.runs.create(run_of("a"))
        missed = Missed(first=NOON, last=NOON, count=1)
        runs = [fired_run("b", NOON - _DAY), fired_run("a")]

        with pytest.raises(ConflictError):
            stores.schedules.fire(loan, runs, schedule=_NEXT, missed=missed, now=NOON)
        assert stores.schedules.get("daily") == schedule_of()
        assert stores.schedules.missed("daily") == []
        assert [summary.id for summary in stores.runs.summaries()] == ["a"]
        assert stores.schedules.fire(loan, runs[:1], schedule=_NEXT, now=NOON) == ["b"]

    def test_what_was_missed_is_told_the_latest_first(self, shelf: ScheduleStore) -> None:
        shelf.put(schedule_of())
        told = []
        for day in (0, 2, 1):
            missed = Missed(first=NOON - _DAY, last=NOON + day * _DAY, count=day, why=f"{day}")
            (loan,) = borrow(shelf, "ada")
            shelf.fire(loan, [], schedule=schedule_of(), missed=missed, now=NOON)
            told.append(missed)

        assert shelf.missed("daily") == [told[1], told[2], told[0]]
        assert shelf.missed("daily", limit=1) == [told[1]]

    def test_of_many_who_borrow_at_once_one_gets_it(self, open_stores: OpenStores) -> None:
        shelves = [open_stores().schedules for _ in range(6)]
        names = {f"schedule {number}" for number in range(3)}
        for name in names:
            shelves[0].put(schedule_of(name))
        got = at_once(lambda number: borrow(shelves[number], f"owner {number}"))

        lent = [loan.schedule.name for loans in got for loan in loans]
        assert len(lent) == len(set(lent)), "each was lent once"
        # Who came too late for one may leave it to the next look, but nobody leaves all.
        assert set(lent) <= names
        assert lent

    def test_the_same_fire_time_is_kept_once_however_many_fire_it(
        self, open_stores: OpenStores
    ) -> None:
        """Each owner borrows when the loan of the one before has ended, and then all fire."""

        def fire(number: int) -> list[str]:
            shelf, loan = shelves[number], loans[number]
            try:
                run = fired_run(f"run-{number}")
                return [*shelf.fire(loan, [run], schedule=_NEXT, now=NOON)]
            except LeaseLostError:
                return []

        shelves = [open_stores().schedules for _ in range(6)]
        shelves[0].put(schedule_of())
        loans = []
        for number, shelf in enumerate(shelves):
            (loan,) = borrow(shelf, f"owner {number}", now=NOON + number * MINUTE)
            loans.append(loan)
        fired = at_once(fire)

        assert [run for runs in fired for run in runs] == ["run-5"]
        assert len(open_stores().runs.summaries()) == 1

    def test_two_schedules_of_a_series_and_a_backfill_do_not_make_a_run_twice(
        self, open_stores: OpenStores
    ) -> None:
        def make(number: int) -> list[str]:
            stores, runs = opened[number], [fired_run(f"{number}", NOON)]
            if number % 2:
                return [*stores.runs.create_fired(runs)]
            return [*stores.schedules.fire(loans[number], runs, schedule=_NEXT, now=NOON)]

        opened = [open_stores() for _ in range(6)]
        loans: dict[int, Loan] = {}
        for number in (0, 2, 4):
            opened[0].schedules.put(schedule_of(f"schedule {number}"))
            (loans[number],) = borrow(opened[number].schedules, f"owner {number}")
        made = at_once(make)

        assert sum(len(runs) for runs in made) == 1


def borrow(shelf: ScheduleStore, owner: str, *, now: Any = NOON, limit: int = 20) -> list[Loan]:
    """What *owner* gets who asks for what is due, for a minute."""
    return shelf.borrow_due(owner, now=now, duration=MINUTE, limit=limit)

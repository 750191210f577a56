"""Promises about datasets: no update is lost, and what waits for them is due when it has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jupyter_flow.core.datasets import Update
from jupyter_flow.core.errors import LeaseLostError
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import OnUpdate
from jupyter_flow.core.run import Fired, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import MINUTE, NOON, run_of, schedule_of

from .base import OpenStores, StorePromises, leased, recorded
from .sharing import at_once

BOTH = OnUpdate(names=("sales", "prices"))
EITHER = OnUpdate(names=("sales", "prices"), of="any")


def update_of(dataset: str, minutes: float = 0, note: str = "") -> Update:
    """Somebody says that *dataset* was updated, so many *minutes* after noon."""
    return Update(dataset=dataset, at=NOON + minutes * MINUTE, note=note)


def waits(stores: Stores, wanted: OnUpdate, name: str = "daily", **fields: Any) -> None:
    """A schedule that has no fire times waits for *wanted*."""
    schedule = schedule_of(name, next_fire=None, on_update=wanted, **fields)
    stores.schedules.put(schedule)


def due(stores: Stores, minutes: float = 60) -> dict[str, datetime | None]:
    """The schedules that are lent then, each with the moment since which it is due."""
    stores.schedules.notice_updates()
    now = NOON + minutes * MINUTE
    loans = stores.schedules.borrow_due("ada", now=now, duration=timedelta(0))
    return {each.schedule.name: each.schedule.updated_at for each in loans}


class DatasetPromises(StorePromises):
    """Updates, and what waits for them."""

    def test_an_update_by_hand_is_kept(self, stores: Stores) -> None:
        assert stores.datasets.last() == 0
        first = stores.datasets.touch(update_of("sales", note="aus der Küche"))
        second = stores.datasets.touch(update_of("prices", 1))

        assert 0 < first.id < second.id == stores.datasets.last()
        assert first == replace(update_of("sales", note="aus der Küche"), id=first.id)
        assert stores.datasets.latest() == [second, first]
        assert stores.datasets.history("sales") == [first]
        assert stores.datasets.history("other") == []

    def test_the_latest_come_first_and_a_range_comes_in_order(self, stores: Stores) -> None:
        made = [stores.datasets.touch(update_of("sales", each)) for each in range(4)]
        other = stores.datasets.touch(update_of("prices"))

        assert stores.datasets.history("sales", limit=2) == [made[3], made[2]]
        found = stores.datasets.between(made[0].id, made[2].id, ["sales", "prices"])
        assert found == [made[1], made[2]]
        assert stores.datasets.between(0, other.id, ["prices"]) == [other]
        assert stores.datasets.latest() == [other, made[3]]

    def test_what_a_task_updates_is_kept_with_its_event_and_goes_with_its_run(
        self, stores: Stores, store: RunStore, run: Run, lease: Lease
    ) -> None:
        update = replace(update_of("sales"), run=run.id, key=TaskKey("load"), number=2)
        ended = replace(run, state=RunState.SUCCEEDED, ended_at=NOON)
        recorded(store, lease, ended, updates=[update])
        store.release(lease)

        (kept,) = stores.datasets.of_run(run.id)
        assert kept == replace(update, id=kept.id)
        store.delete(run.id, now=NOON)
        assert stores.datasets.latest() == []
        assert stores.datasets.last() in (0, kept.id)

    def test_what_is_not_written_updates_nothing(self, stores: Stores, run: Run) -> None:
        stale = leased(stores.runs, run, "ada")
        later = NOON + 2 * MINUTE
        assert stores.runs.lease(run.id, "bob", now=later, duration=MINUTE)
        with pytest.raises(LeaseLostError):
            recorded(stores.runs, stale, run, updates=[update_of("sales")])

        assert stores.datasets.latest() == []

    def test_a_schedule_is_due_when_it_has_all_that_it_waits_for(self, stores: Stores) -> None:
        waits(stores, BOTH)
        assert due(stores) == {}
        stores.datasets.touch(update_of("sales", 1))
        stores.datasets.touch(update_of("other", 2))
        assert due(stores) == {}
        stores.datasets.touch(update_of("prices", 3))

        assert stores.schedules.get("daily").updated_at is None
        assert due(stores) == {"daily": NOON + 3 * MINUTE}
        assert stores.schedules.next_due() == NOON + 3 * MINUTE
        assert stores.schedules.get("daily").updated_to == stores.datasets.last()

    def test_any_of_them_will_do_if_it_says_so(self, stores: Stores) -> None:
        waits(stores, EITHER)
        stores.datasets.touch(update_of("prices", 3))

        assert due(stores) == {"daily": NOON + 3 * MINUTE}

    def test_what_it_has_seen_does_not_count_again(self, stores: Stores) -> None:
        first = stores.datasets.touch(update_of("sales", 1))
        waits(stores, EITHER, seen=first.id)
        assert due(stores) == {}
        stores.datasets.touch(update_of("sales", 2))

        assert due(stores) == {"daily": NOON + 2 * MINUTE}

    def test_what_comes_meanwhile_is_for_the_next_time(self, stores: Stores) -> None:
        waits(stores, EITHER)
        first = stores.datasets.touch(update_of("sales", 1))
        stores.schedules.notice_updates()
        (loan,) = stores.schedules.borrow_due("ada", now=NOON + MINUTE, duration=MINUTE)
        second = stores.datasets.touch(update_of("sales", 2))
        reason = Fired(series="daily", at=NOON + MINUTE, after=0, upto=first.id)
        fired = run_of("run", fired=reason)
        after = replace(loan.schedule, seen=first.id, updated_at=None, updated_to=0)
        stores.schedules.fire(loan, [fired], schedule=after, now=NOON + MINUTE)

        assert stores.runs.load(fired.id).fired == reason
        assert due(stores) == {"daily": NOON + 2 * MINUTE}
        assert stores.schedules.get("daily").updated_to == second.id

    def test_a_paused_schedule_has_them_when_it_goes_on(self, stores: Stores) -> None:
        waits(stores, EITHER, is_paused=True)
        stores.datasets.touch(update_of("sales", 1))
        stores.datasets.touch(update_of("sales", 2))
        assert due(stores) == {}
        assert stores.schedules.next_due() is None
        stores.schedules.set_paused("daily", is_paused=False, next_fire=None)

        assert list(due(stores)) == ["daily"]

    def test_time_and_updates_are_both_reasons(self, stores: Stores) -> None:
        schedule = schedule_of("both", next_fire=NOON + 5 * MINUTE, on_update=EITHER)
        stores.schedules.put(schedule)
        assert stores.schedules.next_due() == NOON + 5 * MINUTE
        stores.datasets.touch(update_of("sales", 1))
        stores.schedules.notice_updates()

        assert stores.schedules.next_due() == NOON + MINUTE
        assert due(stores, minutes=1) == {"both": NOON + MINUTE}

    def test_of_many_who_look_one_has_it(self, stores: Stores, open_stores: OpenStores) -> None:
        waits(stores, BOTH)
        for name in ("sales", "prices"):
            stores.datasets.touch(update_of(name, 1))
        others = [open_stores() for _ in range(4)]

        def look(at: int) -> int:
            others[at].schedules.notice_updates()
            now = NOON + 2 * MINUTE
            return len(others[at].schedules.borrow_due(f"{at}", now=now, duration=MINUTE))

        assert sum(at_once(look, number=len(others))) == 1

    def test_updates_that_come_at_once_are_all_seen(
        self, stores: Stores, open_stores: OpenStores
    ) -> None:
        others = [open_stores() for _ in range(4)]
        for number in range(4):
            stores.runs.create(run_of(f"run-{number}"))

        def work(at: int) -> list[int]:
            return [others[at].datasets.touch(update_of(f"d{at}", n)).id for n in range(10)]

        ids = [each for made in at_once(work, number=len(others)) for each in made]
        assert len(set(ids)) == 40
        assert stores.datasets.last() == max(ids)

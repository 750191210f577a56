"""Promises about the outbox: an alert comes with its cause, and is sent by one at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.errors import ConflictError, NotFoundError
from jupyter_flow.core.events import AttemptSlow
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.alerts import AlertStore, Outgoing
from jupyter_flow.ports.runs import Lease
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import (
    LOAD,
    MINUTE,
    NOON,
    SECOND,
    alert_of,
    fired_run,
    run_of,
    watched_plan,
)

from .base import OpenStores, StorePromises, leased, recorded
from .sharing import at_once

_LATER = NOON + MINUTE
_HOUR = timedelta(hours=1)


class OutboxPromises(StorePromises):
    """The fixtures that the promises about alerts share."""

    @pytest.fixture
    def outbox(self, stores: Stores) -> AlertStore:
        """The outbox under test, empty."""
        return stores.alerts

    @pytest.fixture
    def waiting(self, stores: Stores, run: Run, lease: Lease) -> Outgoing:
        """An alert about `run` that waits since noon."""
        recorded(stores.runs, lease, run, alerts=[alert_of(run.id)])
        (outgoing,) = stores.alerts.of_run(run.id)
        return outgoing


class AlertPromises(OutboxPromises):
    """How alerts come in, and how they go out."""

    @pytest.mark.parametrize(
        "alert",
        [
            alert_of(occasion=Occasion.LATE, address="slack://{{ secret }}/ü?x=%20"),
            alert_of(key=LOAD, number=2, occasion=Occasion.RETRY),
            alert_of(key=TaskKey("train", 0)),
        ],
        ids=["run", "attempt", "instance"],
    )
    def test_an_alert_is_kept_with_what_it_is_about(
        self, stores: Stores, run: Run, lease: Lease, alert: Alert
    ) -> None:
        recorded(stores.runs, lease, run, alerts=[alert], now=NOON + SECOND)

        (outgoing,) = stores.alerts.of_run(run.id)
        assert outgoing == Outgoing(id=outgoing.id, alert=alert, created_at=NOON + SECOND)

    def test_an_alert_about_what_was_not_recorded_is_not_kept(
        self, stores: Stores, run: Run, lease: Lease
    ) -> None:
        event = AttemptSlow(key=LOAD, number=1)
        with pytest.raises(ConflictError):
            recorded(stores.runs, lease, run, (), event, alerts=[alert_of()], answers=17)
        with pytest.raises(ConflictError):
            recorded(stores.runs, lease, run, (), event, alerts=[alert_of()], after=17)

        assert list(stores.alerts.of_run(run.id)) == []

    def test_nobody_is_to_be_told_about_a_new_run(self, outbox: AlertStore, run: Run) -> None:
        assert list(outbox.of_run(run.id)) == []
        assert outbox.take_due("a", now=NOON, duration=MINUTE) == []
        assert outbox.next_due(now=NOON) is None

    def test_nothing_can_be_asked_of_a_run_that_is_not_there(self, outbox: AlertStore) -> None:
        with pytest.raises(NotFoundError):
            outbox.of_run("nobody")

    def test_what_is_due_is_lent_oldest_first(self, stores: Stores, run: Run, lease: Lease) -> None:
        addresses = ["a", "b", "c", "d"]
        told = [alert_of(address=address) for address in addresses]
        recorded(stores.runs, lease, run, alerts=told[1:], now=NOON)
        recorded(stores.runs, lease, run, alerts=told[:1], now=NOON - SECOND)

        first = take(stores.alerts, "ada", limit=3)
        assert [each.alert.address for each in first] == addresses[:3]
        assert [each.alert.address for each in take(stores.alerts, "bob")] == addresses[3:]
        assert [each.alert for each in stores.alerts.of_run(run.id)] == [*told[1:], told[0]]

    def test_a_lent_alert_is_lent_again_when_its_owner_is_gone(
        self, outbox: AlertStore, waiting: Outgoing
    ) -> None:
        assert take(outbox, "ada") == [waiting]
        assert take(outbox, "bob", now=_LATER - SECOND) == []
        assert take(outbox, "bob", now=_LATER) == [waiting]

    def test_what_was_sent_is_not_sent_again(self, outbox: AlertStore, waiting: Outgoing) -> None:
        take(outbox, "ada")
        outbox.sent(waiting.id, "ada", now=NOON + SECOND)

        assert take(outbox, "bob", now=NOON + _HOUR) == []
        assert list(outbox.of_run("run-1")) == [replace(waiting, sent_at=NOON + SECOND)]
        assert outbox.next_due(now=NOON) is None

    def test_what_was_put_off_is_due_later(self, outbox: AlertStore, waiting: Outgoing) -> None:
        take(outbox, "ada")
        outbox.put_off(waiting.id, "ada", until=NOON + _HOUR, error="no answer")
        tried = replace(waiting, tries=1, error="no answer")

        assert take(outbox, "bob", now=NOON + _HOUR - SECOND) == []
        assert take(outbox, "bob", now=NOON + _HOUR) == [tried]

    def test_what_was_given_up_is_not_tried_again(
        self, outbox: AlertStore, waiting: Outgoing
    ) -> None:
        take(outbox, "ada")
        outbox.give_up(waiting.id, "ada", error="no such host", now=NOON + SECOND)
        given_up = replace(waiting, tries=1, error="no such host", given_up_at=NOON + SECOND)

        assert list(outbox.of_run("run-1")) == [given_up]
        assert take(outbox, "bob", now=NOON + _HOUR) == []
        assert outbox.next_due(now=NOON) is None

    def test_a_late_owner_changes_nothing_once_another_has_it(
        self, outbox: AlertStore, waiting: Outgoing
    ) -> None:
        take(outbox, "ada")
        take(outbox, "bob", now=_LATER)
        outbox.sent(waiting.id, "ada", now=_LATER)
        outbox.put_off(waiting.id, "ada", until=_LATER, error="?")
        outbox.give_up(waiting.id, "ada", error="?", now=_LATER)

        assert list(outbox.of_run("run-1")) == [waiting]
        assert take(outbox, "cleo", now=_LATER) == []

    def test_a_late_owner_may_say_that_it_is_gone_as_long_as_nobody_else_has_it(
        self, outbox: AlertStore, waiting: Outgoing
    ) -> None:
        take(outbox, "ada")
        outbox.sent(waiting.id, "ada", now=_LATER + _HOUR)

        assert outbox.of_run("run-1")[0].sent_at == _LATER + _HOUR

    def test_what_nobody_has_cannot_be_settled(self, outbox: AlertStore, waiting: Outgoing) -> None:
        outbox.sent(waiting.id, "ada", now=NOON)
        outbox.sent(10**6, "ada", now=NOON)

        assert list(outbox.of_run("run-1")) == [waiting]

    def test_the_next_is_due_when_it_may_be_lent(
        self, stores: Stores, run: Run, lease: Lease, waiting: Outgoing
    ) -> None:
        outbox = stores.alerts
        dues = [outbox.next_due(now=NOON)]
        take(outbox, "ada", now=NOON)
        dues.append(outbox.next_due(now=NOON))
        dues.append(outbox.next_due(now=_LATER))
        recorded(stores.runs, lease, run, alerts=[alert_of()], now=NOON + SECOND)
        dues.append(outbox.next_due(now=NOON))
        outbox.put_off(waiting.id, "ada", until=NOON + timedelta(0, 0, 1), error="?")
        dues.append(outbox.next_due(now=NOON))

        tick = NOON + timedelta(0, 0, 1)
        assert dues == [NOON, _LATER, NOON, NOON + SECOND, tick]

    def test_of_many_who_take_at_once_one_gets_each(
        self, open_stores: OpenStores, stores: Stores, run: Run, lease: Lease
    ) -> None:
        told = [alert_of(address=f"{number}") for number in range(9)]
        recorded(stores.runs, lease, run, alerts=told)
        boxes = [open_stores().alerts for _ in range(6)]
        got = at_once(lambda number: take(boxes[number], f"owner {number}", limit=3))

        taken = [each.id for some in got for each in some]
        assert len(taken) == len(set(taken))
        assert len(taken) >= 3


class LatePromises(OutboxPromises):
    """A run that has not ended by its deadline."""

    def test_a_late_run_is_told_to_all_who_want_to_hear_of_it_once(self, stores: Stores) -> None:
        stores.runs.create(run_of(plan=watched_plan()))
        assert stores.alerts.note_late(now=_LATER - SECOND) == 0
        assert stores.alerts.note_late(now=_LATER) == 1
        assert stores.alerts.note_late(now=_LATER) == 0

        told = [each.alert for each in stores.alerts.of_run("run-1")]
        assert [(each.occasion, each.address) for each in told] == [
            (Occasion.LATE, "mailto://ada"),
            (Occasion.LATE, "mailto://bob"),
        ]
        assert stores.alerts.next_due(now=NOON) == _LATER

    def test_the_deadline_of_a_fired_run_counts_from_its_fire_time(self, stores: Stores) -> None:
        run = fired_run("a", NOON - _HOUR, plan=watched_plan(2 * _HOUR))
        backfilled = fired_run("b", NOON - 9 * _HOUR, plan=watched_plan(2 * _HOUR), backfill="back")
        stores.runs.create_fired([run, backfilled])

        assert [note(stores, hours) for hours in (0, 1, 1, 2)] == [0, 1, 0, 1]

    def test_a_run_that_nobody_wants_to_hear_of_is_not_late(self, stores: Stores) -> None:
        stores.runs.create(run_of())

        assert note(stores, 10**4) == 0

    @pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED])
    def test_a_run_that_has_ended_is_not_late(self, stores: Stores, state: RunState) -> None:
        ended = run_of("ended", plan=watched_plan(), state=state, ended_at=NOON)
        run = run_of(plan=watched_plan())
        for each in (ended, run):
            stores.runs.create(each)
        lease = leased(stores.runs, run, "ada")
        recorded(stores.runs, lease, replace(run, state=state, ended_at=NOON))
        assert note(stores, 1) == 0
        recorded(stores.runs, lease, replace(run, state=RunState.RUNNING))

        assert note(stores, 1) == 0, "opened again, it is not late either"

    def test_of_many_who_look_at_once_one_tells(self, open_stores: OpenStores) -> None:
        stores = [open_stores() for _ in range(6)]
        for name in ("a", "b"):
            stores[0].runs.create(run_of(name, plan=watched_plan()))
        told = at_once(lambda number: note(stores[number], 1))

        assert sum(told) == 2
        assert len(stores[0].alerts.of_run("a")) == len(stores[0].alerts.of_run("b")) == 2


def take(
    outbox: AlertStore, owner: str, *, now: datetime = NOON, limit: int = 20
) -> list[Outgoing]:
    """What *owner* gets who asks for what is due, for a minute."""
    return outbox.take_due(owner, now=now, duration=MINUTE, limit=limit)


def note(stores: Stores, hours: float) -> int:
    """How many runs are found late so many hours after noon."""
    return stores.alerts.note_late(now=NOON + hours * _HOUR)

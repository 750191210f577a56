"""Promises about leases: a run has one driver, and a dead one does not keep it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_flow.core.errors import LeaseLostError
from jupyter_flow.core.events import CancelRequested, RunStarted
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, SECOND, run_of, task_run_of

from .base import StorePromises, leased, recorded

_LATER = NOON + MINUTE


class LeasePromises(StorePromises):
    """Taking, renewing, giving back, taking over."""

    def test_a_run_has_one_driver_at_a_time(self, store: RunStore, run: Run) -> None:
        leased(store, run, "ada")

        assert store.lease(run.id, "bob", now=_LATER - SECOND, duration=MINUTE) is None

    def test_each_run_has_its_own_driver(self, store: RunStore, run: Run) -> None:
        other = run_of("run-2")
        store.create(other)
        leased(store, run, "ada")

        assert leased(store, other, "bob").run == "run-2"

    def test_an_owner_may_take_again_what_it_holds(self, store: RunStore, run: Run) -> None:
        lease = leased(store, run, "ada")

        assert leased(store, run, "ada", now=NOON + 30 * SECOND) == lease
        assert store.holder(run.id, now=_LATER) == lease

    def test_a_lease_that_ended_may_be_given_to_another(self, store: RunStore, run: Run) -> None:
        dead = leased(store, run, "ada")

        heir = leased(store, run, "bob", now=_LATER)
        assert heir.owner == "bob"
        assert heir.token > dead.token

    def test_a_renewed_lease_lasts_longer(self, store: RunStore, run: Run, lease: Lease) -> None:
        store.renew(lease, now=NOON + 50 * SECOND, duration=MINUTE)

        assert store.lease(run.id, "bob", now=_LATER, duration=MINUTE) is None
        assert leased(store, run, "bob", now=_LATER + 50 * SECOND).owner == "bob"

    def test_a_lease_is_not_renewed_once_another_has_it(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        heir = leased(store, run, "bob", now=_LATER)

        with pytest.raises(LeaseLostError, match="'run-1' is not driven by ada") as caught:
            store.renew(lease, now=_LATER, duration=timedelta(days=1))
        assert caught.value.code == "JF501"
        assert store.holder(run.id, now=_LATER) == heir

    def test_a_run_that_was_given_back_is_free(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.release(lease)

        assert store.holder(run.id, now=NOON) is None
        assert leased(store, run, "bob").token > lease.token

    def test_giving_back_what_another_has_does_nothing(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        heir = leased(store, run, "bob", now=_LATER)
        store.release(lease)

        assert store.holder(run.id, now=_LATER) == heir

    def test_the_holder_is_known_while_the_lease_lasts(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        assert store.holder(run.id, now=_LATER - SECOND) == lease
        assert store.holder(run.id, now=_LATER) is None

    def test_nobody_holds_a_new_run(self, store: RunStore, run: Run) -> None:
        assert store.holder(run.id, now=NOON) is None

    def test_a_lease_of_before_is_worth_nothing_after_it_came_back(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.release(leased(store, run, "bob", now=_LATER))
        again = leased(store, run, "ada", now=_LATER)

        assert again.token > lease.token
        with pytest.raises(LeaseLostError):
            store.renew(lease, now=_LATER, duration=MINUTE)

    def test_a_late_owner_may_write_as_long_as_nobody_took_over(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        _, entry = recorded(store, lease, run, now=_LATER + MINUTE)

        assert entry.seq == 1

    def test_a_former_owner_writes_nothing(self, store: RunStore, run: Run, lease: Lease) -> None:
        store.ask(run.id, CancelRequested(by="ada"), now=NOON)
        asked = store.requests(run.id)
        heir = leased(store, run, "bob", now=_LATER)
        after, _ = recorded(store, heir, run, [task_run_of(LOAD)])

        wrong = task_run_of(LOAD, state=TaskState.FAILED)
        with pytest.raises(LeaseLostError):
            recorded(store, lease, run_of(state=RunState.FAILED), [wrong], answers=asked[0].id)
        assert store.load(run.id) == after
        assert [entry.seq for entry in store.journal(run.id)] == [1]
        assert store.requests(run.id) == asked

    def test_who_gave_a_run_back_does_not_write_it(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.release(lease)

        with pytest.raises(LeaseLostError):
            store.record(lease, run, RunStarted(), changed=(), moves=(), after=0, now=NOON)
        assert store.journal(run.id) == []

"""Promises about requests: each is heard, and answered once."""

from __future__ import annotations

from typing import get_args

import pytest

from jupyter_flow.core.errors import ConflictError, LeaseLostError
from jupyter_flow.core.events import CancelRequested, RepairRequested, Request
from jupyter_flow.core.run import Run
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.testing.samples import EVENTS, LOAD, MINUTE, NOON, run_of, task_run_of

from .base import OpenStore, StorePromises, leased, recorded

_REQUESTS = [event for event in EVENTS if isinstance(event, get_args(Request))]


class RequestPromises(StorePromises):
    """Asking, answering, dismissing."""

    def test_nobody_asks_anything_of_a_new_run(self, store: RunStore, run: Run) -> None:
        assert store.requests(run.id) == []

    def test_requests_are_heard_in_their_order(
        self, open_store: OpenStore, store: RunStore, run: Run
    ) -> None:
        for request in _REQUESTS:
            store.ask(run.id, request, now=NOON)

        heard = open_store().requests(run.id)
        assert [pending.request for pending in heard] == _REQUESTS
        assert [pending.id for pending in heard] == sorted({pending.id for pending in heard})

    def test_anybody_may_ask_whoever_drives_the_run(self, store: RunStore, run: Run) -> None:
        leased(store, run, "bob")
        store.ask(run.id, CancelRequested(by="ada"), now=NOON)

        assert len(store.requests(run.id)) == 1

    def test_an_answered_request_is_gone_with_the_same_stroke(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.ask(run.id, CancelRequested(by="a"), now=NOON)
        store.ask(run.id, CancelRequested(by="b"), now=NOON)
        first, second = store.requests(run.id)
        recorded(store, lease, run, [], first.request, answers=first.id)

        assert store.requests(run.id) == [second]
        assert [entry.event for entry in store.journal(run.id)] == [first.request]

    def test_a_request_is_answered_once(self, store: RunStore, run: Run, lease: Lease) -> None:
        store.ask(run.id, CancelRequested(), now=NOON)
        (asked,) = store.requests(run.id)
        recorded(store, lease, run, [], asked.request, answers=asked.id)

        changed = [task_run_of(LOAD)]
        with pytest.raises(ConflictError, match="answered already"):
            recorded(store, lease, run, changed, asked.request, answers=asked.id)
        assert [entry.seq for entry in store.journal(run.id)] == [1]
        assert store.load(run.id) == run

    def test_a_request_to_another_run_is_not_answered(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.create(run_of("run-2"))
        store.ask(run_of("run-2").id, CancelRequested(), now=NOON)
        (asked,) = store.requests(run_of("run-2").id)

        with pytest.raises(ConflictError):
            recorded(store, lease, run, answers=asked.id)
        store.dismiss(lease, asked.id)
        assert store.requests(run_of("run-2").id) == [asked]

    def test_the_number_of_an_answered_request_is_not_given_again(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.ask(run.id, CancelRequested(), now=NOON)
        (first,) = store.requests(run.id)
        recorded(store, lease, run, answers=first.id)
        store.ask(run.id, RepairRequested(), now=NOON)

        assert store.requests(run.id)[0].id > first.id

    def test_a_dismissed_request_leaves_no_trace(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        store.ask(run.id, RepairRequested(), now=NOON)
        (asked,) = store.requests(run.id)
        store.dismiss(lease, asked.id)
        store.dismiss(lease, asked.id)

        assert store.requests(run.id) == []
        assert store.journal(run.id) == []

    def test_only_the_driver_dismisses(self, store: RunStore, run: Run, lease: Lease) -> None:
        store.ask(run.id, RepairRequested(), now=NOON)
        (asked,) = store.requests(run.id)
        leased(store, run, "bob", now=NOON + MINUTE)

        with pytest.raises(LeaseLostError):
            store.dismiss(lease, asked.id)
        assert store.requests(run.id) == [asked]

"""Promises about sharing: many at once, and nothing happens twice or half."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from jupyter_flow.core.errors import ConflictError, LeaseLostError
from jupyter_flow.core.events import AttemptProgressed, CancelRequested
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, attempt_of, run_of, task_run_of

from .base import OpenStore, StorePromises, leased, recorded

T = TypeVar("T")

_MANY = 6
_TURNS = 25


class SharingPromises(StorePromises):
    """Everyone has the store open for himself, as in processes of their own."""

    def test_of_many_who_want_a_run_one_gets_it(self, open_store: OpenStore, run: Run) -> None:
        def want(number: int) -> Lease | None:
            return stores[number].lease(run.id, f"owner {number}", now=NOON, duration=MINUTE)

        stores = [open_store() for _ in range(_MANY)]
        got = [lease for lease in at_once(want) if lease is not None]

        assert len(got) == 1
        assert stores[0].holder(run.id, now=NOON) == got[0]

    def test_a_plan_stays_while_runs_of_it_are_made_and_deleted(
        self, open_store: OpenStore
    ) -> None:
        """And not before, though others are made and deleted meanwhile."""

        def make_and_delete(number: int) -> bool:
            store = stores[number]
            for turn in range(_TURNS):
                run = run_of(f"{number}-{turn}", state=RunState.SUCCEEDED, ended_at=NOON)
                store.create(run)
                if store.load(run.id).plan != run.plan:
                    return False
                store.delete(run.id, now=NOON)
            return True

        stores = [open_store() for _ in range(_MANY)]

        assert all(at_once(make_and_delete))
        assert stores[0].digests() == set()

    def test_a_plan_goes_with_its_last_runs_though_all_go_at_once(
        self, open_store: OpenStore
    ) -> None:
        """Each who deletes one still sees the others' runs, until all are gone."""

        def delete(number: int) -> None:
            stores[number].delete(runs[number].id, now=NOON)

        stores = [open_store() for _ in range(_MANY)]
        for turn in range(_TURNS):
            runs = [
                run_of(f"{number}-{turn}", state=RunState.SUCCEEDED, ended_at=NOON)
                for number in range(_MANY)
            ]
            for run in runs:
                stores[0].create(run)
            at_once(delete)

            assert stores[0].digests() == set()

    def test_of_many_who_take_over_one_gets_it(
        self, open_store: OpenStore, run: Run, lease: Lease
    ) -> None:
        def want(number: int) -> Lease | None:
            later = NOON + MINUTE
            return stores[number].lease(run.id, f"owner {number}", now=later, duration=MINUTE)

        stores = [open_store() for _ in range(_MANY)]
        got = [heir for heir in at_once(want) if heir is not None]

        assert [heir.token for heir in got] == [lease.token + 1]

    def test_of_many_who_create_a_run_one_does(self, open_store: OpenStore) -> None:
        def create(number: int) -> bool:
            try:
                stores[number].create(run_of("same", flow=f"flow_{number}"))
            except ConflictError:
                return False
            return True

        stores = [open_store() for _ in range(_MANY)]
        made = at_once(create)

        assert made.count(True) == 1
        kept = stores[0].load(run_of("same").id)
        assert kept == run_of("same", flow=f"flow_{made.index(True)}")

    def test_a_request_is_answered_by_one_of_many(
        self, open_store: OpenStore, store: RunStore, run: Run, lease: Lease
    ) -> None:
        def answer(number: int) -> bool:
            try:
                recorded(stores[number], lease, run, answers=asked.id)
            except ConflictError:
                return False
            return True

        store.ask(run.id, CancelRequested(), now=NOON)
        (asked,) = store.requests(run.id)
        stores = [open_store() for _ in range(_MANY)]

        assert at_once(answer).count(True) == 1
        assert [entry.seq for entry in store.journal(run.id)] == [1]

    def test_no_request_is_lost(self, open_store: OpenStore, store: RunStore, run: Run) -> None:
        def ask(number: int) -> None:
            for each in range(5):
                stores[number].ask(run.id, CancelRequested(by=f"{number} {each}"), now=NOON)

        stores = [open_store() for _ in range(_MANY)]
        at_once(ask)

        asked = [p.request.by for p in store.requests(run.id)]
        assert sorted(asked) == sorted(f"{n} {each}" for n in range(_MANY) for each in range(5))

    def test_whoever_is_overtaken_writes_nothing_more(
        self, open_store: OpenStore, store: RunStore, run: Run
    ) -> None:
        """Owners take the run from each other; the journal has what each wrote in its time."""

        def drive(number: int) -> list[int]:
            mine, written = stores[number], []
            for turn in range(5):
                later = NOON + (1 + turn * _MANY + number) * MINUTE
                lease = mine.lease(run.id, f"owner {number}", now=later, duration=MINUTE / 2)
                if lease is None:
                    continue
                try:
                    written += [recorded(mine, lease, run)[1].seq for _ in range(3)]
                except LeaseLostError:
                    continue
            return written

        stores = [open_store() for _ in range(_MANY)]
        written = sorted(seq for seqs in at_once(drive) for seq in seqs)

        kept = [entry.seq for entry in store.journal(run.id)]
        assert kept == list(range(1, len(kept) + 1))
        assert set(written) <= set(kept)

    def test_readers_see_a_journal_without_gaps_and_runs_that_fit(
        self, open_store: OpenStore, run: Run, lease: Lease
    ) -> None:
        """A reader follows while a writer writes; what it loads is one state, never a mixture."""
        number_of_entries, done = 60, threading.Event()

        def write(store: RunStore) -> None:
            before = run
            try:
                for cell in range(1, number_of_entries + 1):
                    state = TaskState.RUNNING if cell % 2 else TaskState.QUEUED
                    changed = task_run_of(LOAD, attempt_of(cell=cell), state=state, tries=cell)
                    before, _ = recorded(store, lease, before, [changed])
            finally:
                done.set()

        def follow(store: RunStore) -> tuple[list[int], bool]:
            seen: list[int] = []
            is_whole = True
            while True:
                # Asked before reading: what is written in between is then still read.
                is_over = done.is_set()
                entries = store.journal(run.id, after=len(seen), limit=7)
                seen += [entry.seq for entry in entries]
                loaded = store.load(run.id).task_runs[LOAD]
                cell = loaded.attempt.cell if loaded.attempt else 0
                is_whole &= loaded.tries == cell >= len(seen)
                if is_over and not entries:
                    return seen, is_whole

        parts = [write, follow, follow, follow]
        stores = [open_store() for _ in parts]
        results = at_once(lambda number: parts[number](stores[number]), number=len(parts))

        whole = (list(range(1, number_of_entries + 1)), True)
        assert results == [None, whole, whole, whole]

    def test_a_progress_report_does_not_wait_for_a_reader(
        self, open_store: OpenStore, store: RunStore, run: Run, lease: Lease
    ) -> None:
        """Two who have the store open see each other's writes at once."""
        begun = task_run_of(LOAD, attempt_of())
        run, _ = recorded(store, lease, run, [begun])
        other = open_store()
        for cell in range(1, 4):
            progress = AttemptProgressed(key=LOAD, number=1, cell=cell, cells=3)
            changed = begun.with_attempt(cell=cell, cells=3)
            run, _ = recorded(store, lease, run, [changed], progress)

            assert other.load(run.id) == run

    def test_a_lease_taken_here_is_known_there(
        self, open_store: OpenStore, store: RunStore, run: Run
    ) -> None:
        lease = leased(store, run, "ada")

        assert open_store().holder(run.id, now=NOON) == lease


def at_once(act: Callable[[int], T], *, number: int = _MANY) -> Sequence[T]:
    """What *act* gives for each number, all begun at the same moment."""
    gate = threading.Barrier(number)

    def after_the_gate(mine: int) -> T:
        gate.wait()
        return act(mine)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(after_the_gate, range(number)))

"""Promises about the journal: what is recorded is the state and the story, both or neither."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from datetime import UTC

import pytest

from jupyter_flow.core.errors import ConflictError, LeaseLostError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    CancelRequested,
    ClearRequested,
    Event,
    RepairRequested,
    RetryDue,
    RunStarted,
)
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.testing.samples import (
    EVENTS,
    HARD_VALUES,
    LOAD,
    MINUTE,
    MOVES,
    NOON,
    REPORT,
    SECOND,
    TRAIN,
    attempt_of,
    failed_attempt,
    run_of,
    target_of,
    task_run_of,
    wide_run,
)

from .base import OpenStore, StorePromises, leased, recorded


class JournalPromises(StorePromises):
    """Recording, and reading what was recorded."""

    def test_a_new_run_has_an_empty_journal(self, store: RunStore, run: Run) -> None:
        assert store.journal(run.id) == []

    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
    def test_every_event_is_read_as_it_was_recorded(
        self, open_store: OpenStore, store: RunStore, run: Run, lease: Lease, event: Event
    ) -> None:
        _, entry = recorded(store, lease, run, [task_run_of(LOAD, attempt_of())], event)

        assert entry.event == event
        assert open_store().journal(run.id) == [entry]

    def test_an_entry_tells_when_and_what_moved(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        late = NOON.replace(microsecond=999_999)
        _, entry = recorded(store, lease, run, moves=list(MOVES), now=late)

        assert (entry.run, entry.seq, entry.at, entry.moves) == (run.id, 1, late, MOVES)
        assert store.journal(run.id) == [entry]
        assert store.journal(run.id)[0].at.tzinfo is UTC

    def test_entries_are_numbered_from_one_without_gaps(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        entries = [recorded(store, lease, run, now=NOON + n * SECOND)[1] for n in range(5)]

        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        assert store.journal(run.id) == entries

    def test_a_reader_goes_on_after_the_last_it_saw(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        entries = [recorded(store, lease, run)[1] for _ in range(5)]

        assert store.journal(run.id, after=2) == entries[2:]
        assert store.journal(run.id, after=1, limit=2) == entries[1:3]
        assert store.journal(run.id, after=5) == []
        assert store.journal(run.id, after=99) == []

    def test_numbers_go_on_after_a_take_over(self, store: RunStore, run: Run, lease: Lease) -> None:
        recorded(store, lease, run)
        _, entry = recorded(store, leased(store, run, "bob", now=NOON + MINUTE), run)

        assert entry.seq == 2

    def test_the_run_is_as_the_last_entry_left_it(
        self, open_store: OpenStore, store: RunStore, run: Run, lease: Lease
    ) -> None:
        started = replace(run, state=RunState.RUNNING, started_at=NOON)
        started, _ = recorded(store, lease, started, [task_run_of(LOAD, attempt_of())])
        done = task_run_of(
            LOAD,
            attempt_of(ended_at=NOON + MINUTE, outcome=Outcome.SUCCEEDED, cpu=0.25, memory=2**33),
            state=TaskState.SUCCEEDED,
            values=HARD_VALUES,
        )
        ended = replace(started, state=RunState.FAILED, ended_at=NOON + MINUTE, reason="no luck")
        event = AttemptEnded(key=LOAD, number=1, outcome=Outcome.SUCCEEDED)
        ended, _ = recorded(store, lease, ended, [done], event)

        assert open_store().load(run.id) == ended

    def test_the_last_entry_is_known(self, store: RunStore, run: Run, lease: Lease) -> None:
        numbers = [store.last_entry(run.id)]
        for _ in range(2):
            recorded(store, lease, run)
            numbers.append(store.last_entry(run.id))

        assert numbers == [0, 1, 2]

    def test_a_run_is_loaded_with_the_entry_that_left_it_so_while_others_write(
        self, open_store: OpenStore, store: RunStore, run: Run, lease: Lease
    ) -> None:
        seen = [store.load_with_seq(run.id)]
        theirs = open_store()

        def write() -> None:
            for seq in range(1, 101):
                after = replace(run, state=RunState.RUNNING, started_at=NOON, reason=str(seq))
                recorded(theirs, lease, after)

        writer = threading.Thread(target=write)
        writer.start()
        while writer.is_alive():
            seen.append(store.load_with_seq(run.id))
        writer.join()
        seen.append(store.load_with_seq(run.id))

        assert [loaded.reason or "0" for loaded, _ in seen] == [str(seq) for _, seq in seen]
        assert (seen[0][1], seen[-1][1]) == (0, 100)

    @pytest.mark.parametrize("after", [0, 2])
    def test_an_entry_comes_right_after_the_one_that_it_was_made_from_or_not_at_all(
        self, store: RunStore, run: Run, lease: Lease, after: int
    ) -> None:
        store.ask(run.id, CancelRequested(), now=NOON)
        asked = store.requests(run.id)
        recorded(store, lease, run, after=0)
        wrong = [task_run_of(LOAD, state=TaskState.FAILED)]

        with pytest.raises(ConflictError, match=f"gone on since entry {after}") as caught:
            recorded(store, lease, run, wrong, after=after, answers=asked[0].id)
        assert caught.value.code == "JF505"
        assert store.load(run.id) == run
        assert store.last_entry(run.id) == 1
        assert store.requests(run.id) == asked

    def test_who_lost_the_run_hears_of_that_whatever_the_journal_says(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        leased(store, run, "bob", now=NOON + MINUTE)

        with pytest.raises(LeaseLostError):
            recorded(store, lease, run, after=7)

    def test_a_summary_follows(self, store: RunStore, run: Run, lease: Lease) -> None:
        started = replace(run, state=RunState.RUNNING, started_at=NOON)
        recorded(store, lease, started, [task_run_of(LOAD, attempt_of())])

        (summary,) = store.summaries(states=[RunState.RUNNING])
        assert summary.started_at == NOON
        assert summary.tasks == {"pending": 2, "running": 1}

    def test_values_may_be_nan(self, store: RunStore, run: Run, lease: Lease) -> None:
        done = task_run_of(LOAD, state=TaskState.SUCCEEDED, values={"auc": math.nan})
        event = AttemptEnded(
            key=LOAD, number=1, outcome=Outcome.SUCCEEDED, values={"auc": math.nan}
        )
        recorded(store, lease, run, [done], event)

        assert math.isnan(store.load(run.id).task_runs[LOAD].values["auc"])
        (entry,) = store.journal(run.id)
        assert isinstance(entry.event, AttemptEnded)
        assert math.isnan(entry.event.values["auc"])

    def test_what_is_not_said_to_have_changed_stays(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        unsaid = run.with_task_run(task_run_of(REPORT, state=TaskState.SKIPPED))
        recorded(store, lease, unsaid, [task_run_of(LOAD)])

        assert store.load(run.id).task_runs[REPORT].state is TaskState.PENDING

    def test_a_retry_keeps_the_attempts_before_it(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        first = task_run_of(LOAD, failed_attempt(1), state=TaskState.RETRYING, due_at=NOON)
        run, _ = recorded(store, lease, run, [first])
        queued = task_run_of(LOAD, failed_attempt(1), state=TaskState.QUEUED)
        run, _ = recorded(store, lease, run, [queued], RetryDue(key=LOAD))
        second = task_run_of(LOAD, failed_attempt(1), attempt_of(2))
        run, _ = recorded(store, lease, run, [second], AttemptStarted(key=LOAD))

        assert store.load(run.id) == run
        assert store.load(run.id).task_runs[LOAD].attempts == (failed_attempt(1), attempt_of(2))

    def test_progress_is_kept(self, store: RunStore, run: Run, lease: Lease) -> None:
        run, _ = recorded(store, lease, run, [task_run_of(LOAD, failed_attempt(1))])
        begun = task_run_of(LOAD, failed_attempt(1), attempt_of(2))
        run, _ = recorded(store, lease, run, [begun])
        further = begun.with_attempt(cell=3, cells=7)
        event = AttemptProgressed(key=LOAD, number=2, cell=3, cells=7)
        run, entry = recorded(store, lease, run, [further], event)

        assert store.load(run.id) == run
        assert store.journal(run.id, after=2) == [entry]

    def test_progress_that_came_too_late_changes_nothing(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        run, _ = recorded(store, lease, run, [task_run_of(LOAD, failed_attempt())])
        late = AttemptProgressed(key=LOAD, number=1, cell=9, cells=9)
        recorded(store, lease, run, [], late)

        assert store.load(run.id) == run

    def test_a_mapped_task_gives_way_to_its_instances(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        instances = [
            task_run_of(TaskKey("train", index), state=TaskState.QUEUED, item={"model": model})
            for index, model in enumerate(["logit", "forest"])
        ]
        mapped = run.with_instances(instances)
        recorded(store, lease, mapped, instances, removed=[TRAIN])

        assert store.load(run.id) == mapped
        assert TRAIN not in store.load(run.id).task_runs

    @pytest.mark.parametrize(
        "event",
        [
            RepairRequested(targets={"load": target_of(digest="b" * 64)}),
            ClearRequested(tasks=("load",), targets={"load": target_of(digest="b" * 64)}),
        ],
        ids=["repair", "clear"],
    )
    def test_new_targets_become_the_plan(
        self, store: RunStore, run: Run, lease: Lease, event: RepairRequested | ClearRequested
    ) -> None:
        mended = replace(run.plan, targets={**run.plan.targets, **event.targets})
        recorded(store, lease, replace(run, plan=mended), [], event)

        assert store.load(run.id).plan == mended

    @pytest.mark.parametrize("event", [RunStarted(), RepairRequested()], ids=["start", "repair"])
    def test_without_new_targets_the_plan_stays(
        self, store: RunStore, run: Run, lease: Lease, event: Event
    ) -> None:
        unsaid = replace(run.plan, targets={**run.plan.targets, "load": target_of(digest="b" * 64)})
        recorded(store, lease, replace(run, plan=unsaid), [], event)

        assert store.load(run.id).plan == run.plan

    def test_text_of_kernels_is_kept_however_broken(
        self, store: RunStore, run: Run, lease: Lease
    ) -> None:
        broken = task_run_of(LOAD, reason="bad \x00 and \ud800 text", values={"\x00": "\ud800"})
        recorded(store, lease, run, [broken])

        kept = store.load(run.id).task_runs[LOAD]
        assert kept.reason.startswith("bad ")
        assert kept.values == {"\x00": "\ud800"}

    def test_many_task_runs_change_at_once(self, store: RunStore) -> None:
        run = wide_run(1000)
        store.create(run)
        queued = [replace(each, state=TaskState.QUEUED) for each in run.task_runs.values()]
        run, _ = recorded(store, leased(store, run, "ada"), run, queued)

        assert store.load(run.id) == run

    def test_runs_do_not_mix(self, store: RunStore, run: Run, lease: Lease) -> None:
        other = run_of("run-2")
        store.create(other)
        recorded(store, lease, run, [task_run_of(LOAD, attempt_of())])

        assert store.load(other.id) == other
        assert store.journal(other.id) == []

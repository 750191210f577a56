"""What the database is asked, and how often: no cost grows with what did not change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from jupyter_flow.core.errors import UsageError
from jupyter_flow.core.events import AttemptProgressed, AttemptStarted, RepairRequested, RunStarted
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Lease, RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store import rows
from jupyter_flow.store.engines import sqlite_engine, writing
from jupyter_flow.store.opening import open_store
from jupyter_flow.store.tables import UtcDateTime, plan_texts, runs
from jupyter_flow.testing.postgres import Postgres
from jupyter_flow.testing.samples import (
    LOAD,
    MINUTE,
    NOON,
    attempt_of,
    run_of,
    target_of,
    task_run_of,
    wide_run,
)


@pytest.fixture
def asked(store: RunStore) -> Iterator[list[str]]:
    """Every statement that the store sends from here on."""
    statements: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(" ".join(statement.split()[:3]))

    engine = store._database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


def leased(store: RunStore) -> Lease:
    lease = store.lease(run_of().id, "ada", now=NOON, duration=MINUTE)
    assert lease is not None
    return lease


def test_recording_one_task_takes_four_statements(store: RunStore, asked: list[str]) -> None:
    store.create(run_of())
    lease = leased(store)
    asked.clear()
    changed = [task_run_of(LOAD, attempt_of())]
    store.record(
        lease, run_of(), AttemptStarted(key=LOAD), changed=changed, moves=(), after=0, now=NOON
    )

    assert asked == [
        "BEGIN IMMEDIATE",
        "UPDATE runs SET",
        "INSERT INTO task_runs",
        "INSERT INTO attempts",
        "INSERT INTO journal",
    ]


def test_progress_rewrites_neither_parameters_nor_values(store: RunStore, asked: list[str]) -> None:
    store.create(run_of(task_runs=[task_run_of(LOAD, attempt_of())]))
    lease = leased(store)
    asked.clear()
    further = task_run_of(LOAD, attempt_of(cell=2, cells=7))
    event = AttemptProgressed(key=LOAD, number=1, cell=2, cells=7)
    store.record(lease, run_of(), event, changed=[further], moves=(), after=0, now=NOON)

    assert asked == [
        "BEGIN IMMEDIATE",
        "UPDATE runs SET",
        "UPDATE attempts SET",
        "INSERT INTO journal",
    ]


def test_a_list_of_runs_takes_two_questions_however_long_it_is(
    store: RunStore, asked: list[str]
) -> None:
    for number in range(30):
        store.create(run_of(f"run-{number}", created_at=NOON + number * MINUTE))
    asked.clear()

    assert len(store.summaries(limit=20)) == 20
    assert len(asked) == 3, "BEGIN and two questions"


def test_a_run_of_many_tasks_is_written_and_read_in_a_few_statements(
    store: RunStore, asked: list[str]
) -> None:
    run = wide_run(500)
    store.create(run)
    assert len(asked) == 6, "BEGIN, the run, its plan (is it there?), its task runs"
    asked.clear()

    assert store.load(run.id) == run
    assert len(asked) == 5, "BEGIN, the run, its task runs, their attempts, its plan"
    asked.clear()

    assert store.load(run.id) == run
    assert len(asked) == 4, "the plan is known"


def test_a_plan_is_kept_once_for_all_runs_that_are_made_from_it(
    store: RunStore, asked: list[str]
) -> None:
    for number in range(3):
        store.create(run_of(f"run-{number}", state=RunState.SUCCEEDED, ended_at=NOON))
    assert asked.count("INSERT INTO plan_texts") == 1

    for number in range(3):
        assert plans_in(store) == 1
        store.delete(RunId(f"run-{number}"), now=NOON)
    assert plans_in(store) == 0


def test_a_plan_that_a_repair_replaced_goes_when_nothing_is_made_from_it(store: RunStore) -> None:
    run = run_of()
    store.create(run)
    target = target_of(digest="b" * 64)
    mended = replace(run, plan=replace(run.plan, targets={**run.plan.targets, "load": target}))
    for after, made in enumerate((mended, run, mended)):
        event = RepairRequested(targets={"load": target})
        store.record(leased(store), made, event, changed=(), moves=(), after=after, now=NOON)
        assert plans_in(store) == 1

    assert store.load(run.id).plan == mended.plan


@pytest.mark.postgres
def test_two_repairs_that_change_plans_with_each_other_do_not_stand_in_each_others_way(
    postgres_server: Postgres,
) -> None:
    target = target_of(digest="b" * 64)
    one, event = run_of("one"), RepairRequested(targets={"load": target})
    other = replace(one, plan=replace(one.plan, targets={**one.plan.targets, "load": target}))
    both = threading.Barrier(2)

    def meet(_db: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO run_plans"):
            with suppress(threading.BrokenBarrierError):  # one after the other is fine, too
                both.wait(timeout=1)

    with closing(open_store(postgres_server.url(postgres_server.create()))) as stores:
        runs, ways = stores.runs, ((one, other), (replace(other, id=RunId("other")), one))

        def repair(before: Run, after: Run) -> None:
            lease = runs.lease(before.id, "ada", now=NOON, duration=MINUTE)
            assert lease is not None
            mended = replace(after, id=before.id)
            runs.record(lease, mended, event, changed=(), moves=(), after=0, now=NOON)

        for before, _ in ways:
            runs.create(before)
        sa.event.listen(runs._database.engine, "after_cursor_execute", meet)
        with ThreadPoolExecutor(2) as threads:
            for each in [threads.submit(repair, *way) for way in ways]:
                each.result()

        assert plans_in(runs) == 2
        assert [runs.load(before.id).plan for before, _ in ways] == [other.plan, one.plan]


def test_what_plans_need_is_found_with_one_of_them_in_memory(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, wanted = run_of(), {digit * 64 for digit in "123456"}
    for digest in wanted:
        targets = dict.fromkeys(run.plan.targets, target_of(digest=digest))
        store.create(replace(run, id=RunId(digest), plan=replace(run.plan, targets=targets)))
    alive, most, plan_of = [0], [0], rows.plan_of

    class Noted:
        def __init__(self, text: str) -> None:
            self._plan = plan_of(text)
            alive[0] += 1
            most[0] = max(most[0], alive[0])

        def __del__(self) -> None:
            alive[0] -= 1

        def with_all_children(self) -> Any:
            return self._plan.with_all_children()

    monkeypatch.setattr(rows, "plan_of", Noted)

    assert store.digests() == wanted
    assert most[0] == 1


def plans_in(store: RunStore) -> int:
    with store._database.reading() as db:
        return db.execute(sa.select(sa.func.count()).select_from(plan_texts)).scalar_one()


_ASKED_OFTEN: dict[str, Callable[[Stores], object]] = {
    "waiting": lambda stores: stores.runs.waiting(now=NOON),
    "lease": lambda stores: stores.runs.lease(run_of().id, "ada", now=NOON, duration=MINUTE),
    "is_crowded": lambda stores: stores.runs.is_crowded(run_of().id, now=NOON),
    "before": lambda stores: stores.runs.before(run_of().id),
    "at": lambda stores: stores.runs.at("churn", None, [NOON, NOON + MINUTE]),
    "summaries of a backfill": lambda stores: stores.runs.summaries(backfill="back"),
    "borrow_due": lambda stores: stores.schedules.borrow_due("ada", now=NOON, duration=MINUTE),
    "next_due": lambda stores: stores.schedules.next_due(),
    "take_due": lambda stores: stores.alerts.take_due("ada", now=NOON, duration=MINUTE),
    "next alert": lambda stores: stores.alerts.next_due(now=NOON),
    "note_late": lambda stores: stores.alerts.note_late(now=NOON),
    "of_run": lambda stores: stores.alerts.of_run(run_of().id),
    "load": lambda stores: stores.services.load(now=NOON),
}


@pytest.mark.parametrize("ask", _ASKED_OFTEN.values(), ids=_ASKED_OFTEN)
def test_what_is_asked_often_never_reads_through_what_has_ended(
    stores: Stores, ask: Callable[[Stores], object]
) -> None:
    """Tables that grow with history are searched by an index."""
    stores.runs.create(run_of())
    found = [step for step in plan_of_questions(stores, lambda: ask(stores)) if reads_all(step)]

    assert found == []


def plan_of_questions(stores: Stores, act: Callable[[], object]) -> list[str]:
    """How SQLite answers what *act* asks."""
    engine, sent = stores.runs._database.engine, []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    act()
    sa.event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as db:
        asked = [(f"EXPLAIN QUERY PLAN {statement}", given) for statement, given in sent]
        return [row[-1] for each in asked for row in db.exec_driver_sql(*each)]


def reads_all(step: str) -> bool:
    """Whether it reads each row of a table that keeps what has ended, or looks in a poor index."""
    is_scan = any(f"SCAN {name}" in step for name in ("runs", "others", "alerts", "task_runs"))
    return is_scan or "(flow=?)" in step


def test_an_empty_look_for_what_is_due_writes_nothing(stores: Stores, asked: list[str]) -> None:
    stores.schedules.borrow_due("ada", now=NOON, duration=MINUTE)
    stores.alerts.take_due("ada", now=NOON, duration=MINUTE)
    stores.alerts.note_late(now=NOON)

    assert {statement.split()[0] for statement in asked} == {"BEGIN", "SELECT"}
    assert "BEGIN IMMEDIATE" not in asked


def test_what_cannot_be_kept_is_refused_and_nothing_is_written(store: RunStore) -> None:
    store.create(run_of())
    changed = [task_run_of(LOAD, values={"frame": {1, 2}})]
    with pytest.raises(UsageError, match="a value of the type 'set'"):
        store.record(
            leased(store), run_of(), RunStarted(), changed=changed, moves=(), after=0, now=NOON
        )

    assert store.load(run_of().id) == run_of()
    assert store.journal(run_of().id) == []


def test_a_reader_is_not_kept_waiting_by_a_writer_nor_a_writer_by_readers(
    store: RunStore, path: Path
) -> None:
    """Three connections in one thread: whoever waited for another would wait for ever."""
    store.create(run_of())
    with reading_on(path) as reader, closing(open_store(path)) as others:
        other = others.runs
        before = reader.execute(sa.select(runs.c.seq)).scalar_one()
        changed = [task_run_of(LOAD, attempt_of())]
        other.record(
            leased(other), run_of(), RunStarted(), changed=changed, moves=(), after=0, now=NOON
        )
        assert reader.execute(sa.select(runs.c.seq)).scalar_one() == before == 0

        with writing(store._database.engine).begin() as writer:
            writer.execute(sa.update(runs).values(reason="half written"))
            assert other.load(run_of().id).reason == ""
            assert [entry.seq for entry in other.journal(run_of().id)] == [1]


@contextmanager
def reading_on(path: Path) -> Iterator[sa.Connection]:
    engine = sqlite_engine(path)
    with engine.begin() as db:
        yield db
    engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1)]
)
def test_sqlite_is_set_up_for_many_readers_and_one_writer(
    store: RunStore, pragma: str, value: Any
) -> None:
    with store._database.engine.connect() as db:
        assert db.execute(sa.text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_moment_without_a_zone_is_refused(store: RunStore) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="has no zone"):
        store.create(run_of(created_at=naive))

    assert store.summaries() == []


def test_the_time_type_says_its_zone_on_the_way_out() -> None:
    dialect = sa.create_engine("sqlite://").dialect

    assert UtcDateTime().process_result_value(NOON.replace(tzinfo=None), dialect) == NOON
    assert UtcDateTime().process_result_value(None, dialect) is None

"""A long history: made in bulk as the store makes it, and its pages cost what a short one's do.

What a page costs is counted, not timed: steps of SQLite's machine, rows that PostgreSQL reads.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Cursor
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store import tables
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import Postgres
from jupyter_flow.testing.samples import NOON

_FLOWS, _TASKS = 4, 6
_HOWS = ("queued", "running", "succeeded", "failed", "cancelled")
_SHORT, _LONG = 400, 4000
_KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module")
def filling(repository: Path) -> Iterator[ModuleType]:
    """What the benchmarks make histories with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository))
        yield import_module("benchmarks.filling")
    sys.modules.pop("benchmarks.filling")


def engine_of(stores: Stores) -> sa.Engine:
    engine: sa.Engine = stores.runs._database.engine
    return engine


# -- in bulk, and one by one -----------------------------------------------------------------------


def everything(stores: Stores) -> dict[str, list[Any]]:
    """All rows of all tables about runs."""
    with engine_of(stores).connect() as db:
        return {
            table.name: sorted(map(tuple, db.execute(sa.select(table))), key=repr)
            for table in tables.metadata.sorted_tables
        }


@pytest.fixture(params=_KINDS)
def two_places(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    if request.param == "sqlite":
        return [f"sqlite:///{tmp_path / name}.db" for name in "ab"]
    server: Postgres = request.getfixturevalue("postgres_server")
    return [server.url(server.create()) for _ in range(2)]


def test_a_history_made_in_bulk_is_the_one_that_the_store_would_have_made(
    filling: ModuleType, two_places: list[str]
) -> None:
    made = filling.history(150, _FLOWS)
    assert {each.model.partition("_")[2][3:] for each in made} == {*_HOWS}
    with closing(open_store(two_places[0])) as one, closing(open_store(two_places[1])) as other:
        filling.fill(one, engine_of(one), made, tasks=_TASKS, flows=_FLOWS)
        filling.slowly(other, made, tasks=_TASKS, flows=_FLOWS)

        assert everything(one) == everything(other)
        states = {each.state.value for each in one.runs.summaries(limit=1000)}
        assert states == {*_HOWS}
        assert one.runs.summaries(limit=1000) == other.runs.summaries(limit=1000)
        assert one.runs.states("flow_00") == other.runs.states("flow_00")
        assert one.runs.past("flow_00", "task_0001") == other.runs.past("flow_00", "task_0001")
        for run in islice((RunId(each.id) for each in made), 0, None, 17):
            assert one.runs.load(run) == other.runs.load(run)
            assert one.runs.journal(run) == other.runs.journal(run)


# -- what a page costs -----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=_KINDS)
def histories(
    request: pytest.FixtureRequest, filling: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stores, Stores]]:
    """A short history and a long one."""
    opened = []
    for runs in (_SHORT, _LONG):
        if request.param == "sqlite":
            where = f"sqlite:///{tmp_path_factory.mktemp('history') / 'flow.db'}"
        else:
            server: Postgres = request.getfixturevalue("postgres_server")
            where = server.url(server.create())
        stores = open_store(where)
        made = filling.history(runs, _FLOWS)
        filling.fill(stores, engine_of(stores), made, tasks=_TASKS, flows=_FLOWS, journals=0)
        filling.settle(engine_of(stores))
        opened.append(stores)
    yield opened[0], opened[1]
    for stores in opened:
        stores.close()


def middle(stores: Stores) -> Cursor:
    """A place half-way through the history."""
    with engine_of(stores).connect() as db:
        count = db.execute(sa.select(sa.func.count()).select_from(tables.runs)).scalar_one()
        row = db.execute(
            sa.select(tables.runs.c.created_at, tables.runs.c.id)
            .order_by(tables.runs.c.created_at)
            .offset(count // 2)
            .limit(1)
        ).one()
    return Cursor(at=row.created_at, run=RunId(row.id))


_FAILED, _DONE = [RunState.FAILED], [state for state in RunState if state.is_final]
_LIVE = [state for state in RunState if not state.is_final]
_PAGES: dict[str, Callable[[Stores, Cursor], object]] = {
    "runs": lambda s, _: s.runs.summaries(limit=20),
    "further": lambda s, at: s.runs.summaries(older_than=at, limit=20),
    "of a flow": lambda s, _: s.runs.summaries(flow="flow_00", limit=20),
    "of a flow, further": lambda s, at: s.runs.summaries(flow="flow_00", older_than=at, limit=20),
    "of a rare flow": lambda s, _: s.runs.summaries(flow="flow_03", limit=20),
    "failed": lambda s, _: s.runs.summaries(states=_FAILED, limit=4),
    "failed, further": lambda s, at: s.runs.summaries(states=_FAILED, older_than=at, limit=4),
    "ended": lambda s, _: s.runs.summaries(states=_DONE, limit=3),
    "ended, further": lambda s, at: s.runs.summaries(states=_DONE, older_than=at, limit=1),
    "live": lambda s, _: s.runs.summaries(states=_LIVE, limit=20),
    "failed, of a flow": lambda s, _: s.runs.summaries(flow="flow_00", states=_FAILED, limit=4),
    "failed, of one that never did": lambda s, _: s.runs.summaries(
        flow="flow_01", states=_FAILED, limit=20
    ),
    "ended, of a flow, further": lambda s, at: s.runs.summaries(
        flow="flow_00", states=_DONE, older_than=at, limit=1
    ),
    "of a backfill": lambda s, _: s.runs.summaries(backfill="b20260101-000000-back", limit=5),
    "of a backfill and a flow": lambda s, at: s.runs.summaries(
        backfill="b20260101-000000-back", flow="flow_00", older_than=at, limit=1
    ),
    "grid": lambda s, _: s.runs.states("flow_00", limit=10),
    "grid, further": lambda s, at: s.runs.states("flow_00", older_than=at, limit=10),
    "past": lambda s, _: s.runs.past("flow_00", "task_0001", limit=10),
    "past, further": lambda s, at: s.runs.past("flow_00", "task_0001", older_than=at, limit=10),
    "one": lambda s, at: s.runs.summary(at.run),
    "a run": lambda s, at: s.runs.load(at.run),
    "ids": lambda s, _: s.runs.named("2026", limit=3),
    "the run before": lambda s, at: s.runs.before(at.run),
    "cleared away next": lambda s, at: s.runs.ended(older_than=at, limit=20),
    "what wants a driver": lambda s, _: s.runs.waiting(now=NOON, limit=20),
    "artifacts": lambda s, _: s.runs.artifacts(),
    "snapshots": lambda s, _: s.runs.digests(),
}


@pytest.mark.parametrize("page", _PAGES.values(), ids=_PAGES)
def test_a_page_costs_no_more_in_a_history_ten_times_as_long(
    histories: tuple[Stores, Stores], page: Callable[[Stores, Cursor], object]
) -> None:
    short, long = (cost(stores, page) for stores in histories)

    # Trees are deeper, and a rare thing may be a few rows further away.
    assert long <= 1.3 * short + 60


def cost(stores: Stores, page: Callable[[Stores, Cursor], object]) -> int:
    """How much the database does for *page*."""
    at = middle(stores)
    page(stores, at)  # a plan is read once
    engine = engine_of(stores)
    if engine.dialect.name == "sqlite":
        return _steps(engine, lambda: page(stores, at))
    return _rows(engine, lambda: page(stores, at))


def _steps(engine: sa.Engine, act: Callable[[], object]) -> int:
    """How many steps SQLite's machine takes for what *act* asks."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(count, 1)

    sa.event.listen(engine, "checkout", watch)
    act()
    sa.event.remove(engine, "checkout", watch)
    with engine.connect() as db:
        db.connection.driver_connection.set_progress_handler(None, 1)
    return steps[0]


def _rows(engine: sa.Engine, act: Callable[[], object]) -> int:
    """How many rows PostgreSQL reads for what *act* asks, those included that it leaves out."""
    sent: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        sent.append((statement, given))

    sa.event.listen(engine, "before_cursor_execute", note)
    act()
    sa.event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as db:
        plans = [
            db.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given).scalar_one()
            for statement, given in sent
        ]
    return sum(_rows_of(plan[0]["Plan"]) for plan in plans)


def _rows_of(node: dict[str, Any]) -> int:
    """The rows of a node of a plan that reads a table, or of all nodes below it."""
    left_out = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    read = (node["Actual Rows"] + left_out) * node["Actual Loops"] if "Relation Name" in node else 0
    return int(read) + sum(_rows_of(below) for below in node.get("Plans", ()))


@pytest.mark.parametrize("page", [name for name in _PAGES if name != "live"])
def test_sqlite_finds_each_list_in_its_order(
    filling: ModuleType, tmp_path: Path, page: str
) -> None:
    """Neither are all runs read, nor are they sorted: at most what several indexes found."""
    with closing(open_store(tmp_path / "flow.db")) as stores:
        filling.fill(stores, engine_of(stores), filling.history(30, 2), tasks=_TASKS, flows=2)
        steps = plan_of(engine_of(stores), lambda: _PAGES[page](stores, middle(stores)))

    assert steps
    for table in ("runs", "task_runs", "attempts", "journal"):
        assert not [each for each in steps if each == f"SCAN {table}"]


def plan_of(engine: sa.Engine, act: Callable[[], object]) -> list[str]:
    """How SQLite answers what *act* asks."""
    sent: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, given))

    sa.event.listen(engine, "before_cursor_execute", note)
    act()
    sa.event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as db:
        asked = [(f"EXPLAIN QUERY PLAN {statement}", given) for statement, given in sent]
        return [row[-1] for each in asked for row in db.exec_driver_sql(*each)]

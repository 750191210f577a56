"""A long history in a store, made in bulk: a few runs are carried through the store itself, and
the database copies their rows, each with an id and with moments of its own.

So every row is of the shape that the store writes; a test holds the two alike. Nothing is
executed: attempts end as they are told to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptStarted,
    CancelRequested,
    Event,
    RunStarted,
)
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Flow, Plan, Target, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine import Step, step
from jupyter_flow.core.run import Fired, Interval, Run
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store import tables
from jupyter_flow.testing.samples import failure_of

#: The first run of a history is made then, and one every so often.
BEGINNING, EVERY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=30)
#: The models are made then; their copies are told how many seconds later they are.
_THEN = datetime(2025, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_OWNER = "filling"
#: So many runs are copied with one statement.
_AT_ONCE = 5_000
#: How a run ended, or stands; and of a hundred runs how many do.
_SHARES = {"succeeded": 93, "failed": 6, "cancelled": 1}
_LIVE = ("running", "queued")
BACKFILL, SCHEDULE = "b20260101-000000-back", "flow_00"

_made = sa.table(
    "made",
    *(sa.column(name) for name in ("id", "model", "later", "series", "backfill")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A run of the history: a copy of the run *model*, so many seconds *later*."""

    id: str
    model: str
    later: int
    series: str | None = None
    backfill: str | None = None

    @property
    def created_at(self) -> datetime:
        return _THEN + self.later * _SECOND


def flow_of(name: str, tasks: int) -> Flow:
    """Chains of ten tasks beside each other, all after the first; one task is mapped by five."""
    names = [f"task_{number:04}" for number in range(max(2, tasks - 4))]
    mapped = {names[-1]: {"x": Constant(list(range(5)))}}
    made = [Task(name=each, notebook="work", expand=mapped.get(each, {})) for each in names]
    rows = [names[first : first + 10] for first in range(1, len(names), 10)]
    edges = {(names[0], row[0]) for row in rows} | {pair for row in rows for pair in pairwise(row)}
    return Flow(name=name, tasks=tuple(made), edges=frozenset(edges))


def run_of(plan: Plan, name: str, at: datetime, fired: Fired | None = None) -> Run:
    """A new run of *plan* that is made at *at*."""
    return Run.of(
        id=RunId(name),
        plan=plan,
        params={},
        logical_date=at,
        interval=Interval(start=at, end=at),
        created_at=at,
        fired=fired,
    )


def plan_of(flow: Flow) -> Plan:
    """A plan of *flow* without retries, as if all its notebooks were there."""
    targets = {
        task.name: Target(
            path=f"/lab/{task.name}.ipynb",
            digest="a" * 64,
            folder="/lab",
            kernel="python3",
            policy=flow.policy(task),
        )
        for task in flow.tasks
    }
    return Plan(flow=flow, targets=targets, origin=f"/lab/{flow.name}.ipynb::{flow.name}")


def carry(store: RunStore, run: Run, how: str) -> Run:
    """Keep *run*, and carry it on through *store* as *how* says, a second for each event."""
    store.create(run)
    if how == "queued":
        return run
    lease = store.lease(run.id, _OWNER, now=run.created_at, duration=_SECOND)
    assert lease is not None, "nobody else is here"
    for seq, (event, made, now) in enumerate(_steps(run, how)):
        what: dict[str, Any] = {"changed": made.changed, "removed": made.removed}
        store.record(lease, made.run, event, **what, moves=made.moves, after=seq, now=now)
        run = made.run
    store.release(lease)
    return run


def _steps(run: Run, how: str) -> Iterator[tuple[Event, Step, datetime]]:
    """All that happens to *run*, one task after the other, until it is as *how* says."""
    now, turn = run.created_at, max(1, len(run.plan.flow.tasks) // 3)
    queue: list[TaskKey] = []
    events, ended = iter([RunStarted()]), 0
    while True:
        for event in events:
            now += _SECOND
            made = step(run, event, now=now)
            run = made.run
            queue += [each.key for each in made.commands if isinstance(each, Enqueue)]
            yield event, made, now
        if not queue or run.state.is_final or (how == "running" and ended == turn):
            return
        ended += 1
        if how == "cancelled" and ended == turn:
            events = iter([CancelRequested()])
        else:
            fails = how == "failed" and ended == turn
            events = iter(_attempt(run, queue.pop(0), Outcome(("succeeded", "failed")[fails])))


def _attempt(run: Run, key: TaskKey, outcome: Outcome) -> list[Event]:
    place = f"runs/{run.flow_name}/{run.id}/{key}/1"
    known: dict[str, Any] = {"cell": 7, "cells": 7, "cpu": 0.25, "memory": 2**27}
    if outcome is Outcome.FAILED:
        known["failure"] = failure_of()
    else:
        known["values"] = {"auc": 0.93, "rows": 1000}
    return [
        AttemptStarted(key=key, notebook=f"{place}.ipynb", log=f"{place}.log"),
        AttemptEnded(key=key, number=1, outcome=outcome, **known),
    ]


def history(runs: int, flows: int, *, seed: int = 0) -> list[Made]:
    """*runs* runs of *flows* flows, some of them run often and some rarely; the oldest first.

    Half of those of the first flow are of its schedule, the last flow has run five times, long
    ago, and the second has never failed. A backfill has made one run in fifty, and the last
    twenty runs go on or are queued.
    """
    dice, made = random.Random(seed), []
    often = [2.0**-place for place in range(flows - 1)]
    for number in range(runs):
        at = BEGINNING + number * EVERY
        flow = flows - 1 if number < 5 else dice.choices(range(flows - 1), often)[0]
        how = dice.choices([*_SHARES], [*_SHARES.values()])[0]
        if number >= runs - 20:
            how = _LIVE[number % 2]
        elif flow == 1 and how == "failed":
            how = "succeeded"
        fired: dict[str, str] = {}
        if number % 50 == 7:
            fired = {"series": "back", "backfill": BACKFILL}
        elif flow == 0 and number % 2:
            fired = {"series": SCHEDULE}
        made.append(
            Made(
                id=f"{at:%Y%m%d-%H%M%S}-{number:06}",
                model=_model(flow, how),
                later=int((at - _THEN).total_seconds()),
                **fired,
            )
        )
    return made


def _model(flow: int, how: str) -> str:
    return f"model_{flow:02}_{how}"


def models(tasks: int, flows: int) -> Iterator[tuple[Run, str]]:
    """The runs that are copied, as they are when they are made, and how each is carried on."""
    for flow in range(flows):
        plan = plan_of(flow_of(f"flow_{flow:02}", tasks))
        for how in (*_SHARES, *_LIVE):
            yield run_of(plan, _model(flow, how), _THEN), how


def slowly(stores: Stores, made: Sequence[Made], *, tasks: int, flows: int) -> None:
    """The same history as `fill` makes, each run carried through the store."""
    known = {run.id: (run, how) for run, how in models(tasks, flows)}
    for each in made:
        model, how = known[RunId(each.model)]
        at = model.created_at + each.later * _SECOND
        fired = None
        if each.series is not None:
            fired = Fired(series=each.series, at=at, backfill=each.backfill or "")
        carry(stores.runs, run_of(model.plan, each.id, at, fired), how)


def fill(
    stores: Stores,
    engine: sa.Engine,
    made: Sequence[Made],
    *,
    tasks: int,
    flows: int,
    journals: int = 2**31,
) -> None:
    """Put the runs *made* into the empty *stores*, which *engine* is the database of.

    The newest *journals* runs (or some more) have their journals. Journals are most of a history,
    and found by their run alone: what has none still takes as long to be found and shown.
    """
    for run, how in models(tasks, flows):
        carry(stores.runs, run, how)
    for first in range(0, len(made), _AT_ONCE):
        has_journals = first + _AT_ONCE > len(made) - journals
        with engine.begin() as db:
            some = made[first : first + _AT_ONCE]
            _copy(db, some, [tables.journal] if has_journals else [])
    with engine.begin() as db:
        db.execute(sa.delete(tables.runs).where(tables.runs.c.id.like("model%")))


def settle(engine: sa.Engine) -> None:
    """Let the database look at what it has, as a server does by itself now and then."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if engine.dialect.name == "postgresql":
            db.exec_driver_sql("VACUUM ANALYZE")
        else:
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(db: sa.Connection, made: Sequence[Made], journals: Sequence[sa.Table]) -> None:
    db.exec_driver_sql(
        "CREATE TEMPORARY TABLE IF NOT EXISTS made "
        "(id TEXT PRIMARY KEY, model TEXT, later INTEGER, series TEXT, backfill TEXT)"
    )
    db.execute(sa.delete(_made))
    rows = [
        {"id": e.id, "model": e.model, "later": e.later, "series": e.series, "backfill": e.backfill}
        for e in made
    ]
    db.execute(sa.insert(_made), rows)
    for table in (tables.runs, tables.run_plans, tables.task_runs, tables.attempts, *journals):
        key = table.c.id if table is tables.runs else table.c.run
        cells = [_cell(db.dialect.name, table, column, key) for column in table.c]
        copied = sa.select(*cells).select_from(_made.join(table, key == _made.c.model))
        db.execute(sa.insert(table).from_select([column.name for column in table.c], copied))


def _cell(dialect: str, table: sa.Table, column: sa.Column[Any], key: sa.Column[Any]) -> Any:
    """What a copy has in *column*."""
    if column is key:
        return _made.c.id
    if column.name in ("series", "backfill"):
        return _made.c[column.name]
    if column.name == "fire_time":
        moment = _later(dialect, table.c.created_at)
        return sa.case((_made.c.series.is_not(None), moment), else_=sa.null())
    if isinstance(column.type, tables.UtcDateTime):
        return _later(dialect, column)
    if column.name in ("notebook", "log", "event"):
        return sa.func.replace(column, _made.c.model, _made.c.id)
    return column


def _later(dialect: str, column: Any) -> Any:
    moment = sa.type_coerce(column, sa.Text if dialect == "sqlite" else column.type)
    if dialect == "sqlite":
        by = sa.cast(_made.c.later, sa.Text).concat(" seconds")
        # The database counts in milliseconds, and all that is copied is of whole seconds.
        return sa.func.strftime("%Y-%m-%d %H:%M:%f", moment, by).concat("000")
    return moment + sa.func.make_interval(0, 0, 0, 0, 0, 0, _made.c.later)

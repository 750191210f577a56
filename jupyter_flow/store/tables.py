"""The tables, and the column types that keep Python's values as they are.

A run is one row that changes with every entry of its journal, so what is large and does not
change stands elsewhere, once for all runs that share it: its plan in ``plan_texts``. Users' values
are JSON text as `jupyter_flow.wire` writes it, never a database's own JSON, which may reorder keys
and round numbers.

`jupyter_flow.store.migrations` makes these tables; a test holds the two equal. Indexes of some
rows only are in `partial_indexes`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from .project_paths import PathText, PlanText, ValuesText
from .prose import Prose

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: The ``map_index`` of a task run that is not mapped: a primary key cannot hold NULL.
NOT_MAPPED = -1


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on the way in, in UTC on the way out. SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is UTC:
            return value
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no zone; moments are kept in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: A name is compared and sorted by its characters, whatever the database's language is.
Name = Text().with_variant(Text(collation="C"), "postgresql")


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=nullable)


def _run() -> Column[Any]:
    key = ForeignKey("runs.id", ondelete="CASCADE")
    return Column("run", Name, key, primary_key=True, nullable=False)


runs = Table(
    "runs",
    metadata,
    Column("id", Name, primary_key=True),
    Column("flow", Name, nullable=False),
    Column("origin", PathText, nullable=False),
    Column("state", Text, nullable=False),
    Column("params", ValuesText, nullable=False),
    _moment("logical_date", nullable=False),
    _moment("interval_start", nullable=False),
    _moment("interval_end", nullable=False),
    _moment("created_at", nullable=False),
    _moment("started_at"),
    _moment("ended_at"),
    Column("reason", Prose, nullable=False),
    # The place of the journal's last entry.
    Column("seq", Integer, nullable=False),
    # The lease: whose it is, how often it changed hands, and until when it lasts.
    Column("owner", Text),
    Column("token", Integer, nullable=False),
    _moment("leased_until"),
    # The fire time that it was made for, and the backfill that wants it.
    Column("series", Name),
    _moment("fire_time"),
    Column("backfill", Name),
    # How many runs of its backfill, and of its flow, may be active at once.
    Column("backfill_most", Integer),
    Column("max_active", Integer),
    # When somebody is to be told that it is late; NULL once that is settled.
    _moment("late_at"),
    # The task of another run that it is an attempt of.
    Column("parent_run", Name),
    Column("parent_task", Name),
    Column("parent_index", Integer),
    # The updates of datasets that it was made for.
    Column("updates_after", Integer),
    Column("updates_upto", Integer),
    # How many of its task runs are in each state, once it has ended; else they are counted.
    Column("tasks", Text),
    # Lists of runs are read in the order of these, whatever they are narrowed to.
    Index(None, "created_at", "id"),
    Index(None, "flow", "created_at", "id"),
    Index(None, "state", "created_at", "id"),
    Index(None, "flow", "state", "created_at", "id"),
    Index(None, "flow", "logical_date"),
    Index(None, "series", "fire_time", unique=True),
)

plan_texts = Table(
    "plan_texts",
    metadata,
    Column("digest", Name, primary_key=True),
    Column("plan", PlanText, nullable=False),
)

run_plans = Table(
    "run_plans",
    metadata,
    _run(),
    Column("digest", Name, ForeignKey("plan_texts.digest"), nullable=False),
    Index(None, "digest"),
    sqlite_with_rowid=False,
)

task_runs = Table(
    "task_runs",
    metadata,
    _run(),
    Column("task", Name, primary_key=True),
    Column("map_index", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("item", ValuesText, nullable=False),
    Column("values", ValuesText, nullable=False),
    _moment("due_at"),
    Column("reason", Prose, nullable=False),
    # The attempt whose result it was restored from; it has no foreign key, for its run may go.
    Column("origin_run", Name),
    Column("origin_task", Name),
    Column("origin_index", Integer),
    Column("origin_number", Integer),
    # Counting the states of a page of runs reads nothing but this.
    Index(None, "run", "state"),
    # Small rows that are always found by their key: one tree instead of two.
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    Column("run", Name, primary_key=True),
    Column("task", Name, primary_key=True),
    Column("map_index", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("started_at", nullable=False),
    _moment("ended_at"),
    Column("outcome", Text),
    Column("failure", Text),
    Column("cell", Integer, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("notebook", Prose, nullable=False),
    Column("log", Prose, nullable=False),
    Column("parameters", ValuesText, nullable=False),
    Column("cpu", Float),
    Column("memory", BigInteger),
    # The run that it is, of a task that runs another flow.
    Column("child", Name),
    # Where it goes on without whoever drives its run.
    Column("cluster", Text),
    ForeignKeyConstraint(
        ["run", "task", "map_index"],
        ["task_runs.run", "task_runs.task", "task_runs.map_index"],
        ondelete="CASCADE",
    ),
)

results = Table(
    "results",
    metadata,
    # A fingerprint's key, its gist, and the path of its notebook.
    Column("key", Name, primary_key=True),
    Column("gist", Name, nullable=False),
    Column("notebook", Name, nullable=False),
    Column("run", Name, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("task", Name, nullable=False),
    Column("map_index", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    _moment("ended_at", nullable=False),
    Index(None, "gist", "ended_at"),
    Index(None, "notebook", "ended_at"),
    Index(None, "run"),
)

journal = Table(
    "journal",
    metadata,
    _run(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _moment("at", nullable=False),
    Column("event", ValuesText, nullable=False),
    Column("moves", Text, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Name, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    _moment("at", nullable=False),
    Column("request", ValuesText, nullable=False),
    # Whether the run as a whole is to be stopped.
    Column("cancels", Boolean),
    Index(None, "run", "id"),
    # An id that was answered is never given to another request.
    sqlite_autoincrement=True,
)

schedules = Table(
    "schedules",
    metadata,
    Column("name", Name, primary_key=True),
    Column("flow", Name, nullable=False),
    Column("origin", PathText, nullable=False),
    Column("cron", Text, nullable=False),
    Column("tz", Text, nullable=False),
    _moment("starts_at"),
    _moment("ends_at"),
    Column("is_own", Boolean, nullable=False),
    Column("catchup", Text, nullable=False),
    Column("overlap", Text, nullable=False),
    Column("params", ValuesText, nullable=False),
    Column("plan", PlanText),
    Column("notify", Text, nullable=False),
    Column("on", Text, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    _moment("next_fire"),
    _moment("created_at", nullable=False),
    # The updates that it waits for: the last one it ran for, and since when it has them.
    Column("on_update", Text),
    Column("seen", Integer),
    _moment("updated_at"),
    Column("updated_to", Integer),
    # The loan: whose it is, how many there were (or changes by people), until when it lasts.
    Column("owner", Text),
    Column("token", Integer, nullable=False),
    _moment("leased_until"),
)

updates = Table(
    "updates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset", Name, nullable=False),
    _moment("at", nullable=False),
    # The task that made it; none when somebody said so by hand.
    Column("run", Name, ForeignKey("runs.id", ondelete="CASCADE")),
    Column("task", Name),
    Column("number", Integer, nullable=False),
    Column("note", Prose, nullable=False),
    Index(None, "dataset", "id"),
    Index(None, "run"),
)

misses = Table(
    "misses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("schedule", Name, ForeignKey("schedules.name", ondelete="CASCADE"), nullable=False),
    _moment("first", nullable=False),
    _moment("last", nullable=False),
    Column("count", Integer, nullable=False),
    Column("is_more", Boolean, nullable=False),
    Column("why", Prose, nullable=False),
    Index(None, "schedule", "last"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Name, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("occasion", Text, nullable=False),
    Column("address", Prose, nullable=False),
    # NULL: it is about the run as a whole.
    Column("task", Name),
    Column("map_index", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    _moment("created_at", nullable=False),
    # NULL once it is sent or given up.
    _moment("next_try_at"),
    Column("tries", Integer, nullable=False),
    Column("error", Prose, nullable=False),
    _moment("sent_at"),
    _moment("given_up_at"),
    Column("owner", Text),
    _moment("leased_until"),
    Index(None, "run", "id"),
    # An id that an alert had is never given to another one.
    sqlite_autoincrement=True,
)

services = Table(
    "services",
    metadata,
    Column("owner", Name, primary_key=True),
    Column("host", Prose, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    _moment("started_at", nullable=False),
    Column("url", Prose, nullable=False),
    Column("is_asked_to_stop", Boolean, nullable=False),
    Column("is_asked_to_hurry", Boolean, nullable=False),
    _moment("until", nullable=False),
)

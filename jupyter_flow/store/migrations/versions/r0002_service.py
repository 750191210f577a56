"""What a service needs: fire times, limits and deadlines of runs; schedules, alerts, services.

The new columns are added to the tables as they are. Making a table anew, as SQLite is often
changed, would drop the old one, and with its rows the journals that hang on them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_MOMENT = sa.DateTime(timezone=True)

_NEW_IN_RUNS: dict[str, Any] = {
    "series": _NAME,
    "fire_time": _MOMENT,
    "backfill": _NAME,
    "backfill_most": sa.Integer(),
    "max_active": sa.Integer(),
    "late_at": _MOMENT,
}
_NEW_INDEXES_OF_RUNS = (
    "ix_runs_flow_logical_date",
    "ix_runs_series_fire_time",
    "ix_runs_backfill_created_at",
    "ix_runs_leased_until",
    "ix_runs_late_at",
)


def upgrade() -> None:
    """Give runs their new columns, and make the new tables."""
    for name, kind in _NEW_IN_RUNS.items():
        op.add_column("runs", sa.Column(name, kind))
    op.add_column("requests", sa.Column("cancels", sa.Boolean))
    op.create_index("ix_runs_flow_logical_date", "runs", ["flow", "logical_date"])
    op.create_index("ix_runs_series_fire_time", "runs", ["series", "fire_time"], unique=True)
    _index_of_some("runs", "backfill", "created_at")
    _index_of_some("runs", "leased_until")
    _index_of_some("runs", "late_at")
    _make_schedules()
    _make_misses()
    _make_alerts()
    _make_services()


def _make_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("flow", _NAME, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("cron", sa.Text, nullable=False),
        sa.Column("tz", sa.Text, nullable=False),
        sa.Column("starts_at", _MOMENT),
        sa.Column("ends_at", _MOMENT),
        sa.Column("is_own", sa.Boolean, nullable=False),
        sa.Column("catchup", sa.Text, nullable=False),
        sa.Column("overlap", sa.Text, nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sa.Column("plan", sa.Text),
        sa.Column("notify", sa.Text, nullable=False),
        sa.Column("on", sa.Text, nullable=False),
        sa.Column("is_paused", sa.Boolean, nullable=False),
        sa.Column("next_fire", _MOMENT),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("leased_until", _MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_schedules"),
    )
    _index_of_some("schedules", "next_fire")


def _make_misses() -> None:
    op.create_table(
        "misses",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("schedule", _NAME, nullable=False),
        sa.Column("first", _MOMENT, nullable=False),
        sa.Column("last", _MOMENT, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("is_more", sa.Boolean, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_misses"),
        sa.ForeignKeyConstraint(
            ["schedule"], ["schedules.name"], name="fk_misses_schedules", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_misses_schedule_last", "misses", ["schedule", "last"])


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run", _NAME, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("task", _NAME),
        sa.Column("map_index", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("next_try_at", _MOMENT),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("sent_at", _MOMENT),
        sa.Column("given_up_at", _MOMENT),
        sa.Column("owner", sa.Text),
        sa.Column("leased_until", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_alerts_runs", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_run_id", "alerts", ["run", "id"])
    _index_of_some("alerts", "next_try_at")
    _index_of_some("alerts", "given_up_at")


def _make_services() -> None:
    op.create_table(
        "services",
        sa.Column("owner", _NAME, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("is_asked_to_stop", sa.Boolean, nullable=False),
        sa.Column("is_asked_to_hurry", sa.Boolean, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_services"),
    )


def _index_of_some(table: str, *columns: str) -> None:
    """An index of the rows in which the first of *columns* is set."""
    some = sa.text(f"{columns[0]} IS NOT NULL")
    name = "_".join(("ix", table, *columns))
    op.create_index(name, table, list(columns), sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Take all of it away again; the runs stay."""
    for table in ("services", "alerts", "misses", "schedules"):
        op.drop_table(table)
    op.drop_column("requests", "cancels")
    for index in _NEW_INDEXES_OF_RUNS:
        op.drop_index(index, "runs")
    for column in reversed(_NEW_IN_RUNS):
        op.drop_column("runs", column)

"""Runs, their plans, task runs, attempts and journals, and the requests made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    _make_runs()
    op.create_table(
        "plans",
        sa.Column("run", _NAME, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_plans"),
        _of_a_run("plans"),
    )
    _make_task_runs()
    _make_attempts()
    op.create_table(
        "journal",
        sa.Column("run", _NAME, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("moves", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run", "seq", name="pk_journal"),
        _of_a_run("journal"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run", _NAME, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        _of_a_run("requests"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_run_id", "requests", ["run", "id"])


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("flow", _NAME, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sa.Column("logical_date", _MOMENT, nullable=False),
        sa.Column("interval_start", _MOMENT, nullable=False),
        sa.Column("interval_end", _MOMENT, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("leased_until", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_created_at_id", "runs", ["created_at", "id"])
    op.create_index("ix_runs_flow_created_at", "runs", ["flow", "created_at"])
    op.create_index("ix_runs_state_created_at", "runs", ["state", "created_at"])


def _make_task_runs() -> None:
    op.create_table(
        "task_runs",
        sa.Column("run", _NAME, nullable=False),
        sa.Column("task", _NAME, nullable=False),
        sa.Column("map_index", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
        sa.Column("due_at", _MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run", "task", "map_index", name="pk_task_runs"),
        _of_a_run("task_runs"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_task_runs_run_state", "task_runs", ["run", "state"])


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("run", _NAME, nullable=False),
        sa.Column("task", _NAME, nullable=False),
        sa.Column("map_index", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("outcome", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("cell", sa.Integer, nullable=False),
        sa.Column("cells", sa.Integer, nullable=False),
        sa.Column("notebook", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("cpu", sa.Float),
        sa.Column("memory", sa.BigInteger),
        sa.PrimaryKeyConstraint("run", "task", "map_index", "number", name="pk_attempts"),
        sa.ForeignKeyConstraint(
            ["run", "task", "map_index"],
            ["task_runs.run", "task_runs.task", "task_runs.map_index"],
            name="fk_attempts_task_runs",
            ondelete="CASCADE",
        ),
    )


def _of_a_run(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["run"], ["runs.id"], name=f"fk_{table}_runs", ondelete="CASCADE"
    )


def downgrade() -> None:
    """Take the tables away, and all runs with them."""
    for table in ("requests", "journal", "attempts", "task_runs", "plans", "runs"):
        op.drop_table(table)

"""Results of attempts, by what they depend on, and which of them task runs were restored from."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_NEW_IN_TASK_RUNS: dict[str, Any] = {
    "origin_run": _NAME,
    "origin_task": _NAME,
    "origin_index": sa.Integer(),
    "origin_number": sa.Integer(),
}


def upgrade() -> None:
    """Give task runs their new columns, and make the new table."""
    for name, kind in _NEW_IN_TASK_RUNS.items():
        op.add_column("task_runs", sa.Column(name, kind))
    some = sa.text("origin_run IS NOT NULL")
    op.create_index(
        "ix_task_runs_origin_run",
        "task_runs",
        ["origin_run"],
        sqlite_where=some,
        postgresql_where=some,
    )
    op.create_table(
        "results",
        sa.Column("key", _NAME, nullable=False),
        sa.Column("gist", _NAME, nullable=False),
        sa.Column("notebook", _NAME, nullable=False),
        sa.Column("run", _NAME, nullable=False),
        sa.Column("task", _NAME, nullable=False),
        sa.Column("map_index", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_results"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_results_runs", ondelete="CASCADE"),
    )
    op.create_index("ix_results_gist_ended_at", "results", ["gist", "ended_at"])
    op.create_index("ix_results_notebook_ended_at", "results", ["notebook", "ended_at"])
    op.create_index("ix_results_run", "results", ["run"])


def downgrade() -> None:
    """Take all of it away again; the runs stay."""
    op.drop_table("results")
    op.drop_index("ix_task_runs_origin_run", "task_runs")
    for column in reversed(_NEW_IN_TASK_RUNS):
        op.drop_column("task_runs", column)

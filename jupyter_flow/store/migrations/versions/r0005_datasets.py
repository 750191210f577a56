"""Updates of datasets, the schedules that wait for them, and the runs that were made for them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_MOMENT = sa.DateTime(timezone=True)

_NEW: dict[str, dict[str, Any]] = {
    "schedules": {
        "on_update": sa.Text(),
        "seen": sa.Integer(),
        "updated_at": _MOMENT,
        "updated_to": sa.Integer(),
    },
    "runs": {"updates_after": sa.Integer(), "updates_upto": sa.Integer()},
}


def upgrade() -> None:
    """Make the new table, and give schedules and runs their new columns."""
    op.create_table(
        "updates",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dataset", _NAME, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("run", _NAME),
        sa.Column("task", _NAME),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_updates"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_updates_runs", ondelete="CASCADE"),
    )
    op.create_index("ix_updates_dataset_id", "updates", ["dataset", "id"])
    op.create_index("ix_updates_run", "updates", ["run"])
    for table, columns in _NEW.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind))


def downgrade() -> None:
    """Take all of it away again; the runs and schedules stay."""
    for table, columns in _NEW.items():
        for name in reversed(columns):
            op.drop_column(table, name)
    op.drop_table("updates")

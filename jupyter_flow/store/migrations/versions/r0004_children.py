"""Runs that are attempts of tasks of other runs, and which run such an attempt is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_NEW_IN_RUNS: dict[str, Any] = {
    "parent_run": _NAME,
    "parent_task": _NAME,
    "parent_index": sa.Integer(),
}


def upgrade() -> None:
    """Give runs and attempts their new columns."""
    for name, kind in _NEW_IN_RUNS.items():
        op.add_column("runs", sa.Column(name, kind))
    op.add_column("attempts", sa.Column("child", _NAME))


def downgrade() -> None:
    """Take the columns away again; the runs stay."""
    op.drop_column("attempts", "child")
    for column in reversed(_NEW_IN_RUNS):
        op.drop_column("runs", column)

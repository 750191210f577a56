"""The cluster in which an attempt goes on without whoever drives its run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No attempt that is there was begun in one that is known."""
    op.add_column("attempts", sa.Column("cluster", sa.Text))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("attempts", "cluster")

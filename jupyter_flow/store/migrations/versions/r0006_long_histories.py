"""What a long history needs: plans kept once, lists that an index has in their order, counts."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

#: The indexes of runs that give way, and those that come for them.
_OLD = (("flow", "created_at"), ("state", "created_at"))
_NEW = (
    ("flow", "created_at", "id"),
    ("state", "created_at", "id"),
    ("flow", "state", "created_at", "id"),
)
#: The same of those that hold the rows only in which their first column is set.
_OLD_OF_SOME = (("backfill", "created_at"),)
_NEW_OF_SOME = (("backfill", "created_at", "id"), ("ended_at", "id"))

#: Where users' values are, in which an artifact may be, and what finds one there.
_VALUES = (("task_runs", "values"), ("task_runs", "item"), ("attempts", "parameters"))
_FINDS = {"sqlite": "instr", "postgresql": "strpos"}

#: So many plans are in memory at once.
_AT_ONCE = 200


def upgrade() -> None:
    """Keep each plan once for all runs that were made from it, and index what is listed."""
    op.add_column("runs", sa.Column("tasks", sa.Text()))
    _index(_OLD, _OLD_OF_SOME, _NEW, _NEW_OF_SOME)
    op.create_table(
        "plan_texts",
        sa.Column("digest", _NAME, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_plan_texts"),
    )
    op.create_table(
        "run_plans",
        sa.Column("run", _NAME, nullable=False),
        sa.Column("digest", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_run_plans"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_run_plans_runs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["digest"], ["plan_texts.digest"], name="fk_run_plans_plan_texts"),
        sqlite_with_rowid=False,
    )
    for table, column in _VALUES:
        some: dict[str, Any] = {
            f"{dialect}_where": sa.text(f'{finds}("{column}", \'"$artifact"\') > 0')
            for dialect, finds in _FINDS.items()
        }
        op.create_index(f"ix_{table}_run_{column}", table, ["run"], **some)
    _share_plans()
    op.create_index("ix_run_plans_digest", "run_plans", ["digest"])
    op.drop_table("plans")


def _share_plans() -> None:
    db, tables = op.get_bind(), sa.MetaData()
    plans, texts, shared = (
        sa.Table(name, tables, autoload_with=db) for name in ("plans", "plan_texts", "run_plans")
    )
    known, last = set[str](), ""
    some = sa.select(plans).order_by(plans.c.run).limit(_AT_ONCE)
    while found := db.execute(some.where(plans.c.run > last)).all():
        rows = [(row.run, row.plan, _digest(row.plan)) for row in found]
        new = {digest: plan for _, plan, digest in rows if digest not in known}
        if new:
            texts_of_them = [{"digest": digest, "plan": plan} for digest, plan in new.items()]
            db.execute(sa.insert(texts), texts_of_them)
        db.execute(sa.insert(shared), [{"run": run, "digest": digest} for run, _, digest in rows])
        known |= new.keys()
        last = rows[-1][0]


def _digest(plan: str) -> str:
    return blake2b(plan.encode(), digest_size=16).hexdigest()


def _index(
    old: tuple[tuple[str, ...], ...],
    old_of_some: tuple[tuple[str, ...], ...],
    new: tuple[tuple[str, ...], ...],
    new_of_some: tuple[tuple[str, ...], ...],
) -> None:
    """Drop the *old* indexes of runs and make the *new* ones."""
    for columns in (*old, *old_of_some):
        op.drop_index("_".join(("ix_runs", *columns)), "runs")
    for columns in (*new, *new_of_some):
        some = sa.text(f"{columns[0]} IS NOT NULL") if columns in new_of_some else None
        name = "_".join(("ix_runs", *columns))
        op.create_index(name, "runs", list(columns), sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Give each run its own text of its plan again."""
    op.create_table(
        "plans",
        sa.Column("run", _NAME, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_plans"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_plans_runs", ondelete="CASCADE"),
    )
    op.execute(
        "INSERT INTO plans (run, plan) SELECT run_plans.run, plan_texts.plan "
        "FROM run_plans JOIN plan_texts ON plan_texts.digest = run_plans.digest"
    )
    op.drop_table("run_plans")
    op.drop_table("plan_texts")
    for table, column in _VALUES:
        op.drop_index(f"ix_{table}_run_{column}", table)
    _index(_NEW, _NEW_OF_SOME, _OLD, _OLD_OF_SOME)
    op.drop_column("runs", "tasks")

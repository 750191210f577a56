"""Statements about plans, which runs share."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, not_, select, union

from jupyter_flow.store.tables import plan_texts, run_plans, schedules

_THE_TEXT = plan_texts.c.digest == bindparam("the_digest")

TEXT = select(plan_texts.c.plan).where(_THE_TEXT)
OF_RUN = select(plan_texts.c.plan).join(run_plans).where(run_plans.c.run == bindparam("the_run"))
IS_USED = (
    select(run_plans.c.run)
    .where(run_plans.c.digest == bindparam("the_digest"), run_plans.c.run != bindparam("but_run"))
    .limit(1)
)
HOLD_TEXT = select(plan_texts.c.digest).where(_THE_TEXT).with_for_update(read=True, key_share=True)
#: Keeps out who else would drop it, and nobody who makes a run from it.
TURN_TO_DROP = select(plan_texts.c.digest).where(_THE_TEXT).with_for_update(key_share=True)
LOCK_TEXT = select(plan_texts.c.digest).where(_THE_TEXT).with_for_update()
DROP_UNUSED = delete(plan_texts).where(
    _THE_TEXT,
    not_(select(run_plans.c.run).where(run_plans.c.digest == plan_texts.c.digest).exists()),
)
#: All that runs and pinned schedules are made from.
ALL = union(
    select(plan_texts.c.plan),
    select(schedules.c.plan).where(schedules.c.plan.is_not(None)),
)

"""The plans of runs, each kept once for all runs that were made from it, and read once.

A plan is found by the digest of its text. It goes when the last run made from it is deleted.
`Plans` works within the transaction that it is given, and knows no run but by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId

from . import rows, tables
from .database import Database, SqlPart, execute_all
from .statements import plans as sql
from .statements.dialects import insert_or, upsert

#: So many plans are remembered, those asked for latest.
_REMEMBERED = 16


class Plans:
    """Keeps and finds plans; any number of threads may share one."""

    def __init__(self, dialect: str) -> None:
        self._put_text = insert_or(tables.plan_texts, dialect, {"digest": None})
        self._put = upsert(tables.run_plans, dialect)
        self._known: dict[str, Plan] = {}
        self._lock = Lock()

    def keep(self, db: Connection, plans: Iterable[tuple[RunId, Plan]]) -> None:
        """From now on, each of these runs has this plan."""
        texts: dict[str, str] = {}
        digests: dict[int, str] = {}
        kept = []
        for run, plan in plans:
            if id(plan) not in digests:
                text = rows.plan_text(plan)
                digests[id(plan)] = digest = _digest(text)
                texts[digest] = text
            kept.append({"run": run, "digest": digests[id(plan)]})
        # In one order, whoever keeps the same ones: so no two wait for each other.
        for digest in sorted(texts):
            # Locked or written, it is not taken away before there is a run that has it.
            if db.execute(sql.HOLD_TEXT, {"the_digest": digest}).first() is None:
                db.execute(self._put_text, {"digest": digest, "plan": texts[digest]})
        execute_all(db, self._put, kept)

    def of(self, db: Connection, digest: str) -> Plan:
        """The plan with that *digest*, which a run in *db* has."""
        with self._lock:
            plan = self._known.pop(digest, None)
            if plan is not None:
                self._known[digest] = plan
        if plan is None:
            plan = rows.plan_of(db.execute(sql.TEXT, {"the_digest": digest}).scalar_one())
            with self._lock:
                self._known[digest] = plan
                while len(self._known) > _REMEMBERED:
                    del self._known[next(iter(self._known))]
        return plan

    def drop_unused(self, db: Connection, digests: Sequence[str]) -> None:
        """Take those of these plans away that no run has any more."""
        for digest in sorted(set(digests)):
            which: dict[str, Any] = {"the_digest": digest}
            # One after the other: two who each take away one of its last two runs would both see
            # the other's, and leave it to each other.
            db.execute(sql.TURN_TO_DROP, which)
            if db.execute(sql.IS_USED, which).first() is None:
                # Somebody may be making a run from it: whoever holds it is waited for.
                db.execute(sql.LOCK_TEXT, which)
                db.execute(sql.DROP_UNUSED, which)


class WithPlans(SqlPart):
    """A part of a store that keeps or finds plans."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._plans = Plans(database.dialect)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
